import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { App } from './app.ts';
import { ConfigError } from './config.ts';
import { httpApp } from './http.ts';
import { welcomeDestinations } from './pipeline.ts';
import { defaultWorkerOptions, startWorker, type WorkerOptions } from './worker.ts';

export interface Service {
  readonly url: string;
  /** Stops taking requests, ends the runs under way, closes the store. */
  stop(): Promise<void>;
}

/** Intake, worker and views in one process. */
export async function startService(app: App, options: Partial<WorkerOptions> = {}): Promise<Service> {
  await welcomeDestinations(app);
  const server = await listening(app);
  app.metrics.watchProcess();
  const worker = startWorker(app, { ...defaultWorkerOptions, owner: workerName(), ...options });
  server.on(
    'request',
    httpApp(app, () => worker.poke()),
  );
  const { port } = server.address() as AddressInfo;
  app.log.info('service started', { port });
  return {
    url: `http://${app.config.server.host}:${port}`,
    async stop() {
      server.close();
      server.closeIdleConnections();
      await worker.stop();
      server.closeAllConnections();
      await app.close();
      app.log.info('service stopped');
    },
  };
}

/** Before anything else runs: a service that cannot listen sends nothing either. */
async function listening(app: App): Promise<Server> {
  const { port, host } = app.config.server;
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new ConfigError(`Port ${port} ${reason}. Set server.port in the configuration, or ITB_FHIR_PORT.`);
  }
}

export const workerName = (): string => `${hostname()}:${process.pid}`;
