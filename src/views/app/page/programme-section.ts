import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, difference, figures } from './amounts.ts';
import { type Child, list, section } from './elements.ts';
import { type FactLine, factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import { inWords } from './words.ts';

type Programme = OnePump['programme'];
type Steps = NonNullable<Programme['flexSteps']['value']>;

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
    ...ifKnown(additionalDrugs, 'Drugs beside baclofen', (drugs) =>
      list(
        drugs.map(({ name, concentrationUgPerMl: strength }) =>
          strength === null ? `${name}, concentration not reported` : `${name} ${amount(strength, 'mcg/mL')}`,
        ),
      ),
    ),
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
      unknown: 'None programmed',
    }),
    ...ifKnown(patientBolusCount, 'Requested boluses counted', ({ since, delivered, denied }) => {
      const refused = denied === null ? 'refusals not recorded' : `${figures(denied)} refused`;
      return `${figures(delivered)} given, ${refused}${since === null ? '' : `, since ${momentInWords(since)}`}`;
    }),
  ];
}

function bridgeLines({ bridge }: Programme): FactLine[] {
  return [
    ...ifKnown(bridge.since, 'Bridge: old drug is being cleared since', momentInWords),
    ...ifKnown(bridge.endsAt, 'Bridge ends', momentInWords),
    ...ifKnown(bridge.concentrationUgPerMl, 'Concentration of the old drug', (value) => amount(value, 'mcg/mL')),
  ];
}

/** What few programmes have is not listed as missing. */
function ifKnown<Value>(
  fact: Parameters<typeof factLine<Value>>[0]['fact'],
  label: string,
  value: (value: Value) => Child,
): FactLine[] {
  return fact.value === null ? [] : [factLine({ label, fact, value })];
}

const doseInWords = (ugPerDay: number | null): string =>
  ugPerDay === null ? 'not known' : amount(ugPerDay, 'mcg/day');

export const stepsInWords = (steps: Steps): Child =>
  list(steps.map(({ start, end, doseUg }) => `${start} to ${end}: ${amount(doseUg, 'mcg')}`));

function allotment({ doseUg, lockoutMinutes, maxPerDay }: NonNullable<Programme['patientBolus']['value']>): string {
  const lockout = lockoutMinutes === null ? 'interval not recorded' : `at least ${amount(lockoutMinutes, 'min')} apart`;
  const most = maxPerDay === null ? 'number a day not recorded' : `at most ${figures(maxPerDay)} a day`;
  return `${amount(doseUg, 'mcg')}, ${lockout}, ${most}`;
}

export const weekInWords = (week: NonNullable<Programme['weekdayDoses']['value']>): Child =>
  list(
    week.map(({ days, doseUgPerDay, flexSteps }) => [
      `${days.map(inWords).join(', ')}: ${amount(doseUgPerDay, 'mcg/day')}`,
      stepsInWords(flexSteps),
    ]),
  );
