import { sql } from 'kysely';
import type { Condition } from './search-condition.ts';
import { all, ends, type Sql, starts, updated } from './search-sql.ts';
import type { Moment } from './search-values.ts';

/** What the dates of a search leave of an index, in epoch milliseconds with both ends. It narrows; the conditions decide. */
export interface Bounds {
  readonly starts: Range;
  readonly ends: Range;
  readonly updated: Range;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The parts of an index in which everything is that the dates leave. */
export interface Span {
  readonly by: keyof Bounds;
  readonly parts: readonly Part[];
}

export interface Part extends Range {
  /** Only what goes on for longer than a day: it has indexes of its own. */
  readonly isLong: boolean;
}

const anything: Range = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

export function boundsOf(conditions: readonly Condition[]): Bounds {
  const moments = conditions.filter((one) => one.kind === 'moments');
  const dates = moments.filter(({ of }) => of === 'date').map(({ any }) => any);
  return {
    starts: dates.map((any) => hull(any.map(startOf))).reduce(overlap, anything),
    ends: dates.map((any) => hull(any.map(endOf))).reduce(overlap, anything),
    updated: moments
      .filter(({ of }) => of === 'updated')
      .map(({ any }) => hull(any.map((moment) => overlap(startOf(moment), endOf(moment)))))
      .reduce(overlap, anything),
  };
}

/** The index to go by: where one is bounded on both sides, it; undefined where no date says anything. */
export function spanOf(bounds: Bounds): Span | undefined {
  const all = (['updated', 'starts', 'ends'] as const).map((by) => ({ by, ...bounds[by] }));
  const best =
    all.find(({ min, max }) => Number.isFinite(min) && Number.isFinite(max)) ??
    all.find(({ min }) => Number.isFinite(min)) ??
    all.find(({ max }) => Number.isFinite(max));
  return best && spanBy(best.by, bounds);
}

/**
 * The span along a given index. What ends at a time starts hardly before it, but for what goes on for longer than a day,
 * and the other way round: of those few the rest of the index is looked at.
 */
export function spanBy(by: keyof Bounds, { starts, ends, updated }: Bounds): Span | undefined {
  if (by === 'updated') return isBounded(updated) ? { by, parts: [{ ...updated, isLong: false }] } : undefined;
  if (!isBounded(starts) && !isBounded(ends)) return undefined;
  const parts = by === 'starts' ? splitBelow(starts, ends.min - dayMs) : splitAbove(ends, starts.max + dayMs);
  return { by, parts };
}

const dayMs = 86_400_000;

const isBounded = ({ min, max }: Range): boolean => Number.isFinite(min) || Number.isFinite(max);

const splitBelow = (range: Range, from: number): Part[] =>
  from <= range.min
    ? [{ ...range, isLong: false }]
    : [
        { min: from, max: range.max, isLong: false },
        { min: range.min, max: Math.min(from - 1, range.max), isLong: true },
      ];

const splitAbove = (range: Range, to: number): Part[] =>
  to >= range.max
    ? [{ ...range, isLong: false }]
    : [
        { min: range.min, max: to, isLong: false },
        { min: Math.max(to + 1, range.min), max: range.max, isLong: true },
      ];

export const columns = { starts, ends, updated };

/** In the words of the indexes `resource_long_starts` and `resource_long_ends`. */
const isLong = sql<boolean>`r.date_from is not null and (r.date_to is null or r.date_to - r.date_from > 86400000)`;

/** That a resource stands in a part. */
export function inPart(by: keyof Bounds, part: Part): Sql {
  const column = columns[by];
  return all([
    ...(Number.isFinite(part.min) ? [sql<boolean>`${column} >= ${part.min}`] : []),
    ...(Number.isFinite(part.max) ? [sql<boolean>`${column} <= ${part.max}`] : []),
    ...(part.isLong ? [isLong] : []),
  ]);
}

/** When a resource that fits can start. What starts after a time ends after it too, and the other way round. */
function startOf({ prefix, fromMs, toMs }: Moment): Range {
  if (prefix === 'eq') return { min: fromMs, max: toMs };
  if (prefix === 'sa') return { ...anything, min: toMs + 1 };
  if (prefix === 'lt' || prefix === 'eb') return { ...anything, max: fromMs - 1 };
  return prefix === 'le' ? { ...anything, max: toMs } : anything;
}

function endOf({ prefix, fromMs, toMs }: Moment): Range {
  if (prefix === 'eq') return { min: fromMs, max: toMs };
  if (prefix === 'eb') return { ...anything, max: fromMs - 1 };
  if (prefix === 'gt' || prefix === 'sa') return { ...anything, min: toMs + 1 };
  return prefix === 'ge' ? { ...anything, min: fromMs } : anything;
}

const hull = (ranges: readonly Range[]): Range => ({
  min: Math.min(...ranges.map(({ min }) => min)),
  max: Math.max(...ranges.map(({ max }) => max)),
});

const overlap = (a: Range, b: Range): Range => ({ min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) });
