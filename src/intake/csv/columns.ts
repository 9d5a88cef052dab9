import type { RowPlan, Source } from '../source/compile.ts';
import type { FieldKind } from '../source/event-fields.ts';
import { pathsOf } from '../source/template.ts';

/** What a field map says of the columns of a file. */
export interface Columns {
  /** What a column is read into; empty: it is not read into a field. */
  readingsOf(column: string): readonly Reading[];
  /** A column that the map knows and that says the same in another unit: `daily_dose_ug` of `daily_dose_mg`. */
  otherUnitOf(column: string): string | undefined;
}

export interface Reading {
  readonly kind: FieldKind | 'list';
  /** Field of the event: `patient.identifier.value`. */
  readonly to: string;
  readonly dates: RowPlan['times']['writes'];
}

export function columnsOf(source: Source): Columns {
  const readings = new Map<string, Reading[]>();
  for (const { rows } of source.events) {
    for (const { path, field, list, to, times } of rows) {
      if (!path) continue;
      const reading = { kind: list ? ('list' as const) : field.kind, to, dates: times.writes };
      readings.set(path.leaf, [...(readings.get(path.leaf) ?? []), reading]);
    }
  }
  for (const column of namesOf(source)) if (!readings.has(column)) readings.set(column, []);
  const byStem = new Map([...readings.keys()].map((column) => [stemOf(column), column]));
  return {
    readingsOf: (column) => readings.get(column) ?? none,
    otherUnitOf: (column) => (readings.has(column) || !unit.test(column) ? undefined : byStem.get(stemOf(column))),
  };
}

const none: readonly Reading[] = [];

/** Columns that the map uses or decides about without reading them into a field. */
function namesOf({ map, events, amendment }: Source): string[] {
  const conditions = events.flatMap(({ when, rows }) => [...when, ...rows.flatMap((row) => row.when)]);
  const ids = events.flatMap(({ eventId }) => pathsOf(eventId));
  const amending = amendment ? [amendment.from, amendment.names, amendment.reason, amendment.at] : [];
  return [
    ...[...conditions.map(({ path }) => path), ...ids, ...amending].flatMap((path) => (path ? [path.leaf] : [])),
    ...map.kept,
    ...map.ignored.map(({ path }) => path),
  ];
}

/** `daily_dose_ug` and `daily_dose_mg` are `daily_dose`. */
const stemOf = (column: string): string => column.toLowerCase().replace(unit, '');

/** As columns are named: amounts, volumes and what is made of them. */
const unit = /_(ug|mcg|mg|g|ng|ml|cc|l|ul|h|hours|min|minutes|cm|mm)(_(per_)?(ml|l|h|hour|d|day))?$/i;
