import type { CarePlanNow } from '../../pump-status/care-plan-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, counted } from './amounts.ts';
import { type Child, element, list, section } from './elements.ts';
import { contacts } from './emergency-section.ts';
import { type FactLine, factColumn, factLine } from './fact.ts';
import { momentInWords } from './moments.ts';
import { bridgeLines, ifKnown, weekInWords } from './programme-lines.ts';
import { doseOf, isDosedByWeekday, otherDrug } from './programme-words.ts';
import { pumpName } from './pump-name.ts';
import { standingDate } from './standing-date.ts';
import { inWords } from './words.ts';

/** What an emergency physician asks first, of the pump in use. */
export function glance(pump: OnePump, plan: CarePlanNow): HTMLElement {
  return section(
    `glance-${pump.device}`,
    `At a glance: ${pumpName(pump)}`,
    element(
      'div',
      { class: 'tiles' },
      doseTile(pump),
      volumeTile(pump),
      refillTile(pump),
      batteryTile(pump),
      callTile(plan),
    ),
  );
}

function doseTile({ programme }: OnePump) {
  const { delivery, mode, runningSince, drug, concentrationUgPerMl, additionalDrugs } = programme;
  return tile('Dose and drug', [
    ...doseLines(programme),
    factLine({
      label: 'Concentration',
      fact: concentrationUgPerMl,
      value: (concentration) => big(amount(concentration, 'mcg/mL')),
      unknown: 'CONCENTRATION NOT REPORTED',
      loud: 'loud',
    }),
    factLine({ label: 'Drug', fact: drug, value: inWords }),
    additionalDrugs.value?.length
      ? factLine({
          label: 'Other drugs in the pump',
          fact: additionalDrugs,
          value: (drugs) => list(drugs.map(otherDrug)),
        })
      : null,
    factLine({ label: 'Delivery', fact: delivery, value: inWords }),
    ...bridgeLines(programme),
    factLine({ label: 'Mode', fact: mode, value: inWords }),
    factLine({ label: 'Since', fact: runningSince, value: momentInWords }),
  ]);
}

/** By weekday where days have patterns of their own, and beside them the dose of the others, where there are others. */
function doseLines(programme: OnePump['programme']): FactLine[] {
  const { weekdayDoses } = programme;
  const daily = { label: 'Daily dose', fact: doseOf(programme), value: (ug: number) => big(amount(ug, 'mcg/day')) };
  return [
    ...(isDosedByWeekday(programme) ? [] : [factLine(daily)]),
    ...ifKnown(weekdayDoses, 'Daily dose by weekday', weekInWords),
  ];
}

function callTile({ contacts: people, emergencyPlan }: CarePlanNow) {
  return tile(
    'In an emergency',
    [
      factLine({
        label: 'Whom to call',
        fact: people,
        value: contacts,
        unknown: 'EMERGENCY CONTACT NOT RECORDED',
        loud: 'loud',
      }),
      factLine({ label: 'What to do', fact: emergencyPlan, value: (text) => text }),
    ],
    element('a', { class: 'action', href: '#card' }, 'Emergency card'),
  );
}

/** What the programmer showed first; what we calculate beside it. */
function volumeTile({ reservoir }: OnePump) {
  const volume = (ml: number) => big(amount(ml, 'mL'));
  return tile('Reservoir', [
    factLine({ label: 'Volume shown by the programmer', fact: reservoir.reportedMl, value: volume }),
    factLine({
      label: 'Volume now, by calculation',
      fact: reservoir.calculatedMl,
      value: volume,
      unknown: 'No calculation',
    }),
  ]);
}

function refillTile({ refillPlan: { alarmDate, dueBy, daysLeft, words } }: OnePump) {
  const bigDay = (day: string) => big(momentInWords(day));
  return tile(
    'Next refill',
    [
      ...dateLines('Low reservoir alarm date', alarmDate, bigDay),
      ...dateLines('Refill due by', dueBy, momentInWords),
      factLine({ label: 'Days to the refill', fact: daysLeft, value: daysInWords }),
    ],
    words === null ? null : element('p', { class: 'words' }, words),
  );
}

/** The date that counts, and below it the one that a programmer showed before something changed. */
function dateLines(
  label: string,
  dates: OnePump['refillPlan']['alarmDate'],
  value: (day: string) => Child,
): FactLine[] {
  const { standing, outdated } = standingDate(dates);
  const how = standing === dates.reported ? 'reported' : 'by calculation';
  return [
    factLine({ label: `${label}, ${how}`, fact: standing, value, unknown: 'No calculation' }),
    ...(outdated ? [factLine({ label: `${label}, reported before`, fact: outdated, value: momentInWords })] : []),
  ];
}

function batteryTile({ battery, state, magneticResonance }: OnePump) {
  return tile(
    'Battery and MRI',
    [
      factLine({ label: 'Pump', fact: state, value: inWords }),
      factLine({
        label: 'Battery, months to replacement',
        fact: battery.monthsToEri,
        value: (months) => amount(months, 'months'),
      }),
    ],
    element('p', { class: 'words' }, magneticResonance.words),
  );
}

const daysInWords = (days: number): string => (days < 0 ? `${counted(-days, 'day')} past` : counted(days, 'day'));

const big = (text: string): Child => element('strong', {}, text);

function tile(heading: string, lines: readonly (FactLine | null)[], below?: Child): HTMLElement {
  return element('div', { class: 'tile' }, element('h3', {}, heading), factColumn(...lines), below);
}
