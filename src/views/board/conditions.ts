import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { BoardDay } from './board-day.ts';
import type { BoardSettings } from './settings.ts';
import type { Show, Sort, State } from './view.ts';

/** What the words of the board mean in SQL. Names are those of the tables `reading` and `board_note`. */

export type Judged = { readonly settings: BoardSettings; readonly day: BoardDay };

/** The later rule counts only where no earlier one did. */
export function stateIs({ settings, day: { today, soon } }: Judged): RawBuilder<State> {
  const [due, alarm] = [shown('due', settings), shown('alarm', settings)];
  return sql<State>`case
    when reading.has_pump = 0 then 'no-pump'
    when ${alarm} <= ${sql.lit(today)} then 'past-alarm-date'
    when ${due} < ${sql.lit(today)} then 'past-due-date'
    when coalesce(${due}, ${alarm}) <= ${sql.lit(soon)} then 'due-soon'
    when coalesce(${due}, ${alarm}) is null then 'unknown'
    else 'before-due' end`;
}

/** A date as this clinic sees it: where calculated values are withheld, only what was reported. */
export function shown(name: 'due' | 'alarm', { calculatedValues }: BoardSettings): RawBuilder<string | null> {
  const column = sql.ref<string | null>(`reading.${name}_on`);
  if (calculatedValues === 'shown') return sql`${column}`;
  return sql`case when ${sql.ref(`reading.${name}_method`)} = 'reported' then ${column} end`;
}

export function sortedBy(sort: Sort, settings: BoardSettings): RawBuilder<string | number | null> {
  if (sort === 'due' || sort === 'alarm') return shown(sort, settings);
  return sql`${sql.ref(plainColumns[sort])}`;
}

const plainColumns = {
  refilled: 'reading.refilled_on',
  heard: 'reading.heard_at',
  booked: 'board_note.booked_for',
} as const;

/** Which rows a choice shows. */
export function isShown(show: Show, judged: Judged): RawBuilder<SqlBool> {
  if (show === 'all') return hasPump;
  if (show === 'not-heard-of') return sql`(${hasPump} and ${isUnheard(judged.day)})`;
  if (show === 'booking-past') return sql`(${hasPump} and ${isBookingPast(judged.day)})`;
  return sql`${stateIs(judged)} = ${show}`;
}

/** A patient of whom nothing was computed yet may well have one. */
const hasPump = sql<SqlBool>`coalesce(reading.has_pump, 1) <> 0`;

export const isUnheard = ({ heardFromMs }: BoardDay): RawBuilder<SqlBool> =>
  sql`(reading.heard_at is null or reading.heard_at < ${heardFromMs})`;

/** The day has gone by and no refill was reported since: a partial date counts from its beginning. */
export const isBookingPast = ({ today }: BoardDay): RawBuilder<SqlBool> =>
  sql`(board_note.booked_for < ${sql.lit(today)}
    and (reading.refilled_on is null or reading.refilled_on < board_note.booked_for))`;

/**
 * What follows from the choice for a row that has a value in the sorted column, in a form in which an index finds it: else
 * the latest of the late would be looked for from the wrong end. Undefined: nothing follows.
 */
export function range(sort: Sort, show: Show, { settings, day }: Judged): RawBuilder<SqlBool> | undefined {
  const [today, soon] = [sql.lit(day.today), sql.lit(day.soon)];
  const column = sortedBy(sort, settings);
  if (show === 'past-alarm-date') return sql`${shown('alarm', settings)} <= ${today}`;
  if (show === 'not-heard-of' && sort === 'heard') return sql`${column} < ${day.heardFromMs}`;
  if (sort !== 'due') return undefined;
  if (show === 'past-due-date') return sql`${column} < ${today}`;
  if (show === 'due-soon') return sql`${column} >= ${today} and ${column} <= ${soon}`;
  return show === 'before-due' ? sql`${column} > ${soon}` : undefined;
}

/** Where a date is not known there is none to sort by. */
export const isNeverDated = (sort: Sort, show: Show): boolean =>
  show === 'unknown' && (sort === 'due' || sort === 'alarm');
