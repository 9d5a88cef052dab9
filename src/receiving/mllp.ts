import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { App } from '../app.ts';
import { ConfigError } from '../config.ts';
import type { MllpListener } from '../config-mllp.ts';
import { errorName } from '../log.ts';
import { answersToTooLong, takeHl7v2 } from './hl7v2.ts';
import type { Answering } from './mllp-connection.ts';
import { type Listener, type ListenerOptions, mllpListener } from './mllp-listener.ts';
import type { Receiving } from './receive.ts';
import { type Sender, type Senders, thisMachine } from './senders.ts';

export interface Mllp {
  /** In the order of the configuration. */
  listening(): readonly ListeningMllp[];
  stop(): Promise<void>;
}

export interface ListeningMllp {
  readonly port: number;
  readonly tls: boolean;
  /** Engines that are connected now. */
  readonly connections: number;
}

/** Opens every configured listener, or none: a service that cannot listen as it was told says so and does not start. */
export async function startMllp(app: App, receiving: Receiving, senders: Senders): Promise<Mllp> {
  const listeners: Listener[] = [];
  for (const configured of app.config.mllp) {
    try {
      listeners.push(await mllpListener(optionsOf(app, receiving, senders, configured)));
    } catch (error) {
      await Promise.all(listeners.map((each) => each.stop()));
      const code = (error as NodeJS.ErrnoException).code ?? errorName(error);
      throw new ConfigError(`MLLP port ${configured.port} cannot be listened on (${code}).`);
    }
  }
  return {
    listening: () =>
      listeners.map((one, n) => ({
        port: one.port,
        tls: app.config.mllp[n]?.tls !== undefined,
        connections: one.connections(),
      })),
    async stop() {
      await Promise.all(listeners.map((each) => each.stop()));
    },
  };
}

function optionsOf(app: App, receiving: Receiving, senders: Senders, configured: MllpListener): ListenerOptions {
  const { host, port, maxConnections, maxFrameBytes, idleSeconds } = configured;
  return {
    ...{ host, port, maxConnections, maxFrameBytes, idleMs: idleSeconds * 1000 },
    tls: tlsOf(configured),
    answering(socket) {
      const sender = senderAt(socket, configured, senders);
      return sender && answeringTo(app, receiving, configured, sender);
    },
  };
}

function tlsOf({ tls }: MllpListener): ListenerOptions['tls'] {
  if (!tls) return undefined;
  const clientCertificate = !tls.clientCaFile ? 'none' : tls.requireClientCertificate ? 'required' : 'optional';
  return {
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
    ...(tls.clientCaFile && { ca: readFileSync(tls.clientCaFile) }),
    clientCertificate,
  };
}

/** Whom the certificate names, else the one that the listener is for; on this machine alone, this machine. */
function senderAt(socket: Socket, { sender }: MllpListener, senders: Senders): Sender | undefined {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const named = certificate && senders.ofCertificate(certificate);
  if (named) return named;
  if (sender === undefined) return senders.isOpen ? thisMachine : undefined;
  return certificate && senders.isCertified(sender) ? undefined : senders.byName(sender);
}

function answeringTo(app: App, receiving: Receiving, { charset }: MllpListener, sender: Sender): Answering {
  return async (frame) => {
    if (frame.isTooLong) return answersToTooLong(app, frame.bytes).map(({ bytes }) => bytes);
    try {
      const answers = await takeHl7v2(app, receiving, { bytes: frame.bytes, sender, charset });
      return answers.map(({ bytes }) => bytes);
    } catch (error) {
      app.log.error('message failed', { code: errorName(error) });
      throw error;
    }
  };
}
