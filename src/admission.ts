import type { App } from './app.ts';
import type { DestinationRuntime } from './destination-runtime.ts';
import { readState } from './store/destination-state.ts';

/** How many runs of one destination may be under way, as its gate and the pause in the store say. */
export interface Admission {
  /** 0 while it is paused or cannot be reached; 1 to see whether it can be reached again. */
  places(): Promise<number>;
  /** When it is worth asking again, where there was no place. */
  reopensInMs(): number;
}

/** The pause, which an operator sets in any process, is read at most once in `intervalMs`. */
export function admission(app: App, { destination, gate }: DestinationRuntime, intervalMs: number): Admission {
  const key = { tenant: destination.tenant, destination: destination.name };
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let readAtMs = Number.NEGATIVE_INFINITY;

  const pauseLeftMs = () => Math.max(0, pausedUntilMs - performance.now());

  return {
    async places() {
      if (performance.now() - readAtMs >= intervalMs) {
        const { paused_until: until } = (await readState(app.store.db, key)) ?? {};
        // The database has a clock of its own: what counts is how long the pause still lasts.
        pausedUntilMs = until ? performance.now() + until - (await app.store.nowMs()) : Number.NEGATIVE_INFINITY;
        readAtMs = performance.now();
      }
      return pauseLeftMs() > 0 ? 0 : gate.room();
    },
    reopensInMs: () => Math.max(pauseLeftMs(), gate.opensInMs()),
  };
}
