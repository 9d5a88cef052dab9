import type { Fact } from '../../pump-status/fact-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { cardLines } from './card-lines.ts';
import { button, type Child, element, list } from './elements.ts';
import { contacts, restrictions } from './emergency-section.ts';
import type { FactLine } from './fact.ts';
import { howKnown } from './how-known.ts';
import { mixUpWarning } from './mix-up-warning.ts';
import { dayInWords, momentInWords, readersZone } from './moments.ts';
import type { PatientIdentity } from './patient-identity.ts';
import { nameAmong } from './pump-name.ts';

/**
 * The emergency card, one page on paper for one pump: what was reported of all in use, and the care plan that was signed.
 * No calculated value stands on it: on paper it would be wrong the next day. It has to be legible in grey.
 */
export function emergencyCard(status: PumpStatus, person: PatientIdentity, now: Date): HTMLElement {
  const pumps = status.pumps.filter(({ state }) => state.value !== 'explanted');
  return element(
    'article',
    { class: 'card', 'aria-labelledby': 'card-heading' },
    element(
      'p',
      { class: 'actions' },
      button('Print', { class: 'action' }, () => window.print()),
      ' ',
      element('a', { href: '#status' }, 'Back to the status'),
    ),
    element(
      'h1',
      { id: 'card-heading', tabindex: '-1', class: 'landing' },
      'Emergency card: intrathecal baclofen pump',
    ),
    element(
      'p',
      { class: 'warning' },
      'Sudden withdrawal of intrathecal baclofen can be life-threatening. Not an alarm or monitoring system.',
    ),
    mixUpWarning(status, person),
    element(
      'div',
      { class: 'parts' },
      who(status, person),
      pumps.length === 0 ? element('p', { class: 'loud' }, 'NO PUMP IN USE REPORTED.') : null,
      pumps.map((pump) => inThePump(pump, nameAmong(pumps, pump))),
      callFirst(status),
      signs(status),
      pumps.map((pump) => implanted(pump, nameAmong(pumps, pump))),
    ),
    closing(status, now),
  );
}

function who({ environment }: PumpStatus, { name, birthDate, recordNumber }: PatientIdentity): HTMLElement {
  const byHand = () => element('span', { class: 'by-hand' }, '(write by hand)');
  return group(
    'Patient',
    line('Name', name ?? byHand()),
    line('Born', birthDate ? momentInWords(birthDate) : byHand()),
    line('Record number', recordNumber ?? byHand()),
    environment === 'test' ? line('Test data', 'Nobody real is meant.') : null,
  );
}

function callFirst({ carePlan }: PumpStatus): HTMLElement {
  return group(
    'Call and do',
    said('Emergency contact', signed(carePlan, carePlan.contacts), contacts, 'loud'),
    said('Emergency plan', signed(carePlan, carePlan.emergencyPlan), asIs),
    said('Rescue drugs', signed(carePlan, carePlan.prnDrugs), list),
    said('Allergies', signed(carePlan, carePlan.allergies), list),
    said('Fever', signed(carePlan, carePlan.feverProtocol), asIs),
  );
}

function inThePump(pump: OnePump, name: string | null): HTMLElement {
  return group(
    name === null ? 'In the pump, as reported' : `In the pump ${name}, as reported`,
    ...cardLines(pump).map(asReported),
  );
}

function asReported({ label, said: words, how, aside, attributes }: FactLine): HTMLElement {
  if (attributes.class === 'not-known loud') return line(label, element('strong', {}, words), 'loud');
  return line(label, [words, ...[how, aside].map((more) => more && element('span', { class: 'how' }, ` ${more}`))]);
}

function implanted(
  { manufacturer, model, serialNumber, pocket, implanted: since, catheter, magneticResonance }: OnePump,
  name: string | null,
): HTMLElement {
  const made = group(
    name === null ? 'Pump and catheter' : `Pump and catheter: ${name}`,
    line('Pump', [manufacturer, model].flatMap(({ value }) => value ?? []).join(' ') || notRecorded),
    reportedLine('Serial number', serialNumber, asIs),
    reportedLine('Implanted', since, (moment) => dayInWords(moment)),
    reportedLine('Pocket', pocket.site, (site) => [pocket.side.value, site].filter(Boolean).join(', ')),
    line(
      'Catheter',
      [catheter.manufacturer, catheter.model].flatMap(({ value }) => value ?? []).join(' ') || notRecorded,
    ),
    line('Catheter tip', catheter.tipLevel.value ?? 'Tip level not recorded'),
    line('MRI', [
      magneticResonance.words,
      ...magneticResonance.statements
        .filter(({ verified }) => verified)
        .map(({ words, region, labelDate }) => ` ${words} (${region}, label ${labelDate ?? 'without a date'})`),
    ]),
  );
  made.classList.add('implanted');
  return made;
}

function signs({ carePlan }: PumpStatus): HTMLElement {
  return group(
    'This patient',
    said('Signs of withdrawal', signed(carePlan, carePlan.withdrawalSigns), list),
    said('Signs of overdose', signed(carePlan, carePlan.overdoseSigns), list),
    said('Restrictions', signed(carePlan, carePlan.restrictions), restrictions),
    said('Current medication', signed(carePlan, carePlan.currentMedication), list),
  );
}

function closing({ carePlan, reportsHeld, dataAsOf }: PumpStatus, now: Date): HTMLElement {
  const { author, signedDate, reviewDate } = carePlan;
  const isSigned = author.value !== null && signedDate.value !== null;
  const plan = isSigned
    ? `Care plan by ${author.value}, signed ${momentInWords(signedDate.value ?? '')}${reviewDate.value ? `, review ${momentInWords(reviewDate.value)}` : ''}.`
    : 'NO SIGNED CARE PLAN RECORDED.';
  const newest =
    dataAsOf.lastReportAt === null ? 'No report.' : `Newest report ${momentInWords(dataAsOf.lastReportAt)}.`;
  return element(
    'footer',
    {},
    element('p', {}, `${plan} ${newest} ${reportsHeld.words ?? ''}`),
    element(
      'p',
      {},
      `Printed at ${momentInWords(now.toISOString())} (${readersZone()}). What changed later is not on it: check the pump with its programmer.`,
    ),
  );
}

/** What no one signed is not on the card. */
function signed<Value>({ author, signedDate }: PumpStatus['carePlan'], fact: Fact<Value>): Fact<Value> {
  if (author.value !== null && signedDate.value !== null) return fact;
  return { ...fact, value: null, words: fact.value === null ? fact.words : 'Not shown: no signed plan.' };
}

function said<Value>(label: string, fact: Fact<Value>, value: (value: Value) => Child, loud?: 'loud'): HTMLElement {
  if (fact.value !== null && fact.method !== 'calculated') return line(label, value(fact.value));
  const missing = (fact.value === null && fact.words) || notRecorded;
  return loud ? line(label, element('strong', {}, missing.toUpperCase()), loud) : line(label, missing);
}

/** With the day of the report: a dose without its date misleads. */
function reportedLine<Value>(
  label: string,
  fact: Fact<Value>,
  value: (value: Value) => Child,
  loud?: 'loud',
): HTMLElement {
  const isDated = fact.value !== null && fact.method !== 'calculated' && fact.asOf !== null;
  return said(
    label,
    fact,
    (known) => [value(known), isDated ? element('span', { class: 'how' }, ` ${howKnown(fact)}`) : null],
    loud,
  );
}

function line(label: string, content: Child, loud?: 'loud'): HTMLElement {
  return element('div', { class: loud }, element('dt', {}, label), element('dd', {}, content));
}

function group(heading: string, ...lines: readonly (HTMLElement | null)[]): HTMLElement {
  return element('section', {}, element('h2', {}, heading), element('dl', {}, lines));
}

const asIs = (text: string): string => text;
const notRecorded = 'Not recorded';
