import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, difference, figures } from './amounts.ts';
import { list, section } from './elements.ts';
import { type FactLine, factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import { bridgeLines, ifKnown, stepsInWords, weekInWords } from './programme-lines.ts';
import { allotment, otherDrug } from './programme-words.ts';

type Programme = OnePump['programme'];

/** What the pump is programmed to do, beyond what the glance says of it. */
export function programmeSection({ device, programme }: OnePump): HTMLElement {
  return section(
    `programme-${device}`,
    'Programme',
    factList(
      ...changeLines(programme),
      ...patternLines(programme),
      ...patientLines(programme),
      ...bridgeLines(programme),
    ),
  );
}

function changeLines({ lastChange, lastChangePercent, additionalDrugs }: Programme): FactLine[] {
  return [
    factLine({
      label: 'Last change of the daily dose',
      fact: lastChange,
      value: ({ at, fromUgPerDay, toUgPerDay }) =>
        `${doseInWords(fromUgPerDay)} to ${doseInWords(toUgPerDay)}, ${momentInWords(at)}`,
      unknown: 'No change reported',
    }),
    ...ifKnown(lastChangePercent, 'Change', (percent) => difference(percent, '%')),
    ...ifKnown(additionalDrugs, 'Drugs beside baclofen', (drugs) => list(drugs.map(otherDrug))),
  ];
}

function patternLines({ flexSteps, weekdayDoses, bolus }: Programme): FactLine[] {
  return [
    ...ifKnown(flexSteps, 'By time of day', stepsInWords),
    ...ifKnown(weekdayDoses, 'By weekday', weekInWords),
    ...ifKnown(bolus, 'Programmed bolus', ({ doseUg, intervalHours, durationMinutes }) =>
      [
        amount(doseUg, 'mcg'),
        durationMinutes && `over ${amount(durationMinutes, 'min')}`,
        intervalHours && `every ${amount(intervalHours, 'h')}`,
      ]
        .filter(Boolean)
        .join(' '),
    ),
  ];
}

function patientLines({ patientBolus, patientBolusCount }: Programme): FactLine[] {
  return [
    factLine({
      label: 'Boluses that the patient may request',
      fact: patientBolus,
      value: allotment,
      unknown: 'None reported',
    }),
    ...ifKnown(patientBolusCount, 'Requested boluses counted', ({ since, delivered, denied }) => {
      const refused = denied === null ? 'refusals not recorded' : `${figures(denied)} refused`;
      return `${figures(delivered)} given, ${refused}${since === null ? '' : `, since ${momentInWords(since)}`}`;
    }),
  ];
}

const doseInWords = (ugPerDay: number | null): string =>
  ugPerDay === null ? 'not known' : amount(ugPerDay, 'mcg/day');
