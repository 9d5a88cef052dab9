import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { App } from './app.ts';
import { httpApp } from './http.ts';
import { defaultWorkerOptions, startWorker, type WorkerOptions } from './worker.ts';

export interface Service {
  readonly url: string;
  /** Stops taking requests, ends the runs under way, closes the store. */
  stop(): Promise<void>;
}

/** Intake, worker and views in one process. */
export async function startService(app: App, options: Partial<WorkerOptions> = {}): Promise<Service> {
  const worker = startWorker(app, { ...defaultWorkerOptions, owner: workerName(), ...options });
  const server = createServer(httpApp(app, () => worker.poke()));
  server.listen(app.config.server.port, app.config.server.host);
  await once(server, 'listening');
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

export const workerName = (): string => `${hostname()}:${process.pid}`;
