import type { Allowance, Reach } from '../../auth/reach.ts';
import type { ServedType } from '../read-model/search-parameters.ts';
import { type Condition, conditionOf, type Words } from './search-condition.ts';

/** What a caller may see of a type, as conditions that have to hold beside those of the search. */
export function reachConditions(reach: Reach, type: ServedType, words: Words): Condition[] {
  const different = new Map(reach.map((one) => [JSON.stringify([one.patient, one.query]), one]));
  const allowed = [...different.values()].flatMap((allowance) => {
    const conditions = conditionsOf(allowance, type, words);
    return conditions ? [conditions] : [];
  });
  const [only, ...more] = allowed;
  if (only && more.length === 0) return only;
  return [...patientsOf(reach), { kind: 'either', any: allowed }];
}

/** Said once more for all allowances together: it is what the search is confined to. */
function patientsOf(reach: Reach): Condition[] {
  const patients = new Set(reach.map(({ patient }) => patient));
  return patients.has(undefined) ? [] : [{ kind: 'patients', any: [...patients].filter((one) => one !== undefined) }];
}

/** Undefined: the allowance says something that we cannot hold it to, so it opens nothing. */
function conditionsOf({ patient, query }: Allowance, type: ServedType, words: Words): Condition[] | undefined {
  const stated = [...new URLSearchParams(query)].map(([name, value]) => conditionOf(type, name, value, words));
  const conditions = stated.filter((one): one is Condition => 'kind' in one && one.kind !== 'chain');
  if (conditions.length < stated.length) return undefined;
  return [...(patient === undefined ? [] : [{ kind: 'patients', any: [patient] } as const]), ...conditions];
}
