import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  type IBackoff,
} from 'cockatiel';

export interface BreakerSettings {
  /** So many requests in a row that found the destination down close the gate. */
  readonly failures: number;
  /** From then to the first probe; each probe that fails doubles it, up to the longest. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export interface Circuit {
  /** undefined: nothing was sent, because the circuit is broken or somebody else is probing. */
  run<Result>(send: () => Promise<Result>, isDown: (result: Result) => boolean): Promise<Result | undefined>;
  state(): 'whole' | 'broken' | 'probing';
  /** Until the time of the next probe; 0: a request may run now. While one is probing: when to ask again. */
  opensInMs(): number;
}

/** A circuit breaker: it opens by requests in a row that found the destination down, and is tried with one request. */
export function circuit(settings: BreakerSettings): Circuit {
  let probeAtMs = 0;
  const wait = (durationMs: number): IBackoff<unknown> => ({
    duration: durationMs,
    next: () => waitFrom(Math.min(2 * durationMs, settings.longestWaitMs)),
  });
  function waitFrom(durationMs: number): IBackoff<unknown> {
    probeAtMs = nowMs() + durationMs;
    return wait(durationMs);
  }
  const policy = circuitBreaker(handleWhenResult(isDownResult), {
    breaker: new ConsecutiveBreaker(settings.failures),
    halfOpenAfter: { next: () => waitFrom(settings.firstWaitMs) },
  });

  return {
    async run(send, isDown) {
      if (policy.state === CircuitState.HalfOpen) return undefined;
      const outcome = await broken(policy, async () => {
        const result = await send();
        return { result, down: isDown(result) };
      });
      return outcome?.result;
    },
    state: () => stateNames[policy.state],
    opensInMs() {
      if (policy.state === CircuitState.HalfOpen) return settings.firstWaitMs;
      return policy.state === CircuitState.Open ? Math.max(0, probeAtMs - nowMs()) : 0;
    },
  };
}

const stateNames = {
  [CircuitState.Closed]: 'whole',
  [CircuitState.Open]: 'broken',
  [CircuitState.HalfOpen]: 'probing',
  [CircuitState.Isolated]: 'broken',
} as const;

const isDownResult = (outcome: unknown): boolean => (outcome as { down: boolean }).down;

async function broken<Outcome>(
  policy: CircuitBreakerPolicy,
  work: () => Promise<Outcome>,
): Promise<Outcome | undefined> {
  try {
    return await policy.execute(work);
  } catch (error) {
    if (error instanceof BrokenCircuitError) return undefined;
    throw error;
  }
}

const nowMs = (): number => Temporal.Now.instant().epochMilliseconds;
