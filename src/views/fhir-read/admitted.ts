import type { Denial } from '../../auth/denial.ts';
import type { ServedType } from '../read-model/search-parameters.ts';
import type { Caller } from './caller.ts';
import type { Served } from './interactions.ts';

/** Why the scopes of a caller do not let a request in, whatever there is; undefined: they may. Nothing was looked up. */
export function admitted(caller: Caller, what: Served, type: ServedType): Denial | undefined {
  const missing = (what.needsTypes ?? [type]).find((needed) => !isEnough(caller, what, needed));
  if (missing === undefined) return undefined;
  const level = caller.principal.patient === undefined ? 'system' : 'patient';
  return {
    ...{ status: 403, error: 'insufficient_scope', reason: 'scope-insufficient' },
    description: 'The access token does not cover this request.',
    scope: `${level}/${missing}.${what.needs === 'search' ? 's' : 'r'}`,
  };
}

function isEnough({ reachOf }: Caller, { needs, inPart }: Served, type: ServedType): boolean {
  return reachOf(type, needs).some(({ query }) => inPart === 'enough' || query === undefined);
}
