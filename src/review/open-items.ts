import type { Environment } from '../store/schema.ts';
import type { Db } from '../store/store.ts';
import { survivor } from '../store/survivor.ts';

export interface PatientScope {
  readonly tenant: string;
  readonly environment: Environment;
  readonly patientId: string;
}

/** Open items about a patient or one merged into it: a merge must not make what is held about a person disappear. */
export const openItemsOf = (db: Db, { tenant, environment, patientId }: PatientScope) =>
  db
    .selectFrom('review_item')
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('closed_at', 'is', null)
    .where('patient_id', 'in', (query) =>
      query
        .selectFrom('patient')
        .select('patient.id')
        .where('patient.tenant', '=', tenant)
        .where('patient.environment', '=', environment)
        .where(survivor, '=', patientId),
    );
