import type { Environment } from '../store/schema.ts';

/** One tenant's live or test patients. */
export interface Scope {
  readonly tenant: string;
  readonly environment: Environment;
}

export interface PatientKey extends Scope {
  readonly patientId: string;
}

/** A patient as of one state of the therapy. */
export interface PatientRef extends PatientKey {
  readonly revision: number;
}
