import type { Socket } from 'node:net';
import { type Frame, framed, frameReader } from './mllp-frames.ts';

export interface ConnectionLimits {
  readonly maxFrameBytes: number;
  /** Of a connection on which nothing is said. */
  readonly idleMs: number;
}

/** Answers of one frame, in the order of sending; the promise ends when what they say is durable. */
export type Answering = (frame: Frame) => Promise<readonly Buffer[]>;

export interface Connection {
  /** Takes nothing new, answers what was taken, closes. */
  drain(): Promise<void>;
}

/**
 * One sender on one socket. Frames are taken as they come, answered in their order; a sender that does not wait for answers
 * is read no further than a few frames ahead, so that it cannot fill our memory.
 */
export function connection(socket: Socket, limits: ConnectionLimits, answer: Answering): Connection {
  const reader = frameReader(limits.maxFrameBytes);
  let waiting = 0;
  let waitingBytes = 0;
  let answered: Promise<void> = Promise.resolve();
  let draining = false;

  const isFull = () => waiting >= mostWaiting || waitingBytes >= limits.maxFrameBytes;
  const take = (frame: Frame) => {
    waiting++;
    waitingBytes += frame.bytes.length;
    const answers = answer(frame);
    answered = answered.then(async () => {
      try {
        await write(socket, (await answers).map(framed));
      } catch {
        // Nothing that was not made durable is acknowledged: the sender sends it again.
        socket.destroy();
      }
      waiting--;
      waitingBytes -= frame.bytes.length;
      if (!isFull() && !draining) socket.resume();
    });
  };

  socket.setNoDelay(true);
  socket.setTimeout(limits.idleMs, () => {
    if (waiting === 0) socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.on('data', (packet: Buffer) => {
    if (draining) return;
    for (const frame of reader.push(packet)) take(frame);
    if (reader.strayBytes() > mostStrayBytes) return socket.destroy();
    if (isFull()) socket.pause();
  });
  return {
    async drain() {
      draining = true;
      socket.pause();
      await answered;
      socket.end();
      socket.destroySoon();
    },
  };
}

/** Frames of one connection that are read and not yet answered; together no more than one of the longest. */
const mostWaiting = 32;

/** A peer that speaks something else than MLLP is not listened to for long. */
const mostStrayBytes = 64 * 1024;

/** Ends when the peer has room for more: answers to a peer that does not read them are not gathered. */
async function write(socket: Socket, answers: readonly Buffer[]): Promise<void> {
  if (answers.length === 0 || socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.write(Buffer.concat(answers), () => resolve());
  socket.once('close', resolve);
  await promise;
  socket.off('close', resolve);
}
