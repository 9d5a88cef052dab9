import type { Program, Weekday } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { add, massOf, quantity, times, toNumber, type Ug } from '../therapy/quantity.ts';

/** The dose that a programme states, as numbers and in words. */

/** Daily dose in ug; of a programme that states only flow and concentration, their product. Undefined: it states none. */
export function doseUgPerDay(program: Program): number | undefined {
  if ('doseUgPerDay' in program && program.doseUgPerDay !== undefined) return program.doseUgPerDay;
  const { concentrationUgPerMl } = program;
  const flow = 'rateMlPerDay' in program ? program.rateMlPerDay : undefined;
  if (flow === undefined || concentrationUgPerMl === undefined) return undefined;
  const volumeMl = flow as number as Measured<'mL'>;
  return toNumber(massOf(quantity(volumeMl), quantity(concentrationUgPerMl)), 3);
}

/** A pattern over the day states its 24-hour total as a Ratio; a constant rate is a Quantity (FHIR R4 rate[x]). */
export const isPattern = (program: Program): boolean => program.mode === 'flex' || program.mode === 'periodic-bolus';

/** The total of a week in ug, where days differ; undefined where every day is alike. */
export function doseUgPerWeek(program: Program): number | undefined {
  const patterns = weekdayPatternsOf(program);
  if (program.mode !== 'flex' || patterns.length === 0) return undefined;
  const others = 7 - patterns.reduce((sum, { days }) => sum + days.length, 0);
  const perDay = (dose: number): Ug => quantity(dose as Measured<'ug'>);
  const total = patterns.reduce(
    (sum, { days, doseUgPerDay }) => add(sum, times(perDay(doseUgPerDay), days.length)),
    times(perDay(program.doseUgPerDay), others),
  );
  return toNumber(total, 3);
}

/** `210 ug per day`; where days differ, the total of the week and of its days. */
export function doseInWords(program: Program): string {
  const daily = `${doseUgPerDay(program)} ug per day`;
  const weekly = doseUgPerWeek(program);
  if (weekly === undefined) return daily;
  const own = weekdayPatternsOf(program).map(({ days, doseUgPerDay }) => `${days.join(', ')} ${doseUgPerDay} ug`);
  return `${weekly} ug per week (${own.join('; ')}; other days ${daily})`;
}

export interface WeekdayPattern {
  readonly days: readonly Weekday[];
  readonly doseUgPerDay: number;
}

function weekdayPatternsOf(program: Program): readonly WeekdayPattern[] {
  return program.mode === 'flex' ? (program.weekdayPatterns ?? []) : [];
}
