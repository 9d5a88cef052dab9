import { element } from './elements.ts';

/** What is going on, for eyes and ears: the region is there from the start, so that screen readers tell what comes in. */
export function tell(words: string): void {
  region().replaceChildren(words === '' ? '' : element('p', {}, words));
}

/** A failure in the reader’s words; what the browser said of it is for whoever looks for the cause. */
export function tellFailure(words: string, cause: unknown): void {
  region().replaceChildren(element('p', { class: 'failure' }, words));
  const said = cause instanceof Error ? cause.message : '';
  // A message may quote an address, and an address a patient.
  document.body.dataset.failure = said.replace(/https?:\S+|"[^"]*"/g, '…').slice(0, 200);
}

const region = (): HTMLElement => document.getElementById('news') ?? document.body;
