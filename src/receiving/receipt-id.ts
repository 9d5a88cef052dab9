import { randomUUID } from 'node:crypto';

/**
 * A name for what arrived (UUID version 7, RFC 9562 §6.2 method 1): nobody guesses it, and within a process each is
 * greater than the one before, so that what waits is worked off in the order in which it came.
 */
export function receiptIds(nowMs: () => number): () => string {
  let lastMs = 0;
  let count = 0;
  return () => {
    const now = Math.max(nowMs(), lastMs);
    count = now === lastMs ? count + 1 : 0;
    // More than 4096 in a millisecond: the next one is borrowed.
    lastMs = count > 0xfff ? now + 1 : now;
    count &= 0xfff;
    const time = lastMs.toString(16).padStart(12, '0');
    const chance = randomUUID().slice(18);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}${chance}`;
  };
}
