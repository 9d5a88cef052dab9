import type { Environment } from '../../store/schema.ts';
import type { Course } from '../pump-status/course-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';

/** One patient of one tenant, by the keyed id that stands in our URLs. */
export interface Reader {
  readonly tenant: string;
  readonly environment: Environment;
}

export interface ReadPatient extends Reader {
  readonly patientId: string;
}

/** A patient who was found, and what of them was looked up on the way. */
export interface FoundStatus {
  readonly patient: ReadPatient;
  textAt(at: Temporal.Instant, parts: StatusParts): Promise<string>;
}

export type StatusParts = 'whole' | 'without-care-plan';

/**
 * What the views ask of the rest of the program. Whoever answers sees to it that nothing answered about one patient is
 * older than the ledger: what was accepted at intake before the question is in the answer.
 */
export interface Reading {
  /** The survivor, where the id is that of a merged patient; undefined: nobody here has this id. */
  find(reader: Reader, patientId: string): Promise<ReadPatient | undefined>;
  /** The one patient who is called `serverId` at the server that a destination or an issuer stands for. */
  findThere(reader: Reader, destination: string, serverId: string): Promise<ReadPatient | undefined>;
  statusAt(patient: ReadPatient, at: Temporal.Instant, parts: StatusParts): Promise<PumpStatus>;
  /** Like `find`, and the status as the JSON text that is sent. */
  findStatus(reader: Reader, patientId: string): Promise<FoundStatus | undefined>;
  /** How the therapy went until then. Computed from the ledger each time. */
  courseAt(patient: ReadPatient, at: Temporal.Instant): Promise<Course>;
  /** After it the rows of `resource` tell what the ledger tells about this patient. */
  refresh(patient: ReadPatient): Promise<void>;
  /** Works off what is behind for at most so long, and says how many patients are still behind. For searches across patients. */
  catchUp(reader: Reader, budgetMs: number): Promise<{ readonly behind: number }>;
}
