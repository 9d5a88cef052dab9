import type { Db } from '../store/store.ts';
import { survivor } from '../store/survivor.ts';
import type { PatientKey } from './patient-key.ts';

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
