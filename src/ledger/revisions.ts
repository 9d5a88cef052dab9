import { inChunks } from '../store/in-chunks.ts';
import { readAgain } from '../store/reading-due.ts';
import type { Db, Trx } from '../store/store.ts';
import type { PatientRef, Scope } from './patient-key.ts';

/**
 * Raises each patient's revision by one; returns where they stand now, by patient id. From `atMs` on what readers are
 * told of them is out of date.
 */
export async function raiseRevisions(
  trx: Trx,
  scope: Scope,
  patientIds: readonly string[],
  atMs: number,
): Promise<ReadonlyMap<string, PatientRef>> {
  await lockPatients(trx, scope, patientIds);
  const rows = await inChunks([...new Set(patientIds)], (chunk) => raise(trx, scope, chunk));
  await readAgain(trx, scope, patientIds, atMs);
  return new Map(rows.map(({ id, revision }) => [id, { ...scope, patientId: id, revision }]));
}

/** In id order, so that two transactions that touch the same patients do not wait for each other. */
export async function lockPatients(trx: Trx, scope: Scope, patientIds: readonly string[]): Promise<void> {
  const ordered = [...new Set(patientIds)].sort();
  await inChunks(ordered, (chunk) => patientsIn(trx, scope, chunk).orderBy('id').forNoKeyUpdate().execute());
}

const raise = (trx: Trx, { tenant, environment }: Scope, ids: readonly string[]) =>
  trx
    .updateTable('patient')
    .set((set) => ({ revision: set('revision', '+', 1) }))
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('id', 'in', ids)
    .returning(['id', 'revision'])
    .execute();

/** Who each patient is after merges: itself, or the survivor. */
export async function survivorsOf(
  db: Db,
  scope: Scope,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await inChunks([...new Set(patientIds)], (chunk) => patientsIn(db, scope, chunk).execute());
  return new Map(rows.map(({ id, merged_into }) => [id, merged_into ?? id]));
}

const patientsIn = (db: Db, { tenant, environment }: Scope, ids: readonly string[]) =>
  db
    .selectFrom('patient')
    .select(['id', 'merged_into'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('id', 'in', ids);
