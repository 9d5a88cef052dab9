import type { FlexStep, Program, Weekday } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { add, massOf, quantity, times, toNumber, type Ug } from '../therapy/quantity.ts';

/** The dose that a programme states, as numbers and in words. Where days differ no average is stated: no day has it. */

/** Daily dose in ug; of a programme that states only flow and concentration, their product. Undefined: it states none. */
export function doseUgPerDay(program: Program): number | undefined {
  const { doseUgPerDay: doseUg, rateMlPerDay, concentrationUgPerMl }: Stated = program;
  if (doseUg !== undefined) return doseUg;
  if (rateMlPerDay === undefined || concentrationUgPerMl === undefined) return undefined;
  const volumeMl = rateMlPerDay as Measured<'mL'>;
  return toNumber(massOf(quantity(volumeMl), quantity(concentrationUgPerMl)), 3);
}

/** What a programme may state, whatever its mode. */
interface Stated {
  readonly mode: Program['mode'];
  readonly concentrationUgPerMl?: Program['concentrationUgPerMl'];
  readonly doseUgPerDay?: number | undefined;
  readonly rateMlPerDay?: number | undefined;
  readonly weekdayPatterns?: readonly WeekdayPattern[] | undefined;
}

/** A pattern over the day states its 24-hour total as a Ratio; a constant rate is a Quantity (FHIR R4 rate[x]). */
export const isPattern = (program: Program): boolean => program.mode === 'flex' || program.mode === 'periodic-bolus';

export interface WeekdayPattern {
  readonly days: readonly Weekday[];
  readonly doseUgPerDay: number;
  readonly flexSteps: readonly FlexStep[];
}

export function weekdayPatterns(program: Program): readonly WeekdayPattern[] {
  const { weekdayPatterns: patterns = [] }: Stated = program;
  return patterns;
}

/** How many days of the week have no pattern of their own. */
const otherDays = (patterns: readonly WeekdayPattern[]): number => 7 - patterns.flatMap(({ days }) => days).length;

/**
 * The daily dose in ug: where weekdays have patterns of their own, that of all other days. Undefined where the programme
 * states none, and where every weekday has its own.
 */
export function singleDailyDose(program: Program): number | undefined {
  return otherDays(weekdayPatterns(program)) === 0 ? undefined : doseUgPerDay(program);
}

/** The total of a week in ug, where days differ; undefined where every day is alike. */
export function doseUgPerWeek(program: Program): number | undefined {
  const patterns = weekdayPatterns(program);
  if (patterns.length === 0) return undefined;
  const perDay = (dose: number): Ug => quantity(dose as Measured<'ug'>);
  const total = patterns.reduce(
    (sum, { days, doseUgPerDay }) => add(sum, times(perDay(doseUgPerDay), days.length)),
    times(perDay(doseUgPerDay(program) as number), otherDays(patterns)),
  );
  return toNumber(total, 3);
}

/** `210 ug per day`; where days differ, the total of the week and of its days. */
export function doseInWords(program: Program): string {
  const daily = `${doseUgPerDay(program)} ug per day`;
  const weekly = doseUgPerWeek(program);
  if (weekly === undefined) return daily;
  const patterns = weekdayPatterns(program);
  const own = patterns.map(({ days, doseUgPerDay }) => `${daysInWords(days)} ${doseUgPerDay} ug`);
  const others = otherDays(patterns) === 0 ? [] : [`other days ${daily}`];
  return `${weekly} ug per week (${[...own, ...others].join('; ')})`;
}

/** `Saturday, Sunday`. */
export const daysInWords = (days: readonly Weekday[]): string =>
  days.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(', ');

/** `00:00–18:00 144 ug`. */
export const stepInWords = ({ start, end, doseUg }: FlexStep): string => `${start}–${end} ${doseUg} ug`;
