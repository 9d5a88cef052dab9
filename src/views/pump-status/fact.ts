import { type Entry, placeInTime } from '../../therapy/history.ts';
import { isBefore } from '../../therapy/when.ts';
import type { Calculation, Fact, ReportSource, Source } from './fact-schema.ts';

/** How facts are made. Nothing is ever 0, or an empty text, for want of knowledge. */

/** What an entry states; unknown where it states nothing. */
export function reported<Value>(value: Value, by: Entry | undefined, words?: string): Fact<NonNullable<Value>> {
  return stated('reported', value, by, words);
}

/** What somebody measured, as an entry states it. */
export const measured = <Value>(value: Value, by: Entry | undefined): Fact<NonNullable<Value>> =>
  stated('measured', value, by);

type Inputs = Readonly<Record<string, string | number | undefined>>;

/** What our arithmetic gives; unknown where it gives nothing. */
export function calculated<Value>(
  value: Value,
  calculation: Calculation,
  asOf: string | Temporal.Instant,
  inputs?: Inputs,
): Fact<NonNullable<Value>> {
  if (value === undefined || value === null) return unknown();
  const source: Source = { calculation, ...(inputs && { inputs: withoutUndefined(inputs) }) };
  return { value, method: 'calculated', asOf: asOf.toString(), source };
}

export const unknown = <Value>(words?: string): Fact<Value> => ({
  value: null,
  method: 'unknown',
  asOf: null,
  source: null,
  ...(words !== undefined && { words }),
});

export const withheld = <Value>(): Fact<Value> => ({ value: null, method: 'withheld', asOf: null, source: null });

/** The fact; where it is unknown, with what is said instead. */
export const orSay = <Value>(fact: Fact<Value>, words: string): Fact<Value> =>
  fact.method === 'unknown' ? { ...fact, words } : fact;

export const sourceOf = ({ source: { system, reportEventId }, event: { type } }: Entry): ReportSource => ({
  system,
  eventId: reportEventId,
  display: type,
});

/** When and by whom: what every line of a list says beside its own fields. */
export const recordOf = (entry: Entry): { asOf: string; source: ReportSource } => ({
  asOf: entry.when.text,
  source: sourceOf(entry),
});

export const isAfter = (a: Entry, b: Entry): boolean => isBefore(placeInTime(b), placeInTime(a));

function stated<Value>(
  method: 'reported' | 'measured',
  value: Value,
  by: Entry | undefined,
  words?: string,
): Fact<NonNullable<Value>> {
  if (value === undefined || value === null || !by) return unknown();
  return { value, method, ...recordOf(by), ...(words !== undefined && { words }) };
}

function withoutUndefined(inputs: Inputs): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
