import type { Principal } from './bearer.ts';
import type { Interaction, Scope } from './scopes.ts';

/**
 * What part of a type of resource a principal may see (SMART App Launch 2.2 "Scopes for requesting FHIR Resources").
 * A resource is within reach where at least one allowance lets it in; without any allowance nothing is.
 */
export type Reach = readonly Allowance[];

export interface Allowance {
  /** Only what belongs to this patient (our keyed id); absent: everyone of the tenant. */
  readonly patient?: string;
  /** Only what matches this search on its type, e.g. `category=laboratory`; absent: all. */
  readonly query?: string;
}

/** The widest allowances that the scopes of a principal give for an interaction with a type. */
export function reachOf(principal: Principal, resource: string, interaction: Interaction): Reach {
  const fitting = principal.scopes.filter(
    (scope) => (scope.resource === '*' || scope.resource === resource) && scope.interactions.includes(interaction),
  );
  const allowances = fitting.flatMap((scope) => allowanceOf(principal, scope));
  return allowances.filter((one) => !allowances.some((other) => other !== one && isWider(other, one, allowances)));
}

/** The whole of a patient's resources of a type, whatever their content: what an operation needs that computes from them. */
export const reachesAll = (reach: Reach, patient: string): boolean =>
  reach.some((one) => one.query === undefined && (one.patient === undefined || one.patient === patient));

/** Without a launch context a patient scope names nobody, so it opens nothing. */
function allowanceOf(principal: Principal, { level, query }: Scope): Allowance[] {
  const narrowed = query === undefined ? {} : { query };
  const isWhole = level === 'system' || (level === 'user' && principal.userReach === 'tenant');
  if (isWhole) return [narrowed];
  return principal.patient === undefined ? [] : [{ patient: principal.patient, ...narrowed }];
}

/** Of two that are equal the first stands. */
function isWider(other: Allowance, one: Allowance, all: Reach): boolean {
  const covers =
    (other.patient === undefined || other.patient === one.patient) &&
    (other.query === undefined || other.query === one.query);
  const isEqual = other.patient === one.patient && other.query === one.query;
  return covers && (!isEqual || all.indexOf(other) < all.indexOf(one));
}
