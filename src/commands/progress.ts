import { SingleBar } from 'cli-progress';
import type { App } from '../app.ts';
import type { ConfiguredDestination } from '../config-destination.ts';
import { eventCount } from '../ledger/event-count.ts';

export interface Progress {
  /** So many more are done. */
  step(count: number): void;
  stop(): void;
}

/** A bar on a terminal; nothing elsewhere. */
export function progress(total: number, what: string): Progress {
  if (process.stderr.isTTY !== true) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `{bar} {percentage}% | {value} of {total} ${what} | {eta} s left`,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { step: (count) => bar.increment(count), stop: () => bar.stop() };
}

/** Through a file; how long it is may not be known. */
export function byteProgress(totalBytes: number | undefined): { reach(bytes: number): void; stop(): void } {
  if (process.stderr.isTTY !== true || totalBytes === undefined) return { reach: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} bytes | {eta} s left',
    clearOnComplete: true,
  });
  bar.start(totalBytes, 0);
  return { reach: (bytes) => bar.update(bytes), stop: () => bar.stop() };
}

/** Through all events that a destination may know of. */
export async function eventProgress(app: App, { tenant, environment }: ConfiguredDestination): Promise<Progress> {
  return progress(await eventCount(app.store.db, { tenant, environment }), 'events');
}
