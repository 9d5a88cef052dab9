import type { ClinicalEventOf } from '../event/event.ts';
import { precisionOf } from '../event/time.ts';
import type { Entry } from './history.ts';

/** Facts of the patient as last reported. They hold for the whole therapy, whenever they were reported. */
export type Baseline = Partial<Pick<ClinicalEventOf<'baseline'>, 'origin' | 'birthDate'>>;

/** The newest report of each fact. */
export function baselineOf(entries: readonly Entry[]): Baseline {
  const stated = entries.map(({ event }) => event).filter((event) => event.type === 'baseline');
  return {
    origin: stated.findLast(({ origin }) => origin !== undefined)?.origin,
    birthDate: stated.findLast(({ birthDate }) => birthDate !== undefined)?.birthDate,
  };
}

/** Whether the patient is below an age for sure: a birth date that is only a year or a month counts as early as it can. */
export function isBelowAge({ birthDate }: Baseline, years: number, on: Temporal.PlainDate): boolean {
  if (birthDate === undefined) return false;
  const filled = { year: '-01-01', month: '-01', day: '' }[precisionOf(birthDate) as 'year' | 'month' | 'day'];
  const birthday = Temporal.PlainDate.from(`${birthDate}${filled}`).add({ years });
  return Temporal.PlainDate.compare(on, birthday) < 0;
}
