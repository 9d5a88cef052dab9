import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A collector of OpenTelemetry traces that keeps what it is sent, byte for byte. */
export interface Collector {
  readonly url: string;
  /** Everything that was sent: addresses, headers, bodies. */
  received(): string;
  requests(): number;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const got: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    got.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body.toString('latin1')}`);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => got.join('\n'),
    requests: () => got.length,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
