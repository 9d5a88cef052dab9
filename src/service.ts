import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { App } from './app.ts';
import { ConfigError, loopbackUrl } from './config.ts';
import { httpApp } from './http.ts';
import { welcomeDestinations } from './pipeline.ts';
import { heedVersion } from './readers/behind.ts';
import { readModel } from './readers/reading.ts';
import { readingVersion } from './readers/version.ts';
import { startReadingWorker } from './readers/worker.ts';
import { defaultWorkerOptions, startWorker, type WorkerOptions } from './worker.ts';

export interface Service {
  readonly url: string;
  /** Stops taking requests, ends the runs under way, closes the store. */
  stop(): Promise<void>;
}

/** Intake, worker and views in one process. */
export async function startService(app: App, options: Partial<WorkerOptions> = {}): Promise<Service> {
  await welcomeDestinations(app);
  await heedVersion(app, readingVersion(app));
  const server = await listening(app);
  app.metrics.watchProcess();
  const worker = startWorker(app, { ...defaultWorkerOptions, owner: workerName(), ...options });
  const readers = startReadingWorker(app, readModel(app));
  const { port } = server.address() as AddressInfo;
  // Nothing is waited for since it listens: a request that came before would never be answered.
  server.on(
    'request',
    httpApp(reachedAt(app, port), () => {
      worker.poke();
      readers.poke();
    }),
  );
  app.log.info('service started', { port });
  return {
    url: `http://${app.config.server.host}:${port}`,
    async stop() {
      server.close();
      server.closeIdleConnections();
      await Promise.all([worker.stop(), readers.stop()]);
      server.closeAllConnections();
      await app.close();
      app.log.info('service stopped');
    },
  };
}

/** Port 0 is whichever was free. */
function reachedAt(app: App, port: number): App {
  const { server } = app.config;
  const publicUrl = server.publicUrl === loopbackUrl(server.port) ? loopbackUrl(port) : server.publicUrl;
  return { ...app, config: { ...app.config, server: { ...server, port, publicUrl } } };
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
