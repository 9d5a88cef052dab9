import type { Program } from '../event/program.ts';
import type { Measured } from '../event/units.ts';
import { type Quantity, quantity, ratio, subtract, type UgPerDay } from './quantity.ts';

/** The daily dose as a programme states it; undefined where it has none or states none. */
export const statedDose = (program: Program | undefined): Measured<'ug/d'> | undefined =>
  program && 'doseUgPerDay' in program ? program.doseUgPerDay : undefined;

/** The same, to calculate with. */
export function dailyDoseOf(program: Program | undefined): UgPerDay | undefined {
  const dose = statedDose(program);
  return dose === undefined ? undefined : quantity(dose);
}

/** Change of the daily dose in percent of the dose before, to two decimals. */
export function changePercent(before: Program | undefined, now: Program | undefined): number | undefined {
  const old = dailyDoseOf(before);
  const next = dailyDoseOf(now);
  if (!old || !next) return undefined;
  return ratio(subtract(next, old), old)?.times(100).toDecimalPlaces(2).toNumber();
}

export const percent = (value: number): Quantity<'%'> => quantity(value as Measured<'%'>);

export const ugPerDay = (value: number): UgPerDay => quantity(value as Measured<'ug/d'>);
