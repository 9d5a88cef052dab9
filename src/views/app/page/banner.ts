import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { counted } from './amounts.ts';
import { button, element, list } from './elements.ts';
import { dayInWords, momentInWords } from './moments.ts';

/**
 * The first thing on the page: how pressing, why, and how old what we know is. Urgency is said in a word and a shape,
 * and only then in a colour; where nothing was reported it says just that.
 */
export function urgencyBanner({ banner, time, asOf, dataAsOf, reportsHeld, environment }: PumpStatus): HTMLElement {
  const { urgency, reasons, words } = banner;
  return element(
    'section',
    { class: `banner ${urgency}`, 'aria-labelledby': 'urgency', 'data-urgency': urgency },
    element(
      'h1',
      { id: 'urgency' },
      element('span', { class: 'mark', 'aria-hidden': 'true' }, marks[urgency]),
      title[urgency],
    ),
    reasons.length > 0
      ? element('div', { class: 'reasons' }, list(reasons.map((reason) => [reason.words, sinceOf(reason.since)])))
      : [howFar(dataAsOf, reportsHeld), element('p', {}, words)],
    element(
      'dl',
      { class: 'ages' },
      age('Status at', momentInWords(asOf)),
      time.words === null ? null : age('Which time', time.words),
      reasons.length > 0 ? age('Newest report', newest(dataAsOf)) : null,
      reportsHeld.words === null ? null : age('Waiting for review', reportsHeld.words),
      environment === 'test' ? age('Test data', 'Nobody real is meant.') : null,
    ),
    showSources(),
  );
}

/** Up to when there are reports, and how many wait: without a reason for urgency it stands as loud as the heading. */
function howFar(dataAsOf: PumpStatus['dataAsOf'], { count, words }: PumpStatus['reportsHeld']) {
  const held = count > 0 || words === null ? `${counted(count, 'report')} held` : 'Reports held: not known here';
  const known = dataAsOf.lastReportAt === null ? 'No report' : `Newest report ${newest(dataAsOf)}`;
  return element('div', { class: 'how-far' }, element('p', {}, known), element('p', {}, held));
}

function age(label: string, words: string) {
  return element('div', {}, element('dt', {}, label), element('dd', {}, words));
}

function newest({ lastReportAt, ageDays, words }: PumpStatus['dataAsOf']): string {
  if (lastReportAt === null) return words;
  const days = ageDays === null ? '' : `, ${ageDays === 0 ? 'today' : `${counted(ageDays, 'day')} before`}`;
  return `${dayInWords(lastReportAt)}${days}`;
}

const sinceOf = (since: string | null) =>
  since === null ? null : element('span', { class: 'how' }, ` since ${dayInWords(since)}`);

/** Who said each value, and what a calculation used: there on demand, for all of them at once. */
function showSources(): HTMLElement {
  return button('Show the source of each value', { class: 'quiet', 'aria-pressed': 'false' }, (pressed) => {
    const isShown = document.body.classList.toggle('with-sources');
    pressed.setAttribute('aria-pressed', String(isShown));
  });
}

const title = {
  urgent: 'Urgent',
  attention: 'Needs attention',
  'nothing-reported': 'Nothing reported',
} as const;
const marks = { urgent: '▲', attention: '◆', 'nothing-reported': '○' } as const;
