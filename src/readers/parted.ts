import type { App } from '../app.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import type { Family } from './family.ts';
import { standingOf } from './standing.ts';

/**
 * Merges that were taken back since the rows were made, told by the Patient of the one who left: it stands under whoever
 * it was merged into until it is made anew. The ids are those of the patients as they are now.
 */
export async function partedOf(
  app: App,
  patient: PatientKey,
  { members }: Family,
): Promise<{ readonly left: readonly string[]; readonly formerly: ReadonlySet<string> }> {
  const ids = members.map(({ id }) => id);
  const { tenant, environment, patientId } = patient;
  const patients = app.store.db
    .selectFrom('resource')
    .select(['id', 'patient_id as heldBy'])
    .where((row) => row.and({ tenant, environment, type: 'Patient' }));
  const held = await patients.where('patient_id', '=', patientId).execute();
  const own = await patients.where('id', 'in', ids).execute();
  const left = held.filter(({ id }) => !ids.includes(id));
  const survivors = await Promise.all(left.map(({ id }) => standingOf(app.store.db, { ...patient, patientId: id })));
  return {
    left: [...new Set(left.map(({ id }, n) => survivors[n]?.mergedInto ?? id))],
    formerly: new Set(own.map(({ heldBy }) => heldBy).filter((heldBy) => !ids.includes(heldBy))),
  };
}
