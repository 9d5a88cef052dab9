import type { PatientKey } from '../ledger/patient-key.ts';
import { prepared } from '../store/prepared.ts';
import type { Db } from '../store/store.ts';

/** Where a patient stands: what the ledger says is newest, and what was made of it for readers. */
export interface Standing {
  readonly revision: number;
  readonly mergedInto: string | null;
  readonly resourcesRevision: number | null;
  readonly resourcesUntilMs: number | null;
  readonly projectedAtMs: number | null;
  readonly madeBy: string | null;
  readonly matchedAtMs: number | null;
}

/** Undefined: nobody has this id. */
export const standingOf = async (db: Db, patient: PatientKey): Promise<Standing | undefined> =>
  (await standing(db, patient))[0];

const standing = prepared<PatientKey, Standing>((db, { tenant, environment, patientId }) =>
  db
    .selectFrom('patient')
    .leftJoin('reading', (join) =>
      join
        .onRef('reading.patient_id', '=', 'patient.id')
        .onRef('reading.tenant', '=', 'patient.tenant')
        .onRef('reading.environment', '=', 'patient.environment'),
    )
    .select([
      'patient.revision',
      'patient.merged_into as mergedInto',
      'resources_revision as resourcesRevision',
      'resources_until as resourcesUntilMs',
      'projected_at as projectedAtMs',
      'made_by as madeBy',
      'matched_at as matchedAtMs',
    ])
    .where('patient.tenant', '=', tenant)
    .where('patient.environment', '=', environment)
    .where('patient.id', '=', patientId),
);

/** What stands in the rows is what the ledger says now, made by the present rules. */
export const isCurrent = (standing: Standing, now: Temporal.Instant, madeBy: string): boolean =>
  standing.resourcesRevision === standing.revision &&
  standing.madeBy === madeBy &&
  (standing.resourcesUntilMs === null || standing.resourcesUntilMs > now.epochMilliseconds);
