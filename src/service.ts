import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { App } from './app.ts';
import { loopbackUrl } from './config.ts';
import { httpApp } from './http.ts';
import { listening } from './listening.ts';
import { welcomeDestinations } from './pipeline.ts';
import { heedVersion } from './readers/behind.ts';
import { readModel } from './readers/reading.ts';
import { readingVersion } from './readers/version.ts';
import { startReadingWorker } from './readers/worker.ts';
import { startIntake } from './receiving/intake.ts';
import { type ListeningMllp, type Mllp, startMllp } from './receiving/mllp.ts';
import { startRetention } from './retention.ts';
import { watchTables } from './table-watch.ts';
import { defaultWorkerOptions, startWorker, type WorkerOptions } from './worker.ts';

export interface Service {
  readonly url: string;
  /** Where engines are listened to. */
  readonly mllp: readonly ListeningMllp[];
  /** Stops taking requests, ends the runs under way, closes the store. */
  stop(): Promise<void>;
}

/** Intake, worker and views in one process. */
export async function startService(app: App, options: Partial<WorkerOptions> = {}): Promise<Service> {
  await welcomeDestinations(app);
  await heedVersion(app, readingVersion(app));
  const { server, stop: stopListening } = await listening(app);
  app.metrics.watchProcess();
  const worker = startWorker(app, { ...defaultWorkerOptions, owner: workerName(), ...options });
  const readers = startReadingWorker(app, readModel(app));
  const retention = startRetention(app);
  const tables = watchTables(app);
  const whenAppended = () => {
    worker.poke();
    readers.poke();
  };
  const intake = startIntake(app, whenAppended);
  const { port } = server.address() as AddressInfo;
  // Nothing is waited for since it listens: a request that came before would never be answered.
  let mllp: Mllp | undefined;
  const listeners = () => mllp?.listening() ?? [];
  server.on('request', httpApp(reachedAt(app, port), { ...intake, whenAppended, listeners }));
  const service: Service = {
    url: urlOf(app, port),
    get mllp() {
      return listeners();
    },
    async stop() {
      stopListening();
      server.close();
      server.closeIdleConnections();
      // What an engine sent is answered while it can still be made durable.
      await mllp?.stop();
      await Promise.all([intake.stop(), worker.stop(), readers.stop(), retention.stop(), tables.stop()]);
      server.closeAllConnections();
      await app.close();
      app.log.info('service stopped');
    },
  };
  try {
    mllp = await startMllp(app, intake.receiving, intake.senders);
  } catch (error) {
    await service.stop();
    throw error;
  }
  app.log.info('service started', { port });
  return service;
}

/** Port 0 is whichever was free. */
function reachedAt(app: App, port: number): App {
  const { server } = app.config;
  const isStated = server.publicUrl !== loopbackUrl(server.port, server.tls);
  const publicUrl = isStated ? server.publicUrl : loopbackUrl(port, server.tls);
  return { ...app, config: { ...app.config, server: { ...server, port, publicUrl } } };
}

/** How this machine reaches us. */
function urlOf({ config }: App, port: number): string {
  const { host, tls } = config.server;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export const workerName = (): string => `${hostname()}:${process.pid}`;
