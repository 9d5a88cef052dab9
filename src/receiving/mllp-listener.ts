import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { type Answering, type Connection, type ConnectionLimits, connection } from './mllp-connection.ts';

export interface ListenerOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Absent: no TLS. */
  readonly tls?: (SecureContextOptions & { readonly clientCertificate: 'required' | 'optional' | 'none' }) | undefined;
  /** Who speaks on this socket; undefined: nobody that is known, and it is closed. */
  readonly answering: (socket: Socket | TLSSocket) => Answering | undefined;
}

export interface Listener {
  readonly port: number;
  connections(): number;
  /** Takes no new connection, answers what was read, closes all. */
  stop(): Promise<void>;
}

/** Listens for MLLP. An error of one connection ends that connection. */
export async function mllpListener(options: ListenerOptions): Promise<Listener> {
  const open = new Map<Socket, Connection>();
  const server = serverOf(options, (socket) => {
    const answer = options.answering(socket);
    if (!answer) return void socket.destroy();
    open.set(socket, connection(socket, options, answer));
    socket.once('close', () => open.delete(socket));
  });
  server.maxConnections = options.maxConnections;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    connections: () => open.size,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      await Promise.all([...open.values()].map((each) => each.drain()));
      for (const socket of open.keys()) socket.destroy();
      await closed;
    },
  };
}

function serverOf({ tls, idleMs }: ListenerOptions, take: (socket: Socket | TLSSocket) => void): Server {
  if (!tls) return createServer(take);
  const { clientCertificate, ...secrets } = tls;
  const server = createTlsServer(
    {
      ...secrets,
      minVersion: 'TLSv1.2',
      handshakeTimeout: Math.min(idleMs, 30_000),
      requestCert: clientCertificate !== 'none',
      rejectUnauthorized: clientCertificate === 'required',
    },
    take,
  );
  // A handshake that fails is the peer's to mend; it is no error of the listener.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
