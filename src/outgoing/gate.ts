/**
 * The gate before one destination. Every request of this process to it passes here, whatever patient it is for.
 *
 * open      requests pass, at the pace of the destination.
 * paused    the destination said when to come back (429 or 503 with a wait); until then nothing passes.
 * closed    too many requests in a row found it down; nothing passes until the time of the probe. Each probe that
 *           fails doubles the wait.
 * probing   one request has passed to see whether it is up again; nothing else passes until that is known.
 */
import { type Problem, problem } from '../event/problem.ts';
import { type BreakerSettings, circuit } from './circuit.ts';
import { pace, type Throttle } from './pace.ts';

export interface GateSettings {
  readonly throttle?: Throttle | undefined;
  /** Runs that may be under way at one time. */
  readonly concurrency: number;
  readonly breaker: BreakerSettings;
  /** A request that would have to wait longer for its turn is turned away: its run may not outlive its lease. */
  readonly longestQueueMs: number;
}

export type GateState = 'open' | 'paused' | 'closed' | 'probing';

/** Turned away: certainly nothing was sent. */
export interface TurnedAway {
  readonly turnedAway: Problem;
  readonly retryAfterMs: number;
}

export interface Gate {
  /** Sends when its turn comes. `isDown` tells whether the result means that the destination cannot be reached. */
  pass<Result>(send: () => Promise<Result>, isDown: (result: Result) => boolean): Promise<Result | TurnedAway>;
  /** The destination asked for this. A later end that is already known stays. */
  pauseFor(waitMs: number): void;
  state(): GateState;
  /** How many runs may be under way now: none, one as a probe, or as many as the destination bears. */
  room(): number;
  /** When there may be room again; 0: there is. */
  opensInMs(): number;
  /** So long a request may have to wait for its turn, at most. */
  longestQueueMs(): number;
}

export function gate(settings: GateSettings): Gate {
  const breaker = circuit(settings.breaker);
  const turn = pace(settings.throttle);
  let pausedUntilMs = 0;

  const pauseLeftMs = () => Math.max(0, pausedUntilMs - nowMs());
  const opensInMs = () => Math.max(pauseLeftMs(), breaker.opensInMs());

  function shut(): TurnedAway | undefined {
    if (opensInMs() === 0) return undefined;
    return { turnedAway: pauseLeftMs() > 0 ? askedToPause() : unreachable(), retryAfterMs: opensInMs() };
  }

  async function pass<Result>(send: () => Promise<Result>, isDown: (result: Result) => boolean) {
    const early = shut();
    if (early) return early;
    const queueMs = turn.waitMs();
    if (queueMs > settings.longestQueueMs) return { turnedAway: crowded(), retryAfterMs: queueMs };
    await turn.next();
    // What happened while this one waited for its turn counts for it as well.
    const late = shut();
    if (late) return late;
    return (await breaker.run(send, isDown)) ?? { turnedAway: unreachable(), retryAfterMs: breaker.opensInMs() };
  }

  return {
    pass,
    pauseFor: (waitMs) => {
      pausedUntilMs = Math.max(pausedUntilMs, nowMs() + waitMs);
    },
    state: () => (pauseLeftMs() > 0 ? 'paused' : stateOf[breaker.state()]),
    room: () => {
      if (opensInMs() > 0) return 0;
      return breaker.state() === 'whole' ? settings.concurrency : 1;
    },
    opensInMs,
    longestQueueMs: () => (settings.throttle ? settings.longestQueueMs : 0),
  };
}

const stateOf = { whole: 'open', broken: 'closed', probing: 'probing' } as const;

const askedToPause = (): Problem => problem('destination-paused', 'the destination asked for a pause');
const unreachable = (): Problem => problem('destination-unavailable', 'the last requests there found it down');
const crowded = (): Problem => problem('destination-paused', 'too many requests wait for their turn');

const nowMs = (): number => Temporal.Now.instant().epochMilliseconds;
