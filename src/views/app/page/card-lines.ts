import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount } from './amounts.ts';
import { list } from './elements.ts';
import { type FactLine, factLine } from './fact.ts';
import { dayInWords } from './moments.ts';
import { ifKnown, stepsInWords, weekInWords } from './programme-lines.ts';
import { allotment, doseOf, isDosedByWeekday, otherDrug } from './programme-words.ts';
import { inWords } from './words.ts';

/**
 * What the emergency card says of one reservoir and its programme: what was reported, each with the day of its report. When
 * a bridge ends is a calculation and is left out.
 */
export function cardLines({ programme }: Pick<OnePump, 'programme'>): FactLine[] {
  const { drug, concentrationUgPerMl, mode, flexSteps, weekdayDoses, patientBolus, delivery } = programme;
  return [
    factLine({ label: 'Drug', fact: drug, value: inWords }),
    factLine({
      ...{ label: 'Concentration', fact: concentrationUgPerMl, loud: 'loud', unknown: 'NOT RECORDED' },
      value: (value) => amount(value, 'mcg/mL'),
    }),
    ...otherDrugs(programme),
    ...(isDosedByWeekday(programme) ? [] : [dailyDose(programme)]),
    factLine({ label: 'Mode', fact: mode, value: inWords }),
    ...ifKnown(flexSteps, 'By time of day', stepsInWords),
    ...ifKnown(weekdayDoses, 'By weekday', weekInWords),
    ...ifKnown(patientBolus, 'Patient boluses', allotment),
    factLine({ label: 'Delivery', fact: withoutCalculation(delivery), value: inWords }),
    ...bridge(programme),
  ];
}

/** The card is carried for months: the doubt stays, what a calculation said on the day of printing does not. */
function withoutCalculation(fact: OnePump['programme']['delivery']): OnePump['programme']['delivery'] {
  return fact.words === undefined ? fact : { ...fact, words: fact.words.replace(/By calculation[^.]*\. ?/g, '') };
}

const dailyDose = (programme: OnePump['programme']): FactLine =>
  factLine({ label: 'Daily dose', fact: doseOf(programme), value: (value) => amount(value, 'mcg/day') });

function otherDrugs({ additionalDrugs }: OnePump['programme']): FactLine[] {
  if (!additionalDrugs.value?.length) return [];
  return ifKnown(additionalDrugs, 'Other drugs', (drugs) => list(drugs.map(otherDrug)));
}

function bridge({ bridge: { since, concentrationUgPerMl } }: OnePump['programme']): FactLine[] {
  return [
    ...ifKnown(since, 'Bridge', (at) => `old drug is being cleared since ${dayInWords(at)}`),
    ...ifKnown(concentrationUgPerMl, 'Old drug', (value) => amount(value, 'mcg/mL')),
  ];
}
