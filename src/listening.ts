import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { App } from './app.ts';
import { ConfigError } from './config.ts';
import { type ConfiguredServer, secureContext } from './config-server.ts';

export interface Listening {
  readonly server: Server;
  /** Looks no more whether the certificate was replaced. */
  stop(): void;
}

/**
 * Listens before anything else runs: a service that cannot listen sends nothing either. Throws a ConfigError.
 * `certificateCheckMs`: how often it is looked whether the certificate was replaced.
 */
export async function listening(app: App, certificateCheckMs = 60_000): Promise<Listening> {
  const { server: stated } = app.config;
  const { server, stop } = stated.tls
    ? encrypted(app, stated.tls, certificateCheckMs)
    : { server: createServer(slow(stated)), stop() {} };
  server.maxConnections = stated.maxConnections;
  server.listen(stated.port, stated.host);
  try {
    await once(server, 'listening');
    return { server, stop };
  } catch (error) {
    stop();
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL') throw new ConfigError(`server.host ${stated.host} is no address of this machine.`);
    const reason = code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${code})`;
    throw new ConfigError(`Port ${stated.port} ${reason}. Set server.port in the configuration, or ITB_FHIR_PORT.`);
  }
}

/** Who is slower with the head or the whole of a request is cut off. */
const slow = ({ timeouts }: ConfiguredServer) => ({
  headersTimeout: timeouts.headersSeconds * 1000,
  requestTimeout: timeouts.requestSeconds * 1000,
  connectionsCheckingInterval: Math.min(1_000, timeouts.headersSeconds * 250),
});

/**
 * A client may show a certificate; whether it has to is for the routes to say. Certificates live for weeks, processes
 * for months: one that was replaced is read again.
 */
function encrypted({ config, log }: App, tls: NonNullable<ConfiguredServer['tls']>, checkMs: number): Listening {
  const context = secureContext(tls);
  const server = createTlsServer({
    ...{ ...slow(config.server), ...context, minVersion: 'TLSv1.2' as const },
    handshakeTimeout: config.server.timeouts.headersSeconds * 1000,
    requestCert: context.ca !== undefined,
    rejectUnauthorized: false,
  });
  let seen = fingerprintOf(context);
  const timer = setInterval(() => {
    try {
      const now = secureContext(tls);
      if (fingerprintOf(now) === seen) return;
      seen = fingerprintOf(now);
      server.setSecureContext({ ...now, minVersion: 'TLSv1.2' });
      log.info('certificate read again');
    } catch {
      // It may be written at this moment; the one before is good for some time yet.
      log.error('certificate unusable');
    }
  }, checkMs).unref();
  return { server, stop: () => clearInterval(timer) };
}

const fingerprintOf = ({ cert, key, ca }: ReturnType<typeof secureContext>): string =>
  [cert, key, ca ?? ''].map((part) => part.toString('base64')).join(' ');
