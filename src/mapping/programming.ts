import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import type { Entry } from '../therapy/history.ts';
import type { Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { eventIdentity, type MappingContext } from './context.ts';

/**
 * The report that programmed what a segment delivers. A stall that is over starts the same programme again: nobody
 * programmed it then, so the programme stays that of the report before.
 */
export function programmedBy(therapy: Timeline, segment: Segment): Entry {
  if (segment.openedBy.event.type !== 'alarm') return segment.openedBy;
  const ofPump = therapy.segments.filter(({ pumpKey }) => pumpKey === segment.pumpKey);
  const earlier = ofPump.slice(0, ofPump.indexOf(segment));
  return earlier.findLast(({ openedBy }) => openedBy.event.type !== 'alarm')?.openedBy ?? segment.openedBy;
}

export function regimenIdentity(therapy: Timeline, segment: Segment, context: MappingContext): string {
  return eventIdentity(context, programmedBy(therapy, segment), 'regimen');
}

/** Whether the person whom the event names programmed the pump; an interrogation only reads it, an alarm does neither. */
export const isProgramming = ({ type }: ClinicalEvent): boolean => programming.has(type);

const programming: ReadonlySet<ClinicalType> = new Set<ClinicalType>([
  'implant',
  'refill',
  'dose-change',
  'restart',
  'revision',
  'bolus',
]);
