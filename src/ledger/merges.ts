import { inChunks } from '../store/in-chunks.ts';
import type { Trx } from '../store/store.ts';
import { amendedAcross } from './amended-across.ts';
import { type ChainRow, connectedEvents } from './chains.ts';
import type { Scope } from './patient-key.ts';
import { survivorsOf } from './revisions.ts';
import { storedEvent } from './stored-event.ts';
import { type Merge, survivorsAfter } from './survivors.ts';

/**
 * Recomputes who survives, for these patients and everyone whom merges ever connected with them, from the merges in
 * the ledger that stand: so the order in which merges and unmerges arrive does not matter. Returns the patients whose
 * survivor changed, the survivors they had and have, and everyone whose events amendments connect with theirs: a
 * correction between two patients means something else when they become one.
 */
export async function recomputeMerges(trx: Trx, scope: Scope, patientIds: readonly string[]): Promise<Set<string>> {
  const { patients, merges } = await connectedMerges(trx, scope, patientIds);
  const standing = await withoutUndone(trx, scope, merges);
  const after = survivorsAfter(standing);
  const before = await survivorsOf(trx, scope, [...patients]);
  const changed = new Set<string>();
  for (const [id, survivor] of before) {
    const now = after.get(id) ?? id;
    if (now === survivor) continue;
    await setSurvivor(trx, scope, id, now === id ? null : now);
    for (const affected of [id, survivor, now]) changed.add(affected);
  }
  return new Set([...changed, ...(await amendedWith(trx, scope, [...changed]))]);
}

async function amendedWith(trx: Trx, scope: Scope, patientIds: readonly string[]): Promise<string[]> {
  const own = await inChunks(patientIds, (chunk) => eventsOf(trx, scope, chunk).execute());
  const across = await amendedAcross(trx, scope, patientIds, own);
  return across.map((row) => row.patientId);
}

const eventsOf = (trx: Trx, { tenant, environment }: Scope, patientIds: readonly string[]) =>
  trx
    .selectFrom('event')
    .select(['source_system as system', 'event_id as eventId', 'target_event_id as target'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('patient_id', 'in', patientIds);

interface StoredMerge extends Merge {
  readonly seq: number;
  readonly system: string;
}

async function connectedMerges(trx: Trx, scope: Scope, seeds: readonly string[]) {
  const patients = new Set(seeds);
  const merges = new Map<number, StoredMerge>();
  let frontier = [...patients];
  while (frontier.length > 0) {
    const found = await inChunks(frontier, (chunk) => mergesOf(trx, scope, chunk));
    for (const merge of found) merges.set(merge.seq, merge);
    frontier = [...new Set(found.flatMap((merge) => [merge.survivor, merge.ended]))].filter((id) => !patients.has(id));
    for (const id of frontier) patients.add(id);
  }
  return { patients, merges: [...merges.values()] };
}

async function mergesOf(trx: Trx, scope: Scope, patientIds: readonly string[]): Promise<StoredMerge[]> {
  const rows = await mergesWhere(trx, scope, 'patient_id', patientIds)
    .union(mergesWhere(trx, scope, 'merged_patient_id', patientIds))
    .execute();
  return rows.map((row) => {
    const event = storedEvent(row.payload);
    return {
      seq: row.seq,
      system: row.source_system,
      survivor: row.patient_id,
      ended: row.merged_patient_id as string,
      occurredAt: event.occurredAt,
      sequence: event.source.sequence ?? 0,
      eventId: event.source.eventId,
    };
  });
}

const mergesWhere = (
  trx: Trx,
  { tenant, environment }: Scope,
  column: 'patient_id' | 'merged_patient_id',
  patientIds: readonly string[],
) =>
  trx
    .selectFrom('event')
    .select(['seq', 'source_system', 'patient_id', 'merged_patient_id', 'payload'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('merged_patient_id', 'is not', null)
    .where(column, 'in', patientIds);

async function withoutUndone(trx: Trx, scope: Scope, merges: readonly StoredMerge[]): Promise<StoredMerge[]> {
  const standing: StoredMerge[] = [];
  for (const [system, ofSystem] of Map.groupBy(merges, (merge) => merge.system)) {
    const rows = await connectedEvents(
      trx,
      scope,
      system,
      ofSystem.map((merge) => merge.eventId),
    );
    standing.push(...ofSystem.filter((merge) => !isUndone(merge.eventId, rows)));
  }
  return standing;
}

/** Undone by an unmerge or a void that is not itself undone. Reports that undo each other in a circle undo nothing. */
function isUndone(eventId: string, rows: readonly ChainRow[], trail: readonly string[] = []): boolean {
  if (trail.includes(eventId)) return false;
  const undoing = rows.filter((row) => row.target === eventId && row.type !== 'correction');
  return undoing.some((row) => !isUndone(row.eventId, rows, [...trail, eventId]));
}

const setSurvivor = (trx: Trx, { tenant, environment }: Scope, id: string, survivor: string | null) =>
  trx
    .updateTable('patient')
    .set({ merged_into: survivor })
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('id', '=', id)
    .execute();
