import type { Resource } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import type { Entry } from '../therapy/history.ts';
import type { PossibleDelivery } from '../therapy/records.ts';

/** One resource that every server should hold, named by its identity; references to others are `urn:uuid:<identity>`. */
export interface DesiredResource {
  readonly identity: string;
  readonly resource: Resource;
  /** The event that it comes from. */
  readonly entry: Entry;
  /** A later event that changed it, e.g. closed a segment. */
  readonly changedBy?: Entry | undefined;
  /** Identities that it names where they are there: it stands without them, as a dose does without a reading. */
  readonly optional?: readonly string[] | undefined;
}

/** Something to tell a human. `held`: what it is about was kept back. */
export interface Remark {
  readonly problem: Problem;
  readonly held: boolean;
  readonly entry?: Entry | undefined;
  /** What might have been delivered, by calculation. Never shown to a reader of the record. */
  readonly forReviewers?: PossibleDelivery | undefined;
}

/** What a builder made, or why it could not. */
export type Built = DesiredResource | Remark;
