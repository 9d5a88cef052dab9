/**
 * One process that takes events in and brings them to one or two destinations: tells how long that took for the first
 * and what memory it took; then, where there is a second, waits until that one is in step, too. Run with --expose-gc.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../src/app.ts';
import { ticketCounts } from '../src/outbox/queue.ts';
import { ingest } from '../src/pipeline.ts';
import { defaultWorkerOptions, startWorker } from '../src/worker.ts';
import { asConfigured, openBenchApp } from './bench-app.ts';
import { wantedIdentities } from './delivery.ts';
import { secondsSince } from './measure.ts';
import { gate } from './row.ts';
import { patients, readAll } from './stories.ts';

export interface FirstInStep {
  readonly eventsPerSecond: number;
  /** Of this process, which counts less what else the machine does. */
  readonly cpuSeconds: number;
  readonly heapMb: number;
  readonly peakRssMb: number;
  readonly wanted: readonly string[];
}

export interface AllInStep {
  readonly seconds: number;
}

const [folder, fhirBaseUrl, alsoTo, patientCount] = process.argv.slice(2) as [string, string, string, string];
const linesAtOnce = 200;
const longestMs = 600_000;

const storeUrl = 'sqlite:ledger.sqlite';
const app = await openBenchApp({
  ...{ folder, storeUrl, fhirBaseUrl, ...asConfigured },
  alsoTo: alsoTo || undefined,
  // What a hospital that is down costs, and how soon it is looked at again, in less time than in earnest.
  requestTimeoutMs: 2_000,
  breaker: { failures: 5, firstWaitMs: 500, longestWaitMs: 2_000 },
});
const worker = startWorker(app, { ...defaultWorkerOptions, owner: 'bench' });
process.on('disconnect', () => process.exit(0));
process.on('message', async () => {
  const start = performance.now();
  await untilAtRest(app, 'other');
  tell({ seconds: secondsSince(start) });
});
tell(await first());

async function first(): Promise<FirstInStep> {
  const lines = patients(Number(patientCount)).flat();
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < lines.length; n += linesAtOnce) {
    await ingest(app, readAll(lines.slice(n, n + linesAtOnce)));
    worker.poke();
  }
  await untilAtRest(app, 'stub');
  const eventsPerSecond = lines.length / secondsSince(start);
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  global.gc?.();
  const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
  const peakRssMb = process.resourceUsage().maxRSS / 2 ** 10;
  return { eventsPerSecond, cpuSeconds, heapMb, peakRssMb, wanted: await wantedIdentities(app) };
}

async function untilAtRest({ store }: App, name: string): Promise<void> {
  const giveUpAt = performance.now() + longestMs;
  for (;;) {
    const counts = (await ticketCounts(store.db)).find(({ destination }) => destination === name);
    if (counts && Number(counts.due) + Number(counts.running) + Number(counts.waiting) === 0) return;
    gate(performance.now() < giveUpAt, `${name} is not in step in time`);
    await sleep(100);
  }
}

function tell(message: FirstInStep | AllInStep): void {
  process.send?.(message);
}
