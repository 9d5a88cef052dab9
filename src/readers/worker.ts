/**
 * What readers are told, made in the background: whoever reports or asks goes first, and finds most of it made.
 *
 * ## Making
 * One patient, whoever waits longest. Then rests for as long as keeps it to its share of the time that the process was
 * idle meanwhile: the busier others keep it, the longer.
 *
 * ## Waiting
 * Nothing is behind: until something is reported (`poke`), or the poll interval ends. Another process may have taken
 * reports, and a bridge may have ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { ReadingConfig } from '../config-reading.ts';
import { errorName } from '../log.ts';
import { populations } from './behind.ts';
import type { ReadModel } from './reading.ts';

export interface ReadingWorker {
  /** Something was reported. */
  poke(): void;
  /** Ends after the patient under way. */
  stop(): Promise<void>;
}

export function startReadingWorker(
  app: App,
  model: ReadModel,
  { backgroundShare, pollIntervalMs }: ReadingConfig = app.config.reading,
): ReadingWorker {
  let isPoked = false;
  let isStopping = false;
  let wake = (_cause: Cause): void => {};

  async function run(): Promise<void> {
    let before = performance.eventLoopUtilization();
    while (!isStopping) {
      isPoked = false;
      const started = performance.now();
      const outcome = await oneOfEach(app, model);
      const tookMs = performance.now() - started;
      const { utilization } = performance.eventLoopUtilization(before);
      before = performance.eventLoopUtilization();
      const share = backgroundShare * Math.max(1 - utilization, least);
      if (outcome === 'one') await pause((tookMs * (1 - share)) / share, ['stop']);
      else if (!isPoked) await pause(pollIntervalMs, ['stop', 'poke']);
    }
  }

  async function pause(ms: number, endedBy: readonly Cause[]): Promise<void> {
    if (isStopping) return;
    const ending = new AbortController();
    wake = (cause) => {
      if (endedBy.includes(cause)) ending.abort();
    };
    await sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  }

  const ended = run();
  return {
    poke() {
      isPoked = true;
      wake('poke');
    },
    async stop() {
      isStopping = true;
      wake('stop');
      await ended;
    },
  };
}

/** However busy the process is, as if so much of its time were idle: nothing waits for ever. */
const least = 0.05;

type Cause = 'poke' | 'stop';

/** One patient of every tenant, so that none waits for another's thousands. A store that fails is asked again later. */
async function oneOfEach(app: App, model: ReadModel): Promise<'one' | 'nobody'> {
  try {
    let outcome: 'one' | 'nobody' = 'nobody';
    for (const scope of await populations(app.store.db)) {
      if ((await model.workOff(scope)) !== 'nobody') outcome = 'one';
    }
    return outcome;
  } catch (error) {
    app.log.error('reading failed', { code: errorName(error) });
    return 'nobody';
  }
}
