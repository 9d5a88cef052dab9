import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../store/store.ts';
import { inPart, type Part, type Span } from './search-bounds.ts';
import type { Condition } from './search-condition.ts';
import type { Order, Plan } from './search-plan.ts';
import {
  all,
  asksFor,
  ends,
  holds,
  inScope,
  type Scope,
  type Sql,
  starts,
  unindexed,
  updated,
  type ValueCondition,
} from './search-sql.ts';

/** A resource as it is kept, and where it stands in the order of the search. */
export interface Match extends StoredText {
  readonly at: number | string;
}

export interface StoredText {
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly patient_id: string;
  readonly content: string;
}

/** The last match of a page: the next page begins behind it. */
export interface Position {
  readonly at: number | string;
  readonly seq: number;
}

export interface Matching {
  readonly scope: Scope;
  readonly conditions: readonly Condition[];
  readonly plan: Plan;
}

/** The first matches behind a position, in order. */
export async function matchesOf(
  db: Db,
  matching: Matching,
  after: Position | undefined,
  limit: number,
): Promise<Match[]> {
  const way = direction(matching.plan.order);
  const found = sql<Match>`
    select p.at, r.seq, r.type, r.id, r.patient_id, r.content
    from (${picked(matching, after, limit)}) p cross join resource r
    where r.seq = p.seq order by p.at ${way}, p.seq ${way}`;
  return (await found.execute(db)).rows;
}

/** How many match, counted no further than to `limit`. */
export async function countOf(db: Db, matching: Matching, limit: number): Promise<number> {
  const found = sql<{ n: number }>`select count(*) as n from (${picked(matching, undefined, limit)}) p`;
  return (await found.execute(db)).rows[0]?.n ?? 0;
}

type Picked = RawBuilder<unknown>;

function picked(matching: Matching, after: Position | undefined, limit: number): Picked {
  const { plan, scope, conditions } = matching;
  const { way, order } = plan;
  if (way.kind === 'along values') return alongValues(way.condition, matching, after, limit);
  const fits = all([inScope(scope), ...conditions.map((one) => holds(one, scope))]);
  if (way.kind === 'along rows') {
    return overRows({ fits, parts: partsBehind(way.span, order, after), place: inIndex(order), limit });
  }
  const place = besideIndexes(order);
  const left = all([fits, ...behind(place, after)]);
  if (way.kind === 'few rows') return overRows({ fits: left, parts: partsOf(way.span ?? everything), place, limit });
  return sql`select r.seq, ${place.key} as at
    from (select distinct v.seq from resource_value v where ${asksFor(way.condition, scope)}) f
    cross join resource r where r.seq = f.seq and ${left} ${sorted(place)} limit ${limit}`;
}

interface Stretch {
  readonly is: Sql;
  readonly sorting?: RawBuilder<unknown>;
}

interface Walk {
  readonly fits: Sql;
  /** They have no resource in common. Each can say by what it is sorted, where that is simpler than the order of all. */
  readonly parts: readonly Stretch[];
  readonly place: Place;
  readonly limit: number;
}

/** Each part is gone along by itself, and no further than all of them together. */
function overRows({ fits, parts, place, limit }: Walk): Picked {
  const walks = parts.map(
    ({ is, sorting = sorted(place) }) =>
      sql`select r.seq, ${place.key} as at from resource r where ${fits} and ${is} ${sorting} limit ${limit}`,
  );
  const [only, ...more] = walks;
  if (only && more.length === 0) return only;
  const to = direction(place.order);
  const together = sql.join(
    walks.map((walk) => sql`select * from (${walk}) w`),
    sql` union all `,
  );
  return sql`select seq, at from (${together}) u order by at ${to}, seq ${to} limit ${limit}`;
}

const partsOf = ({ by, parts }: Span): Stretch[] => parts.map((part) => ({ is: inPart(by, part) }));

const whole: Part = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY, isLong: false };

const everything: Span = { by: 'updated', parts: [whole] };

/**
 * What is left of an index behind a position: what has the same key and appeared later, and what is beyond. Thousands
 * may have the same key, and of two bounds on one column an engine takes either: each part says exactly where it begins.
 */
function partsBehind(span: Span | undefined, order: Order, after: Position | undefined): Stretch[] {
  const { by, isDescending } = order;
  if (by === 'id' || by === 'status') throw new Error('No index has this order');
  if (by === 'seq') return after ? [{ is: sql`r.seq > ${after.seq}` }] : partsOf(everything);
  const parts = span?.by === by ? span.parts : [whole];
  if (!after) return partsOf({ by, parts });
  const at = Number(after.at);
  const beyond = parts
    .map((part) =>
      isDescending ? { ...part, max: Math.min(part.max, at - 1) } : { ...part, min: Math.max(part.min, at + 1) },
    )
    .filter(({ min, max }) => min <= max);
  const later = isDescending ? sql<boolean>`r.seq < ${after.seq}` : sql<boolean>`r.seq > ${after.seq}`;
  const equals = { is: all([sql`${columns[by]} = ${at}`, later]), sorting: sql`order by r.seq ${direction(order)}` };
  return [equals, ...partsOf({ by, parts: beyond })];
}

/** Each alternative is a walk of its own along the index; together they are at most as many pages as alternatives. */
function alongValues(
  condition: ValueCondition,
  matching: Matching,
  after: Position | undefined,
  limit: number,
): Picked {
  const { scope, conditions } = matching;
  const others = conditions.filter((one) => one !== condition).map((one) => holds(one, scope));
  const begin = after ? [sql<boolean>`v.seq > ${after.seq}`] : [];
  const walks = condition.any.map((one) => {
    const only = { ...condition, any: [one] } as ValueCondition;
    const fits = all([asksFor(only, scope), inScope(scope), ...others, ...begin]);
    return sql`select * from (select distinct v.seq, v.seq as at from resource_value v cross join resource r
      where r.seq = v.seq and ${fits} order by v.seq limit ${limit}) w`;
  });
  return sql`select seq, at from (${sql.join(walks, sql` union `)}) u order by seq limit ${limit}`;
}

/** What the order goes by, and what among equals. */
interface Place {
  readonly order: Order;
  readonly key: RawBuilder<number | string>;
  readonly seq: RawBuilder<number>;
}

const columns = { seq: sql<number>`r.seq`, updated, starts, ends };

const texts = {
  id: sql<string>`(r.id || '')`,
  status: sql<string>`coalesce((select min(s.value) from resource_value s where s.seq = r.seq and s.parameter = 'status'), '')`,
};

const keys: Readonly<Record<Order['by'], RawBuilder<number | string>>> = { ...columns, ...texts };

const direction = ({ isDescending }: Order) => (isDescending ? sql`desc` : sql`asc`);

const inIndex = (order: Order): Place => ({ order, key: keys[order.by], seq: columns.seq });

/** Of few that are found in another way: an index that has the order is no reason to go along all of it. */
const besideIndexes = (order: Order): Place => ({
  order,
  key: order.by === 'id' || order.by === 'status' ? texts[order.by] : unindexed(columns[order.by]),
  seq: unindexed(columns.seq),
});

const sorted = ({ order, key, seq }: Place) => sql`order by ${key} ${direction(order)}, ${seq} ${direction(order)}`;

/** In the order of the search; what has the same key, by order of first appearance. */
function behind({ order, key, seq }: Place, after: Position | undefined): Sql[] {
  if (!after) return [];
  if (order.by === 'seq') return [sql`${seq} > ${after.seq}`];
  return order.isDescending
    ? [sql`${key} <= ${after.at}`, sql`(${key} < ${after.at} or ${seq} < ${after.seq})`]
    : [sql`${key} >= ${after.at}`, sql`(${key} > ${after.at} or ${seq} > ${after.seq})`];
}
