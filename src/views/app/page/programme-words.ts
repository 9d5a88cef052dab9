import type { Fact } from '../../pump-status/fact-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, figures } from './amounts.ts';
import { howKnown } from './how-known.ts';

/** What several parts of the page say of a programme in the same words. */

type Programme = OnePump['programme'];
type OtherDrug = NonNullable<Programme['additionalDrugs']['value']>[number];

/**
 * The dose of the days without a pattern of their own, with words where there is none for a reason: then it does not read as
 * if nobody had recorded it.
 */
export function doseOf({ doseUgPerDay, delivery }: Pick<Programme, 'doseUgPerDay' | 'delivery'>): Fact<number> {
  if (doseUgPerDay.value !== null) return doseUgPerDay;
  const words = delivery.value === 'stopped' ? stoppedInWords(delivery) : (delivery.words ?? doseUgPerDay.words);
  return words === undefined ? doseUgPerDay : { ...doseUgPerDay, words };
}

/** `Stopped, reported 4 Jun 2024.`, with what is said beside it. */
function stoppedInWords(delivery: Programme['delivery']): string {
  const how = howKnown(delivery);
  return [`Stopped, ${how.charAt(0).toLowerCase()}${how.slice(1)}.`, delivery.words].filter(Boolean).join(' ');
}

/** Where every day has a dose of its own there is none beside them. */
export const isDosedByWeekday = ({ doseUgPerDay, weekdayDoses }: Programme): boolean =>
  doseUgPerDay.value === null && weekdayDoses.value !== null;

export const otherDrug = ({ name, concentrationUgPerMl: strength }: OtherDrug): string =>
  strength === null ? `${name}, concentration not reported` : `${name} ${amount(strength, 'mcg/mL')}`;

export function allotment({
  doseUg,
  lockoutMinutes,
  maxPerDay,
}: NonNullable<Programme['patientBolus']['value']>): string {
  const lockout = lockoutMinutes === null ? 'interval not recorded' : `at least ${amount(lockoutMinutes, 'min')} apart`;
  const most = maxPerDay === null ? 'number a day not recorded' : `at most ${figures(maxPerDay)} a day`;
  return `${amount(doseUg, 'mcg')}, ${lockout}, ${most}`;
}
