import { expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { patientOf, therapyOf } from '../stories/story.ts';
import { statusIn } from '../views/pump-status/status-of.ts';
import { kindsOf, type StatusRow, table } from './table.ts';
import { reporting } from './therapy.ts';

/** What a reader of the pump status is told, each with two values, so that nothing is written there by hand. */
test.each(table.status.map((row) => [row.domain, row] as const))('%s', (_, row) => {
  const [one, other] = row.says ?? row.values;
  expect([told(row, 0, one), told(row, 0, other), told(row, 1, one), told(row, 1, other)]).toEqual([
    true,
    false,
    one === null,
    other !== null,
  ]);
});

const now = Temporal.Instant.from('2024-07-01T00:00:00Z');

/** Whether the status says it after the report of the first or of the second value. */
function told(row: StatusRow, which: 0 | 1, says: unknown): boolean {
  const [kind = ''] = kindsOf(row);
  const events = reporting(row, kind, row.values[which]);
  const patient = patientOf(events[0] as CanonicalEvent);
  const status = statusIn(therapyOf(events, patient, now), now.toString());
  return at(status, row.status.split('.')).includes(says);
}

/** All values at a path; of a list, those of each item. */
function at(value: unknown, [name, ...below]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => at(item, name === undefined ? [] : [name, ...below]));
  if (name === undefined) return [value];
  return value === null || value === undefined ? [] : at((value as Record<string, unknown>)[name], below);
}
