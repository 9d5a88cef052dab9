import type { Denial } from '../../auth/denial.ts';
import { reachesAll } from '../../auth/reach.ts';
import type { Caller } from '../fhir-read/caller.ts';
import { statusTypes } from '../fhir-read/pump-status.ts';
import type { ReadPatient } from '../read-model/reading.ts';

/** Why the scopes of a caller open no status, whoever is meant; undefined: they may open one. */
export function mayNotAsk({ reachOf, principal }: Caller): Denial | undefined {
  const missing = statusTypes.find((type) => !reachOf(type, 'read').some(({ query }) => query === undefined));
  if (missing === undefined) return undefined;
  return {
    ...{ status: 403, error: 'insufficient_scope', reason: 'scope-insufficient' },
    description: 'The access token does not cover this request.',
    scope: `${principal.patient === undefined ? 'system' : 'patient'}/${missing}.r`,
  };
}

export const mayReadStatus = ({ reachOf }: Caller, { patientId }: ReadPatient): boolean =>
  statusTypes.every((type) => reachesAll(reachOf(type, 'read'), patientId));

export const mayReadCarePlan = ({ reachOf }: Caller, { patientId }: ReadPatient): boolean =>
  reachesAll(reachOf('CarePlan', 'read'), patientId);
