import type { Db } from '../../store/store.ts';
import type { SearchQuestion } from './search.ts';
import { type Chain, type Condition, conditionOf, isPatient } from './search-condition.ts';
import { type Fault, isFault, named, notSupported, tooCostly } from './search-fault.ts';
import { matchesOf } from './search-matches.ts';
import { planOf } from './search-plan.ts';
import { reachConditions } from './search-reach.ts';

/**
 * A chain as a condition on the reference itself: its targets are found first, among those that the caller may search.
 * What is out of reach is not found, so a chain tells nothing of it.
 */
export async function linked(
  db: Db,
  question: SearchQuestion,
  chain: Chain,
  confinement: readonly Condition[],
): Promise<Condition | Fault> {
  const { parameter, target, name, value } = chain;
  const asked = conditionOf(target, name, value, question);
  if (isFault(asked)) return { ...asked, text: `${asked.text} It was asked of what "${parameter.name}" names.` };
  if (asked.kind === 'chain') return notSupported(`${named(`${parameter.name}.${name}`)} is not supported.`);
  const { tenant, environment } = question.reader;
  const reach = reachConditions(question.reachOf(target, 'search'), target, question);
  const scope = { tenant, environment, type: target };
  const conditions = [...confinement, ...reach, asked];
  const plan = await planOf(db, { scope, conditions, sort: undefined, settled: undefined });
  if (isFault(plan)) return plan;
  const found = await matchesOf(db, { scope, conditions, plan }, undefined, mostTargets + 1);
  if (found.length > mostTargets)
    return tooCostly(`${named(`${parameter.name}.${name}`)} finds too much. Name a patient.`);
  const ids = found.map(({ id }) => id);
  if (isPatient(parameter)) return { kind: 'patients', any: ids };
  return { kind: 'references', parameter: parameter.name, any: ids.map((id) => ({ type: target, id })) };
}

const mostTargets = 500;
