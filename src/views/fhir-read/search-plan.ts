import { sql } from 'kysely';
import type { Db } from '../../store/store.ts';
import { type Bounds, boundsOf, columns, inPart, type Span, spanBy, spanOf } from './search-bounds.ts';
import type { Condition } from './search-condition.ts';
import type { Sort } from './search-controls.ts';
import { type Fault, tooCostly } from './search-fault.ts';
import { asksFor, ofType, type Scope, type ValueCondition } from './search-sql.ts';

/**
 * How the matches of a search are found without looking at everybody's resources: by the patient, by the few rows that
 * one of the conditions leaves, or along an index in whose order they are answered, so that a page ends the search.
 */
export interface Plan {
  readonly order: Order;
  readonly way: Way;
}

/** `seq`: in order of first appearance. It is settled by the first page; the next ones keep it. */
export interface Order {
  readonly by: 'seq' | 'updated' | 'starts' | 'ends' | 'id' | 'status';
  readonly isDescending: boolean;
}

export type Way =
  /** So few that they are sorted: of some patients, of some ids, or of a short span. */
  | { readonly kind: 'few rows'; readonly span?: Span }
  | { readonly kind: 'few values'; readonly condition: ValueCondition }
  /** Along an index of `resource` in the order of the answer. */
  | { readonly kind: 'along rows'; readonly span?: Span }
  /** Along the rows of a value, which stand in order of first appearance. */
  | { readonly kind: 'along values'; readonly condition: ValueCondition };

export interface Wanted {
  readonly scope: Scope;
  readonly conditions: readonly Condition[];
  readonly sort: Sort | undefined;
  /** Of the first page, where this is a later one. */
  readonly settled: Order | undefined;
}

export async function planOf(db: Db, wanted: Wanted): Promise<Plan | Fault> {
  const { scope, conditions, sort, settled } = wanted;
  const order = settled ?? (sort && orderOf(sort));
  const isConfined = conditions.some(({ kind }) => kind === 'ids' || kind === 'patients');
  if (isConfined) return { order: order ?? bySeq, way: { kind: 'few rows' } };

  const bounds = boundsOf(conditions);
  const span = (order && spanInOrder(order, bounds)) ?? spanOf(bounds);
  const values = conditions.filter(isIndexed);
  const few = await fewest(db, scope, { values, span, order });
  if (few) return { order: order ?? bySeq, way: few };
  if (values.length === 0 && !span && conditions.some(leavesAll)) return unconfined;
  return along(order ?? (span ? { by: span.by, isDescending: false } : bySeq), values, span);
}

function spanInOrder({ by }: Order, bounds: Bounds): Span | undefined {
  return by === 'starts' || by === 'ends' || by === 'updated' ? spanBy(by, bounds) : undefined;
}

const bySeq: Order = { by: 'seq', isDescending: false };

const orderOf = ({ by, isDescending }: Sort): Order => ({ by: by === 'date' ? 'starts' : by, isDescending });

const unconfined = tooCostly('This search looks at all patients. Name a patient, a code or a date.');

function along(order: Order, values: readonly ValueCondition[], span: Span | undefined): Plan | Fault {
  const { by } = order;
  if (by === 'id' || by === 'status') {
    return tooCostly(
      'Search parameter "_sort" takes a date or _lastUpdated where the search is not confined to a patient.',
    );
  }
  const [condition] = values.filter(isInOrder).sort((a, b) => coarseness(a) - coarseness(b));
  if (by === 'seq' && condition) return { order, way: { kind: 'along values', condition } };
  return { order, way: { kind: 'along rows', ...(span?.by === by && { span }) } };
}

/** Conditions that are met by a range of `resource_value_found`. */
function isIndexed(condition: Condition): condition is ValueCondition {
  if ('any' in condition && condition.any.length === 0) return false;
  if (condition.kind === 'tokens') return !condition.isNot && condition.any.every(({ code }) => code !== undefined);
  return condition.kind === 'references' || (condition.kind === 'texts' && condition.how !== 'contains');
}

/** Whether the rows of each alternative stand in order of first appearance, and the alternatives are few enough to walk. */
const isInOrder = (condition: ValueCondition): boolean =>
  (condition.kind !== 'texts' || condition.how === 'exact') && condition.any.length <= mostWalks;

const mostWalks = 20;

/** A condition that no index answers, and that may hold of hardly any resource. */
const leavesAll = ({ kind }: Condition): boolean => kind === 'missing' || kind === 'texts' || kind === 'tokens';

const coarse: ReadonlySet<string> = new Set([
  'status',
  'intent',
  'category',
  'actuality',
  'clinical-status',
  '_tag',
  '_security',
  '_profile',
]);

const coarseness = ({ parameter }: ValueCondition): number => (coarse.has(parameter) ? 1 : 0);

/** So many rows are sorted in a moment. */
const fewRows = 500;

interface Candidates {
  readonly values: readonly ValueCondition[];
  readonly span: Span | undefined;
  readonly order: Order | undefined;
}

/** The condition that leaves least, if that is little; not asked where there is only one and its index has the order already. */
async function fewest(db: Db, scope: Scope, { values, span, order }: Candidates): Promise<Way | undefined> {
  const isOnlyOne = values.length + (span ? 1 : 0) === 1;
  const hasTheOrder = span ? order === undefined || order.by === span.by : isServedInOrder(values, order);
  if (isOnlyOne && hasTheOrder) return undefined;
  const counted: { way: Way; rows: number }[] = [];
  for (const condition of values) {
    counted.push({ way: { kind: 'few values', condition }, rows: await rowsOfValue(db, scope, condition) });
  }
  if (span) counted.push({ way: { kind: 'few rows', span }, rows: await rowsOfSpan(db, scope, span) });
  const [least] = counted.filter(({ rows }) => rows < fewRows).sort((a, b) => a.rows - b.rows);
  return least?.way;
}

const isServedInOrder = ([condition]: readonly ValueCondition[], order: Order | undefined): boolean =>
  condition !== undefined && isInOrder(condition) && (order === undefined || order.by === 'seq');

async function rowsOfValue(db: Db, scope: Scope, condition: ValueCondition): Promise<number> {
  const found = sql<{ n: number }>`select count(*) as n from (
    select 1 from resource_value v where ${asksFor(condition, scope)} limit ${fewRows}) c`;
  return (await found.execute(db)).rows[0]?.n ?? 0;
}

/** Along the index: those that nobody sees are counted too, for it does not know of them. */
async function rowsOfSpan(db: Db, scope: Scope, { by, parts }: Span): Promise<number> {
  const rows = parts.map(
    (part) => sql`select * from (
    select 1 from resource r where ${ofType(scope)} and ${inPart(by, part)}
    order by ${columns[by]} limit ${fewRows}) c`,
  );
  const found = sql<{ n: number }>`select count(*) as n from (${sql.join(rows, sql` union all `)}) c`;
  return (await found.execute(db)).rows[0]?.n ?? 0;
}
