import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount } from './amounts.ts';
import { type Child, list } from './elements.ts';
import { type FactLine, factLine } from './fact.ts';
import { momentInWords } from './moments.ts';
import { inWords } from './words.ts';

/** What several parts of the page say of a programme in the same lines. */

type Programme = OnePump['programme'];
type Steps = NonNullable<Programme['flexSteps']['value']>;

/** Old drug that is being cleared: nothing where no bridge is known of. */
export function bridgeLines({ bridge }: Pick<Programme, 'bridge'>): FactLine[] {
  return [
    ...ifKnown(bridge.since, 'Bridge: old drug is being cleared since', momentInWords),
    ...ifKnown(bridge.endsAt, 'Bridge ends', momentInWords),
    ...ifKnown(bridge.concentrationUgPerMl, 'Concentration of the old drug', (value) => amount(value, 'mcg/mL')),
  ];
}

/** What few programmes have is not listed as missing. */
export function ifKnown<Value>(
  fact: Parameters<typeof factLine<Value>>[0]['fact'],
  label: string,
  value: (value: Value) => Child,
): FactLine[] {
  return fact.value === null ? [] : [factLine({ label, fact, value })];
}

export const stepsInWords = (steps: Steps): Child =>
  list(steps.map(({ start, end, doseUg }) => `${start} to ${end}: ${amount(doseUg, 'mcg')}`));

export const weekInWords = (week: NonNullable<Programme['weekdayDoses']['value']>): Child =>
  list(
    week.map(({ days, doseUgPerDay, flexSteps }) => [
      `${days.map(inWords).join(', ')}: ${amount(doseUgPerDay, 'mcg/day')}`,
      stepsInWords(flexSteps),
    ]),
  );
