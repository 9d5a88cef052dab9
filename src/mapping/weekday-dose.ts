import type { FlexStep, Program, Weekday } from '../event/program.ts';
import { doseUgPerDay } from './programmed-dose.ts';

/** Programmes whose days differ. No average is ever stated as a dose: no day has it. */

export interface WeekdayPattern {
  readonly days: readonly Weekday[];
  readonly doseUgPerDay: number;
  readonly flexSteps: readonly FlexStep[];
}

export function weekdayPatterns(program: Program): readonly WeekdayPattern[] {
  return program.mode === 'flex' ? (program.weekdayPatterns ?? []) : [];
}

/**
 * The daily dose in ug: where weekdays have patterns of their own, that of all other days. Undefined where the programme
 * states none, and where every weekday has its own.
 */
export function singleDailyDose(program: Program): number | undefined {
  const days = weekdayPatterns(program).flatMap((pattern) => pattern.days);
  return days.length === 7 ? undefined : doseUgPerDay(program);
}

/** `00:00–18:00 144 ug`. */
export const stepInWords = ({ start, end, doseUg }: FlexStep): string => `${start}–${end} ${doseUg} ug`;
