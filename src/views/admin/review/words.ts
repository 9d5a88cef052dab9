import type { Place } from '../../../event/problem.ts';
import { type Html, html } from '../../board/html.ts';
import type { ReviewLine } from './options.ts';
import type { Age, ReviewQuestion } from './question.ts';

export const stageNames: Readonly<Record<string, string>> = {
  intake: 'could not be read',
  ledger: 'contradicts the ledger',
  therapy: 'therapy',
  mapping: 'held or doubted when it was mapped',
  reading: 'held for those who read here',
  sync: 'at a destination',
};

export const ageNames: Readonly<Record<Age, string>> = {
  day: 'in the last day',
  week: 'in the last 7 days',
  month: 'in the last 30 days',
  older: 'longer than 30 days ago',
};

export const formatNames: Readonly<Record<string, string>> = {
  hl7v2: 'HL7 v2 message',
  csv: 'row of a table (CSV)',
  fhir: 'FHIR Bundle',
  json: 'event (JSON)',
};

/** Where it is, in the words of whoever sent it. */
export function placeWords(place: Place | undefined): string | undefined {
  if (!place) return undefined;
  const { segment, field, row } = place;
  const parts = [row === undefined ? [] : `row ${row}`, segment ?? [], field ?? []].flat();
  return parts.length === 0 ? undefined : parts.join(', ');
}

export function stateWords({ closedAtMs, resolution, effect }: ReviewLine): string {
  if (closedAtMs === null) return effect === 'held' ? 'open, held back' : 'open';
  return resolution === 'dismissed' ? 'dismissed' : 'resolved';
}

export function moment(atMs: number): Html {
  const text = Temporal.Instant.fromEpochMilliseconds(atMs).toString({ smallestUnit: 'minute' });
  return html`<time datetime="${text}">${text.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What a list is narrowed to, in one line. */
export function questionWords(question: ReviewQuestion): string {
  const { state, code, stage, source, destination, patient, age, words } = question;
  const parts = [
    [`${state} items`],
    code ? [`with ${code}`] : [],
    stage ? [stageNames[stage] ?? stage] : [],
    source ? [`from ${source}`] : [],
    destination ? [`about ${destination}`] : [],
    patient ? [`of patient ${patient}`] : [],
    age ? [`opened ${ageNames[age]}`] : [],
    words ? [`saying “${words}”`] : [],
  ];
  return parts.flat().join(', ');
}

export const decisionNames: Readonly<Record<string, string>> = {
  retry: 'Tried again',
  dismiss: 'Dismissed',
  map: 'Added a code to the table',
};

export const outcomeNames: Readonly<Record<string, string>> = {
  done: 'done',
  'still-refused': 'refused again',
  'nothing-to-retry': 'could not be done',
};
