import type { Resource } from '@medplum/fhirtypes';
import type { App } from '../../../src/app.ts';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { readEvents } from '../../../src/intake/json.ts';
import type { Receipt } from '../../../src/intake/receipt.ts';
import { ingest } from '../../../src/pipeline.ts';
import { type ReadModel, readModel } from '../../../src/readers/reading.ts';
import type { Environment } from '../../../src/store/schema.ts';
import { limits, openAdapter } from '../../flow/adapter.ts';

/** One tenant as its readers see it. */
export interface Readers {
  readonly app: App;
  readonly model: ReadModel;
  readonly tenant: string;
  report(...events: readonly (CanonicalEvent | object)[]): Promise<readonly Receipt[]>;
  /** The keyed id of whom senders call so. */
  idOf(system: string, value: string, environment?: Environment): string;
  refresh(patientId: string): Promise<void>;
  rows(): Promise<StoredRow[]>;
}

export interface StoredRow {
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly patient_id: string;
  readonly version: number;
  readonly state: string;
  readonly content: string;
}

/** Two processes on one store: each has its own connection. */
export async function openProcesses(url: string): Promise<readonly [App, App]> {
  return [await openAdapter({}, {}, url), await openAdapter({}, {}, url)];
}

let tenants = 0;
export const newTenant = (): string => `tenant-${++tenants}`;

export function readersOf(app: App, tenant: string, environment: Environment = 'test'): Readers {
  const model = readModel(app);
  return {
    ...{ app, model, tenant },
    async report(...events) {
      const items = readEvents(JSON.stringify(events), 'json', limits);
      if ('problem' in items) throw new Error(items.problem.code);
      return ingest(app, items, tenant);
    },
    idOf: (system, value, of = environment) => app.identify(tenant, of, system, value),
    refresh: (patientId) => model.refresh({ tenant, environment, patientId }),
    rows: () =>
      app.store.db
        .selectFrom('resource')
        .select(['seq', 'type', 'id', 'patient_id', 'version', 'state', 'content'])
        .where('tenant', '=', tenant)
        .orderBy('id')
        .execute(),
  };
}

export const resourceIn = ({ content }: StoredRow): Resource => JSON.parse(content) as Resource;

/** What is live, by id, without version and time: what two ways to the same therapy must agree on. */
export function liveOf(rows: readonly StoredRow[]): Record<string, unknown> {
  const live = rows.filter(({ state }) => state === 'live');
  return Object.fromEntries(live.map((row) => [`${row.type}/${row.id} of ${row.patient_id}`, withoutVersion(row)]));
}

function withoutVersion(row: StoredRow): unknown {
  const { meta, ...rest } = resourceIn(row);
  const { versionId: _version, lastUpdated: _time, ...labels } = meta ?? {};
  return { ...rest, meta: labels };
}

export const keyOf = ({ tenant }: Readers, patientId: string) => ({ tenant, environment: 'test' as const, patientId });

export const patientsIn = (at: Readers, events: readonly CanonicalEvent[]): string[] => {
  const stated = events.flatMap((event) => [
    event.patient.identifier,
    ...(event.type === 'correction' && event.event.patient ? [event.event.patient.identifier] : []),
  ]);
  return [...new Set(stated.map(({ system, value }) => at.idOf(system, value)))];
};

/** Shuffled, with some of them twice, and cut into pieces. */
export function* portionsOf<Event>(events: readonly Event[], chances: Iterator<number>): Generator<readonly Event[]> {
  const chance = () => chances.next().value ?? 0;
  const left = events.flatMap((event) => (chance() % 5 === 0 ? [event, event] : [event]));
  while (left.length > 0) {
    const size = 1 + (chance() % 4);
    yield Array.from({ length: Math.min(size, left.length) }, () => left.splice(chance() % left.length, 1)).flat();
  }
}

export async function refreshKnown(at: Readers, patients: readonly string[]): Promise<void> {
  for (const patientId of patients) {
    const found = await at.model.find(keyOf(at, patientId), patientId);
    if (found) await at.refresh(found.patientId);
  }
}

/** As if nothing had ever been made for readers. */
export async function forget({ app: { store }, tenant }: Readers): Promise<void> {
  for (const table of ['resource', 'resource_version', 'resource_value'] as const) {
    await store.db.deleteFrom(table).where('tenant', '=', tenant).execute();
  }
  await store.db.updateTable('reading').set({ resources_revision: null }).where('tenant', '=', tenant).execute();
}

export const versions = ({ app: { store }, tenant }: Readers) =>
  store.db
    .selectFrom('resource_version')
    .select(['type', 'id', 'version', 'content'])
    .where('tenant', '=', tenant)
    .orderBy('id')
    .orderBy('version')
    .execute();

export async function foundBy({ app: { store } }: Readers, seq: number, parameter?: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom('resource_value')
    .select(['parameter', 'value'])
    .where('seq', '=', seq)
    .$if(parameter !== undefined, (query) => query.where('parameter', '=', parameter as string))
    .execute();
  return rows.map(({ value }) => value);
}

export function referencesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Resource).flatMap(([key, child]) =>
    key === 'reference' && typeof child === 'string' ? [child] : referencesOf(child),
  );
}
