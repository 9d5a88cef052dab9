import { inChunks } from '../store/in-chunks.ts';
import type { Trx } from '../store/store.ts';
import type { Scope } from './patient-key.ts';
import { keyOf, type Report } from './report.ts';

export interface KnownEvent {
  readonly contentHash: string;
  readonly patientId: string;
}

/** What the ledger holds under the event ids of these reports, by `keyOf`. */
export async function knownEvents(
  trx: Trx,
  scope: Scope,
  reports: readonly Report[],
): Promise<ReadonlyMap<string, KnownEvent>> {
  const known = new Map<string, KnownEvent>();
  for (const [system, ofSystem] of Map.groupBy(reports, (report) => report.system)) {
    const ids = [...new Set(ofSystem.map((report) => report.eventId))];
    for (const row of await inChunks(ids, (chunk) => selectKnown(trx, scope, system, chunk))) {
      known.set(keyOf({ system, eventId: row.event_id }), { contentHash: row.content_hash, patientId: row.patient_id });
    }
  }
  return known;
}

const selectKnown = (trx: Trx, { tenant, environment }: Scope, system: string, ids: readonly string[]) =>
  trx
    .selectFrom('event')
    .select(['event_id', 'content_hash', 'patient_id'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('source_system', '=', system)
    .where('event_id', 'in', ids)
    .execute();

export interface NewEvent {
  readonly report: Report;
  readonly patientId: string;
  readonly mergedPatientId: string | null;
}

/** Inserts in the order given; returns the keys of those inserted: another process may have been first with the rest. */
export async function insertEvents(
  trx: Trx,
  scope: Scope,
  receivedAtMs: number,
  events: readonly NewEvent[],
): Promise<ReadonlySet<string>> {
  const inserted = await inChunks(events, (chunk) =>
    trx
      .insertInto('event')
      .values(chunk.map((event) => rowOf(scope, receivedAtMs, event)))
      .onConflict((conflict) => conflict.columns(['tenant', 'environment', 'source_system', 'event_id']).doNothing())
      .returning(['source_system', 'event_id'])
      .execute(),
  );
  return new Set(inserted.map((row) => keyOf({ system: row.source_system, eventId: row.event_id })));
}

const rowOf = (scope: Scope, receivedAtMs: number, { report, patientId, mergedPatientId }: NewEvent) => ({
  tenant: scope.tenant,
  environment: scope.environment,
  source_system: report.system,
  event_id: report.eventId,
  type: report.type,
  patient_id: patientId,
  merged_patient_id: mergedPatientId,
  target_event_id: report.target,
  content_hash: report.contentHash,
  schema_version: report.schemaVersion,
  received_at: receivedAtMs,
  payload: report.payload,
});
