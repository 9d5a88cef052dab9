/** Work that becomes durable together with what arrives at the same time. */
export interface Together<Batch, Result> {
  /** Resolves when it is durable. */
  take(batch: Batch): Promise<Result>;
  /** How many are not durable yet, and since when (`performance.now()`) the first of them waits. */
  waiting(): { readonly count: number; readonly sinceMs: number | undefined };
}

/**
 * Small batches that arrive together become durable together: one transaction at a time, with all that came in while the
 * last one ran. A sender waits for one commit, however many others there are. A large batch goes by itself.
 *
 * @param takeAll makes batches durable, and answers each in its place
 * @param sizeOf how much a batch holds
 */
export function together<Batch, Result>(
  takeAll: (batches: readonly Batch[]) => Promise<readonly Result[]>,
  sizeOf: (batch: Batch) => number,
): Together<Batch, Result> {
  const notDurable = new Set<Waiting<Batch, Result>>();
  let queue: Waiting<Batch, Result>[] = [];
  let taking = false;

  async function takeQueue(): Promise<void> {
    taking = true;
    while (queue.length > 0) {
      // What else has arrived by now goes with the first.
      await new Promise(setImmediate);
      const batches = queue;
      queue = [];
      await takeOnce(batches, takeAll);
    }
    taking = false;
  }

  return {
    take(batch) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const waiting = { batch, done: resolve, failed: reject, sinceMs: performance.now() };
      notDurable.add(waiting);
      if (sizeOf(batch) > small) takeOnce([waiting], takeAll).catch(reject);
      else {
        queue.push(waiting);
        if (!taking) takeQueue().catch(reject);
      }
      return promise.finally(() => notDurable.delete(waiting));
    },
    waiting() {
      const [first] = notDurable;
      return { count: notDurable.size, sinceMs: first?.sinceMs };
    },
  };
}

const small = 100;

interface Waiting<Batch, Result> {
  readonly batch: Batch;
  readonly sinceMs: number;
  readonly done: (result: Result) => void;
  readonly failed: (reason: unknown) => void;
}

/** What fails together is tried one by one: nobody is refused for what another sent. */
async function takeOnce<Batch, Result>(
  waiting: readonly Waiting<Batch, Result>[],
  takeAll: (batches: readonly Batch[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await takeAll(waiting.map(({ batch }) => batch));
    for (const [n, { done }] of waiting.entries()) done(results[n] as Result);
  } catch (error) {
    const [first, ...others] = waiting;
    if (first && others.length === 0) return first.failed(error);
    for (const each of waiting) await takeOnce([each], takeAll);
  }
}
