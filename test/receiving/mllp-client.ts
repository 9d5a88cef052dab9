import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { framed, frameReader } from '../../src/receiving/mllp-frames.ts';

/** An engine that speaks MLLP. */
export interface MllpClient {
  readonly socket: Socket;
  /** Sends one message and waits for one answer; rejects when the connection ends first. */
  exchange(message: string | Buffer): Promise<string>;
  /** The next answer. */
  answer(): Promise<string>;
  close(): void;
}

export async function mllpClient(port: number, tls?: ConnectionOptions): Promise<MllpClient> {
  const socket = tls ? connectTls({ port, host: '127.0.0.1', ...tls }) : connect({ port, host: '127.0.0.1' });
  await once(socket, tls ? 'secureConnect' : 'connect');
  return clientOn(socket);
}

function clientOn(socket: Socket): MllpClient {
  const reader = frameReader(1_000_000);
  const answers: string[] = [];
  const waiting: PromiseWithResolvers<string>[] = [];
  let ended = false;
  socket.on('data', (packet: Buffer) => {
    for (const { bytes } of reader.push(packet)) {
      const next = waiting.shift();
      if (next) next.resolve(bytes.toString());
      else answers.push(bytes.toString());
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    ended = true;
    for (const each of waiting) each.reject(new Error('the connection ended'));
  });
  const answer = async () => {
    const there = answers.shift();
    if (there !== undefined) return there;
    if (ended) throw new Error('the connection ended');
    const next = Promise.withResolvers<string>();
    waiting.push(next);
    return next.promise;
  };
  return {
    socket,
    answer,
    exchange(message) {
      socket.write(framed(Buffer.from(message)));
      return answer();
    },
    close: () => socket.destroy(),
  };
}

/** MSA-1 of an answer. */
export const codeOf = (answer: string): string => /\rMSA.(\w\w)/.exec(answer)?.[1] ?? 'none';
