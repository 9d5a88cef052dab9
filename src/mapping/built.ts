import type { Resource } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import type { Entry } from '../therapy/history.ts';

/** One resource that every server should hold, named by its identity; references to others are `urn:uuid:<identity>`. */
export interface DesiredResource {
  readonly identity: string;
  readonly resource: Resource;
  /** The event that it comes from. */
  readonly entry: Entry;
  /** A later event that changed it, e.g. closed a segment. */
  readonly changedBy?: Entry | undefined;
}

/** Something to tell a human. `held`: what it is about was kept back. */
export interface Remark {
  readonly problem: Problem;
  readonly held: boolean;
  readonly entry?: Entry | undefined;
}

/** What a builder made, or why it could not. */
export type Built = DesiredResource | Remark;
