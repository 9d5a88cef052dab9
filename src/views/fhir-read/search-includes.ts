import { type RawBuilder, sql } from 'kysely';
import { inChunks } from '../../store/in-chunks.ts';
import type { Db } from '../../store/store.ts';
import { isServed, parametersOf, type SearchParameter, type ServedType } from '../read-model/search-parameters.ts';
import type { SearchQuestion } from './search.ts';
import { isPatient, targetsOf } from './search-condition.ts';
import type { Include } from './search-controls.ts';
import { type Fault, tooCostly } from './search-fault.ts';
import type { StoredText } from './search-matches.ts';
import { reachConditions } from './search-reach.ts';
import { all, holds, inScope } from './search-sql.ts';

/**
 * What comes along with a page of matches: one step from them, and one more for the includes that iterate. Each resource
 * obeys the caller's reach of its own type, and comes once.
 */
export async function includedWith(
  db: Db,
  question: SearchQuestion,
  matches: readonly StoredText[],
  includes: readonly Include[],
): Promise<StoredText[] | Fault> {
  const asking = { db, question, seen: new Set(matches.map(({ seq }) => seq)) };
  const first = await step(asking, matches, includes);
  const again = includes.filter(({ iterates }) => iterates);
  const second = await step(asking, isTooMuch(first) ? [] : first, again);
  const included = [...first, ...second];
  return isTooMuch(included) ? tooMany : included;
}

const mostIncluded = 2_000;

const isTooMuch = (included: readonly StoredText[]): boolean => included.length > mostIncluded;

const tooMany = tooCostly('What is to be included is too much for one answer. Ask for a smaller _count.');

interface Asking {
  readonly db: Db;
  readonly question: SearchQuestion;
  /** What is in the answer already. */
  readonly seen: Set<number>;
}

/** Looks no further than to what is too much. */
async function step(asking: Asking, from: readonly StoredText[], includes: readonly Include[]): Promise<StoredText[]> {
  const found: StoredText[] = [];
  if (from.length === 0) return found;
  const steps = includes.flatMap((include) => referencesOf(include).map((parameter) => ({ include, parameter })));
  for (const one of steps) {
    if (isTooMuch(found)) return found;
    const more = await (one.include.direction === 'forward' ? forward : reverse)(asking, from, one);
    found.push(...fresh(more, asking.seen));
  }
  return found;
}

function fresh(found: readonly StoredText[], seen: Set<number>): StoredText[] {
  return found.filter(({ seq }) => {
    const isNew = !seen.has(seq);
    seen.add(seq);
    return isNew;
  });
}

const referencesOf = ({ source, parameter }: Include): SearchParameter[] =>
  parametersOf(source).filter(({ kind, name }) => kind === 'reference' && (parameter === '*' || parameter === name));

interface Step {
  readonly include: Include;
  readonly parameter: SearchParameter;
}

async function forward(asking: Asking, from: readonly StoredText[], { include, parameter }: Step) {
  const sources = from.filter(({ type }) => type === include.source);
  if (isPatient(parameter)) return byIds(asking, 'Patient', unique(sources.map((one) => one.patient_id)));
  const named = await inChunks(sources, (chunk) => namedBy(asking.db, chunk, parameter.name));
  const types = targetsOf(parameter).filter((type) => include.target === undefined || include.target === type);
  const found: StoredText[] = [];
  for (const type of types.filter(isServed)) {
    found.push(
      ...(await byIds(asking, type, unique(named.flatMap(({ system, value }) => (system === type ? value : []))))),
    );
  }
  return found;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];

async function namedBy(db: Db, sources: readonly StoredText[], parameter: string) {
  return db
    .selectFrom('resource_value')
    .select(['system', 'value'])
    .where('parameter', '=', parameter)
    .where(
      'seq',
      'in',
      sources.map(({ seq }) => seq),
    )
    .execute();
}

const byIds = (asking: Asking, type: ServedType, ids: readonly string[]): Promise<StoredText[]> =>
  inChunks(ids, (chunk) => reachable(asking, type, sql`resource r where r.id in (${sql.join(chunk)})`));

/** Those that refer to what is there. A reference to a patient is to whom the resource belongs. */
async function reverse(asking: Asking, from: readonly StoredText[], { include, parameter }: Step) {
  const { tenant, environment } = asking.question.reader;
  const targets = new Set(include.target === undefined ? targetsOf(parameter) : [include.target]);
  const found: StoredText[] = [];
  for (const [type, ones] of Map.groupBy(from, (one) => one.type)) {
    if (!targets.has(type)) continue;
    const ids = unique(ones.map(({ id }) => id));
    const rows = isPatient(parameter)
      ? (chunk: readonly string[]) => sql`resource r where r.patient_id in (${sql.join(chunk)})`
      : (
          chunk: readonly string[],
        ) => sql`(select distinct v.seq from resource_value v where v.parameter = ${parameter.name}
          and v.value in (${sql.join(chunk)}) and v.type = ${include.source} and v.tenant = ${tenant}
          and v.environment = ${environment} and v.system = ${type}) f cross join resource r where r.seq = f.seq`;
    found.push(...(await inChunks(ids, (chunk) => reachable(asking, include.source, rows(chunk)))));
  }
  return found;
}

/** Of these rows what the caller may read or search, in order of first appearance, and one more than can be sent. */
async function reachable({ db, question }: Asking, type: ServedType, rows: RawBuilder<unknown>): Promise<StoredText[]> {
  const { tenant, environment } = question.reader;
  const scope = { tenant, environment, type };
  const reach = [...question.reachOf(type, 'read'), ...question.reachOf(type, 'search')];
  const may = reachConditions(reach, type, question).map((condition) => holds(condition, scope));
  const found = sql<StoredText>`select r.seq, r.type, r.id, r.patient_id, r.content from ${rows}
    and ${inScope(scope)} and ${all(may)} order by r.seq + 0 limit ${mostIncluded + 1}`;
  return (await found.execute(db)).rows;
}
