import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../src/app.ts';
import { patientsOf } from '../src/ledger/patients.ts';
import { ticketCounts } from '../src/outbox/queue.ts';
import { ingest, oweEverything, therapyOf } from '../src/pipeline.ts';
import { defaultWorkerOptions, drain } from '../src/worker.ts';
import { openBenchApp } from './bench-app.ts';
import { secondsSince } from './measure.ts';
import { gate } from './row.ts';
import { readAll, type Story } from './stories.ts';
import { gateSeen, type Stub } from './stub/process.ts';

/** The real worker against the stub, from a backlog in a fresh store. */

export interface Delivery {
  readonly folder: string;
  readonly stub: Stub;
  readonly latencyMs: number;
  readonly stories: readonly Story[];
  readonly concurrency: number;
  readonly maxEntries: number;
}

/**
 * Two backlogs, the first half of every patient's events and then the second, so that infusions that run at the
 * hospital have to be closed before others are opened. Only the drains are timed. Confirmed writes a second.
 */
export async function deliver(delivery: Delivery): Promise<number> {
  const { stub, latencyMs, stories, concurrency, maxEntries } = delivery;
  const folder = await mkdtemp(join(delivery.folder, 'delivery-'));
  await stub.reset(latencyMs);
  const { fhirBaseUrl } = stub;
  const app = await openBenchApp({ folder, storeUrl: 'sqlite:ledger.sqlite', fhirBaseUrl, concurrency, maxEntries });
  try {
    const half = (story: Story) => Math.ceil(story.length / 2);
    const firstSeconds = await drained(
      app,
      stories.map((story) => story.slice(0, half(story))),
    );
    const secondSeconds = await drained(
      app,
      stories.map((story) => story.slice(half(story))),
    );
    const { writes, staleVersions } = await stub.seen();
    gate(staleVersions === 0, `${staleVersions} updates named an old version`);
    await gateInStep(app, stub);
    return writes / (firstSeconds + secondSeconds);
  } finally {
    await app.close();
  }
}

async function drained(app: App, stories: readonly Story[]): Promise<number> {
  await ingest(app, readAll(stories.flat()));
  const start = performance.now();
  await drain(app, app.destinations, workerOptions);
  return secondsSince(start);
}

const workerOptions = { ...defaultWorkerOptions, owner: 'bench' };

/** All is there once, nothing is parked, and looking at everybody again writes nothing. */
export async function gateInStep(app: App, stub: Stub): Promise<void> {
  const before = await stub.seen();
  gateSeen(before, await wantedIdentities(app));
  await oweEverything(app, patientsOf(app.store.db, 'default', 'test'));
  await drain(app, app.destinations, workerOptions);
  const after = await stub.seen();
  gate(after.writes === before.writes, 'a second look wrote again');
  const [counts] = await ticketCounts(app.store.db);
  gate(counts !== undefined && Number(counts.parked) + Number(counts.due) === 0, 'a patient is not in step');
}

export async function wantedIdentities(app: App): Promise<string[]> {
  const identities: string[] = [];
  for await (const patient of patientsOf(app.store.db, 'default', 'test')) {
    const { desired } = await therapyOf(app, patient, app.now());
    identities.push(...desired.resources.map(({ identity }) => identity));
  }
  return identities;
}
