import { emergencyCard } from './card.ts';
import { chartSections } from './charts.ts';
import { button, element } from './elements.ts';
import { mixUpWarning } from './mix-up-warning.ts';
import { readersZone } from './moments.ts';
import { patientBar } from './patient-bar.ts';
import type { Reading } from './reading.ts';
import { statusView } from './status-view.ts';

/** Shows the status, or at `#card` the emergency card: it has the page to itself, so that printing prints nothing else. */
export function showReading(main: HTMLElement, reading: Reading, again: () => void): void {
  const show = () => {
    const isCard = location.hash === '#card';
    document.body.classList.toggle('shows-card', isCard);
    document.title = isCard ? 'Emergency card: baclofen pump' : 'Baclofen pump';
    if (isCard) showCard(main, reading);
    else showStatus(main, reading, again);
  };
  show();
  window.onhashchange = show;
}

function showCard(main: HTMLElement, { status, person }: Reading): void {
  const draw = () => main.replaceChildren(emergencyCard(status, person, new Date()));
  draw();
  // "Printed at" is when it is printed.
  window.onbeforeprint = draw;
  document.getElementById('card-heading')?.focus();
}

function showStatus(main: HTMLElement, reading: Reading, again: () => void): void {
  window.onbeforeprint = null;
  main.replaceChildren(
    element(
      'div',
      {},
      mixUpWarning(reading.status, reading.person),
      reading.needsBar ? patientBar(reading.person) : null,
      provenance(reading, again),
      statusView(reading.status, reading.inRecord, chartSections(reading.course)),
    ),
  );
}

function provenance({ from, words }: Reading, again: () => void): HTMLElement {
  return element(
    'div',
    { class: 'provenance', 'data-from': from },
    element('p', {}, `${words} Times are told in your zone, ${readersZone()}.`),
    button('Read again', { class: 'quiet' }, again),
  );
}
