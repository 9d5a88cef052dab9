import type { ClinicalType } from '../event/event.ts';
import { problem } from '../event/problem.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Remark } from './built.ts';

/** What the timeline itself has to tell a human: what it holds, what it flags, what is not written to FHIR yet. */
export function remarks(therapy: Timeline): Remark[] {
  return [
    ...therapy.held.map(({ entry, problem: found }) => ({ problem: found, held: true, entry })),
    ...therapy.flags.map(({ entry, problem: found }) => ({ problem: found, held: false, entry })),
    ...therapy.problems.map((found) => ({ problem: found, held: false })),
    ...therapy.entries.filter(({ event }) => !mapped.has(event.type)).map(notMapped),
  ];
}

const mapped: ReadonlySet<ClinicalType> = new Set<ClinicalType>([
  'implant',
  'refill',
  'dose-change',
  'bolus',
  'interrogation',
  'complication',
  'revision',
  'pump-stop',
  'restart',
  'explant',
  'assessment',
]);

function notMapped(entry: Entry): Remark {
  const place = { eventId: entry.source.reportEventId };
  const message = `${entry.event.type} is kept, not yet mapped`;
  return { problem: problem('kept-not-mapped', message, place, 'information'), held: false, entry };
}
