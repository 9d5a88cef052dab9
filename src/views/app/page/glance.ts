import type { CarePlanNow } from '../../pump-status/care-plan-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, counted } from './amounts.ts';
import { type Child, element, section } from './elements.ts';
import { contacts } from './emergency-section.ts';
import { type FactLine, factColumn, factLine } from './fact.ts';
import { momentInWords } from './moments.ts';
import { pumpName } from './pump-section.ts';
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
  const { delivery, mode, doseUgPerDay, runningSince, drug, concentrationUgPerMl, additionalDrugs } = programme;
  return tile('Dose and drug', [
    factLine({ label: 'Daily dose', fact: doseUgPerDay, value: (ug) => big(amount(ug, 'mcg/day')) }),
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
          value: (drugs) => drugs.map(({ name }) => name).join(', '),
        })
      : null,
    factLine({ label: 'Delivery', fact: delivery, value: inWords }),
    factLine({ label: 'Mode', fact: mode, value: inWords }),
    factLine({ label: 'Since', fact: runningSince, value: momentInWords }),
  ]);
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
  return tile(
    'Next refill',
    [
      factLine({
        label: 'Low reservoir alarm date, reported',
        fact: alarmDate.reported,
        value: (day) => big(momentInWords(day)),
      }),
      alarmDate.reported.value === null
        ? factLine({
            label: 'Alarm date, by calculation',
            fact: alarmDate.calculated,
            value: (day) => big(momentInWords(day)),
            unknown: 'No calculation',
          })
        : null,
      factLine({ label: 'Refill due by', fact: firstKnown(dueBy.reported, dueBy.calculated), value: momentInWords }),
      factLine({ label: 'Days to the refill', fact: daysLeft, value: daysInWords }),
    ],
    words === null ? null : element('p', { class: 'words' }, words),
  );
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

function firstKnown<Fact extends { readonly value: unknown }>(first: Fact, second: Fact): Fact {
  return first.value === null ? second : first;
}

const big = (text: string): Child => element('strong', {}, text);

function tile(heading: string, lines: readonly (FactLine | null)[], below?: Child): HTMLElement {
  return element('div', { class: 'tile' }, element('h3', {}, heading), factColumn(...lines), below);
}
