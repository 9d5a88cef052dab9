import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { searchedLength, searchText } from '../read-model/values.ts';
import { type Condition, isPatient } from './search-condition.ts';
import type { Moment, Target, Token } from './search-values.ts';

/** Conditions in SQL, on a row `r` of `resource`. Everything that a caller wrote is a bound parameter. */

export type Sql = RawBuilder<SqlBool>;

/** All resources of one type that one reader could see at all. */
export interface Scope {
  readonly tenant: string;
  readonly environment: string;
  readonly type: string;
}

export const ofType = ({ tenant, environment, type }: Scope): Sql =>
  sql`r.tenant = ${tenant} and r.environment = ${environment} and r.type = ${type}`;

/** What was deleted is in no answer; what was withdrawn is, and says so itself. */
export const inScope = (scope: Scope): Sql => sql`${ofType(scope)} and r.state <> 'deleted'`;

export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`1 = 1` : joined(conditions, sql` and `);

export const some = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`1 = 0` : joined(conditions, sql` or `);

/** Many are halved and halved again: SQLite refuses a row of them as a tree that is too deep. */
function joined(conditions: readonly Sql[], word: RawBuilder<unknown>): Sql {
  if (conditions.length <= mostInARow) return sql`(${sql.join(conditions, word)})`;
  const middle = Math.ceil(conditions.length / 2);
  return sql`(${joined(conditions.slice(0, middle), word)}${word}${joined(conditions.slice(middle), word)})`;
}

const mostInARow = 50;

/** That a condition holds of `r`. */
export function holds(condition: Condition, scope: Scope): Sql {
  switch (condition.kind) {
    case 'ids':
      return oneOf(sql`r.id`, condition.any);
    case 'patients':
      return oneOf(sql`r.patient_id`, condition.any);
    case 'moments':
      return momentsHold(condition.of, condition.any);
    case 'missing':
      return isMissing(condition, scope);
    case 'either':
      return some(condition.any.map((conditions) => all(conditions.map((one) => holds(one, scope)))));
    case 'tokens':
      return condition.isNot ? sql`not ${hasValue(condition, scope)}` : hasValue(condition, scope);
    default:
      return hasValue(condition, scope);
  }
}

/** A condition that rows of `resource_value` answer. */
export type ValueCondition = Extract<Condition, { kind: 'tokens' | 'references' | 'texts' }>;

/** That a row `v` is one of those that a condition asks for. */
export function asksFor(condition: ValueCondition, { tenant, environment, type }: Scope): Sql {
  return sql`v.parameter = ${condition.parameter} and v.type = ${type} and v.tenant = ${tenant}
    and v.environment = ${environment} and ${valueFits(condition)}`;
}

const hasValue = (condition: ValueCondition, scope: Scope): Sql => anyValue(asksFor(condition, scope));

/** Looked up row by row: the offset keeps the engines from turning it into a join over everybody's values. */
const anyValue = (fits: Sql): Sql =>
  sql`exists (select 1 from resource_value v where v.seq = r.seq and ${fits} limit 1 offset 0)`;

function valueFits(condition: ValueCondition): Sql {
  switch (condition.kind) {
    case 'tokens':
      return pairsFit(condition.any.map(({ code, system }: Token) => ({ value: code, system })));
    case 'references':
      return pairsFit(condition.any.map(({ id, type }: Target) => ({ value: id, system: type })));
    case 'texts':
      return some(condition.any.map((text) => textFits(condition.how, text)));
  }
}

interface Pair {
  readonly value: string | undefined;
  readonly system: string | undefined;
}

/** Those without a system are one list of values, which an index answers at once. */
function pairsFit(pairs: readonly Pair[]): Sql {
  const values = pairs.flatMap(({ value, system }) => (value !== undefined && system === undefined ? [value] : []));
  const others = pairs.filter(({ value, system }) => value === undefined || system !== undefined);
  return some([...(values.length > 0 ? [oneOf(sql`v.value`, values)] : []), ...others.map(pairFits)]);
}

const pairFits = ({ value, system }: Pair): Sql =>
  value === undefined ? sql`v.system = ${system}` : sql`(v.value = ${value} and v.system = ${system})`;

function textFits(how: Extract<Condition, { kind: 'texts' }>['how'], text: string): Sql {
  const folded = searchText(text);
  if (how === 'exact') return sql`(v.value = ${folded} and v.system = ${text.slice(0, searchedLength)})`;
  if (how === 'starts') return sql`(v.value >= ${folded} and v.value < ${folded + lastCharacter})`;
  return sql`v.value like ${`%${folded.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
}

/** Nothing that begins with a text comes after the text with this behind it. */
const lastCharacter = '\u{10FFFF}';

const oneOf = (column: RawBuilder<unknown>, values: readonly string[]): Sql => {
  if (values.length === 0) return sql`1 = 0`;
  if (values.length === 1) return sql`${column} = ${values[0]}`;
  return sql`${column} in (${sql.join(values)})`;
};

function isMissing({ parameter, isMissing }: Extract<Condition, { kind: 'missing' }>, { type }: Scope): Sql {
  const isAlwaysThere = isPatient(parameter) || parameter.name === '_id' || parameter.name === '_lastUpdated';
  if (isAlwaysThere) return isMissing ? sql`1 = 0` : sql`1 = 1`;
  if (parameter.kind === 'date') return isMissing ? sql`r.date_from is null` : sql`r.date_from is not null`;
  const has = anyValue(sql`v.parameter = ${parameter.name} and v.type = ${type}`);
  return isMissing ? sql`not ${has}` : has;
}

/** Where the clinical date begins and ends, as the indexes `resource_starts` and `resource_ends` have it. */
export const starts = sql<number>`coalesce(r.date_from, -8640000000000000)`;
export const ends = sql<number>`coalesce(r.date_to, 8640000000000000)`;
export const updated = sql<number>`r.last_updated`;

function momentsHold(of: 'date' | 'updated', any: readonly Moment[]): Sql {
  const [from, to] = of === 'updated' ? [updated, updated] : [starts, ends];
  const held = some(any.map((moment) => momentHolds(moment, unindexed(from), unindexed(to))));
  return of === 'updated' ? held : sql`(r.date_from is not null and ${held})`;
}

/** The plan says by which index a search goes: a bound on this is no reason to leave a patient for everybody's dates. */
export const unindexed = (column: RawBuilder<number>): RawBuilder<number> => sql`(${column} + 0)`;

/**
 * FHIR R4 "Search", prefixes: the span of the resource against that of the parameter, both with their ends. `ge` and `le`
 * take, beyond its words, what only overlaps the value, as HAPI FHIR and others do: an infusion that ended in the morning
 * of a day was given "on or after" it.
 */
function momentHolds({ prefix, fromMs, toMs }: Moment, from: RawBuilder<number>, to: RawBuilder<number>): Sql {
  switch (prefix) {
    case 'eq':
      return sql`(${from} >= ${fromMs} and ${to} <= ${toMs})`;
    case 'ne':
      return sql`(${from} < ${fromMs} or ${to} > ${toMs})`;
    case 'gt':
      return sql`${to} > ${toMs}`;
    case 'lt':
      return sql`${from} < ${fromMs}`;
    case 'ge':
      return sql`${to} >= ${fromMs}`;
    case 'le':
      return sql`${from} <= ${toMs}`;
    case 'sa':
      return sql`${from} > ${toMs}`;
    case 'eb':
      return sql`${to} < ${fromMs}`;
  }
}
