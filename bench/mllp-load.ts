/**
 * An engine in a process of its own: sends messages over a number of MLLP connections, each message when the one before
 * was acknowledged, and tells how long that took and how each was answered.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { framed, frameReader } from '../src/receiving/mllp-frames.ts';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly messages: readonly string[];
}

export interface Loaded {
  readonly seconds: number;
  /** MSA-1 and MSA-2 of every answer. */
  readonly answers: readonly string[];
}

process.on('message', async (load: Load) => process.send?.(await send(load)));
process.send?.('ready');

async function send({ port, connections, messages }: Load): Promise<Loaded> {
  const waiting = messages.map((message) => framed(Buffer.from(message)));
  const answers: string[] = [];
  const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay(true));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const start = performance.now();
  await Promise.all(
    sockets.map((socket) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const reader = frameReader(1_000_000);
      const next = () => {
        const frame = waiting.pop();
        if (frame) socket.write(frame);
        else resolve();
      };
      socket.on('data', (packet: Buffer) => {
        for (const { bytes } of reader.push(packet)) {
          answers.push(/\rMSA\|(\w\w\|[^|\r]*)/.exec(bytes.toString())?.[1] ?? 'none');
          next();
        }
      });
      socket.on('close', () => reject(new Error('the connection ended')));
      next();
      return promise;
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return { seconds, answers };
}
