import { describe, expect, test } from 'vitest';
import { carries, standing } from './element.ts';
import { type FieldRow, kindsOf, pathOf, rows } from './table.ts';
import { canBeRestated, correcting, desiredBy, reporting } from './therapy.ts';

/**
 * Row by row: what an event states stands in the element that the table names, and another value, stated in its place
 * by a correction, stands there instead.
 */
describe.each(rows.map((row) => [`${row.domain}: ${row.event} → ${row.fhir}`, row] as const))('%s', (_, row) => {
  test.each(kindsOf(row))('reported with %s', (kind) => {
    const first = desiredBy(reporting(row, kind, row.values[0]));
    const second = desiredBy(canBeRestated(row) ? correcting(row, kind) : reporting(row, kind, row.values[1]));
    const [one, other] = row.says ?? row.values;
    expectOnly(first, row, one, other);
    expectOnly(second, row, other, one);
  });
});

function expectOnly(result: ReturnType<typeof desiredBy>, row: FieldRow, present: unknown, absent: unknown): void {
  const says = (value: unknown) => value !== null && carries(result, row, value);
  expect(
    { [pathOf(row)]: says(present) || present === null, butNot: says(absent) },
    JSON.stringify(standing(result, row)),
  ).toEqual({ [pathOf(row)]: true, butNot: false });
}
