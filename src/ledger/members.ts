import { inChunks } from '../store/in-chunks.ts';
import type { Db } from '../store/store.ts';
import { survivor } from '../store/survivor.ts';
import type { PatientKey, Scope } from './patient-key.ts';

/**
 * The ids of a surviving patient and of all merged into it; none for a patient that was merged away. Asked for first
 * and on its own: joined, SQLite without statistics would rather read the events of everybody.
 */
export async function membersOf(db: Db, { tenant, environment, patientId }: PatientKey): Promise<string[]> {
  const rows = await db
    .selectFrom('patient')
    .select('id')
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where(survivor, '=', patientId)
    .execute();
  return rows.map((row) => row.id);
}

/** The same of several surviving patients: whose therapy each of their members belongs to, by the member's id. */
export async function membersOfAll(
  db: Db,
  { tenant, environment }: Scope,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await inChunks(patientIds, (chunk) =>
    db
      .selectFrom('patient')
      .select(['id', survivor.as('survivor')])
      .where('tenant', '=', tenant)
      .where('environment', '=', environment)
      .where(survivor, 'in', chunk)
      .execute(),
  );
  return new Map(rows.map((row) => [row.id, row.survivor]));
}
