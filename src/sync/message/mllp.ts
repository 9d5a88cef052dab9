import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Exchanged, failedBy, unanswered, unreachable } from './acknowledgement.ts';

/** Minimal Lower Layer Protocol: VT, the message, FS, CR; the acknowledgement comes in the same frame. */

const start = 0x0b;
const end = 0x1c;

/** Bytes. What goes on longer without an end is no acknowledgement. */
const longestAcknowledgement = 1_000_000;

/** One message over one connection, which is closed afterwards. */
export function exchangeFramed(open: () => Socket, message: string, timeoutMs: number): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = open();
    let isWritten = false;
    const finish = (result: Exchanged) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const giveUp = () => finish(isWritten ? unanswered() : unreachable());
    const timer = setTimeout(giveUp, timeoutMs);
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      isWritten = true;
      socket.write(framed(message));
    });
    let received: Buffer = Buffer.of();
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const acknowledgement = unframed(received);
      if (acknowledgement !== undefined) finish({ acknowledgement });
      else if (received.length > longestAcknowledgement) giveUp();
    });
    socket.on('error', (error) => (isWritten ? giveUp() : finish(notConnected(error))));
    socket.once('close', giveUp);
  });
}

/** Nothing was written: whatever the error is, the engine did nothing. */
const notConnected = (error: Error): Exchanged => ({ ...failedBy(error), kind: 'retry' });

const framed = (message: string): Buffer =>
  Buffer.concat([Buffer.of(start), Buffer.from(message, 'utf8'), Buffer.of(end, 0x0d)]);

/** The text of the first whole frame. */
function unframed(bytes: Buffer): string | undefined {
  const begin = bytes.indexOf(start);
  const finish = bytes.indexOf(end, begin + 1);
  return begin >= 0 && finish >= 0 ? bytes.toString('utf8', begin + 1, finish) : undefined;
}
