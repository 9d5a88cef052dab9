import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, openApp } from '../../src/app.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { configFrom } from '../../src/config.ts';
import { knownCapabilities } from '../../src/destination-capabilities.ts';
import { type DestinationRuntime, destinationRuntime } from '../../src/destination-runtime.ts';
import { resourceIdentifierSystem } from '../../src/fhir/systems.ts';
import { readEvents } from '../../src/intake/json.ts';
import type { Receipt } from '../../src/intake/receipt.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { nextDueAtMs, ticketCounts } from '../../src/outbox/queue.ts';
import { ingest, therapyOf } from '../../src/pipeline.ts';
import { listReview } from '../../src/review/list.ts';
import { deploymentId } from '../../src/store/deployment.ts';
import { openStore } from '../../src/store/store.ts';
import type { Fact } from '../../src/sync/facts.ts';
import { drain, type WorkerOptions } from '../../src/worker.ts';
import { mrnSystem, type Report } from './events.ts';
import { clientId, type Holdings, type Hospital, isLive, said } from './hospital.ts';

/** An adapter without its HTTP server: real store, real runs against a real sandbox hospital. */

export const limits = { maxEvents: 10_000, maxDepth: 20 };

/** Retries come at once, so that a test need not wait. */
export const impatient: WorkerOptions = { owner: 'test', pollIntervalMs: 20, retry: { baseMs: 1, maxMs: 1 } };

export type Settings = Partial<DestinationRuntime['destination']>;

const mappingsDir = join(import.meta.dirname, '..', '..', 'mappings');

let base: Promise<App> | undefined;

/** Configuration, codes and profiles are loaded once for all adapters of a test file. */
async function sharedParts(): Promise<App> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-flow-'));
  return openApp(configFrom({ store: { url: 'sqlite::memory:' }, logLevel: 'silent' }, folder));
}

/** A new deployment with an empty store, and these hospitals as its destinations, by name. */
export async function openAdapter(
  hospitals: Readonly<Record<string, Hospital>>,
  settings: Settings = {},
  storeUrl = 'sqlite::memory:',
): Promise<App> {
  base ??= sharedParts();
  const parts = await base;
  const store = await openStore(storeUrl);
  const app: App = {
    ...parts,
    store,
    identifierSystem: resourceIdentifierSystem(await deploymentId(store.db)),
    destinations: Object.entries(hospitals).map(([name, hospital]) => destinationAt(hospital, { name, ...settings })),
    close: () => store.close(),
  };
  // Known before a test begins to count requests.
  for (const runtime of app.destinations) await knownCapabilities(app, runtime, 'as-due');
  return app;
}

/** A request that is given up here is over: nothing comes of it later. */
export const noLag: Fact = {
  ...{ about: 'server', property: 'searchLagSeconds', value: 0 },
  ...{ source: 'a sandbox in this process', verified: true },
};

export function destinationAt({ sandbox, keys }: Hospital, settings: Settings = {}): DestinationRuntime {
  const destination = {
    tenant: 'default',
    environment: 'test' as const,
    name: 'hospital',
    fhirBaseUrl: sandbox.baseUrl,
    patientIdentifierSystems: { [mrnSystem]: mrnSystem },
    patientSearch: 'post' as const,
    maxEntries: 200,
    requestTimeoutMs: 5_000,
    concurrency: 4,
    clientId,
    scopes: ['system/*.crus'],
    breaker: { failures: 5, firstWaitMs: 10, longestWaitMs: 20 },
    tls: {},
    allowAddresses: [],
    maxAnswerBytes: 50_000_000,
    release: 'automatic' as const,
    facts: [noLag],
    ...settings,
  };
  return destinationRuntime(destination, { keys: fixedKeys(keys), mappingsDir });
}

/** Intake of events as JSON; what became of each. */
export async function report(app: App, ...events: readonly Report[]): Promise<Receipt[]> {
  const items = readEvents(JSON.stringify(events), 'json', limits);
  if ('problem' in items) throw new Error(items.problem.code);
  return ingest(app, items);
}

/** Runs until nothing is due within the next seconds. */
export async function settle(app: App, options: WorkerOptions = impatient): Promise<void> {
  for (let round = 0; round < 300; round++) {
    await drain(app, app.destinations, options);
    const dueAtMs = await nextDueAtMs(app.store.db, keysOf(app));
    const waitMs = dueAtMs === null ? Number.POSITIVE_INFINITY : dueAtMs - (await app.store.nowMs());
    if (waitMs > 2_000) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, waitMs)));
  }
  throw new Error('the worker never came to rest');
}

const keysOf = (app: App) =>
  app.destinations.map(({ destination }) => ({ tenant: destination.tenant, destination: destination.name }));

/** What every server should hold, in the words of `holdingsOf`. `mrns`: every patient that reports name. */
export async function wantedBy(app: App, mrns: readonly string[]): Promise<Holdings> {
  const mrnOf = new Map(
    mrns.map((mrn) => [`Patient/${app.identify('default', 'test', mrnSystem, mrn)}`, `patient ${mrn}`]),
  );
  const wanted: [string, string][] = [];
  for await (const patient of patientsOf(app.store.db, 'default', 'test')) {
    const { desired } = await therapyOf(app, patient, app.now());
    for (const { identity, resource } of desired.resources) {
      if (isLive(resource)) wanted.push([identity, said(resource, (reference) => mrnOf.get(reference))]);
    }
  }
  return Object.fromEntries(wanted.sort());
}

/** Identity and resource of everything wanted for one patient, by record number. */
export async function therapyResources(app: App, mrn: string) {
  const patientId = app.identify('default', 'test', mrnSystem, mrn);
  const { desired } = await therapyOf(app, { tenant: 'default', environment: 'test', patientId }, app.now());
  return desired.resources;
}

/** Tickets of one destination by state, without its key. */
export async function ticketsAt(app: App, name = 'hospital') {
  const counts = (await ticketCounts(app.store.db)).find(({ destination }) => destination === name);
  const { idle = 0, due = 0, waiting = 0, running = 0, parked = 0 } = counts ?? {};
  return { idle, due, waiting, running, parked };
}

/** Open items for a human: stage and code. */
export async function openReviewOf(app: App): Promise<string[]> {
  const items = await listReview(app.store.db, { tenant: 'default', state: 'open', limit: 100 });
  return items.map(({ stage, problem }) => `${stage} ${problem.code}`).sort();
}
