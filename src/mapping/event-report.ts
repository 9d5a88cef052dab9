import type { Timeline } from '../therapy/timeline.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { dateTime } from './element.ts';

/** One event as a reader of a chart knows it. Servers that cannot hold what it made are told of it as a whole. */
export interface EventReport {
  /** Its place in the history. */
  readonly group: number;
  readonly identity: string;
  readonly kind: string;
  /** FHIR dateTime, as precise as the source knew. */
  readonly occurredAt: string;
  /** FHIR instant. */
  readonly recordedAt: string;
}

/** Of every event that stands, a line of a pump's log among them: it happened at its own time. */
export function eventReports({ entries }: Timeline, context: MappingContext): EventReport[] {
  return entries.map((entry, group) => ({
    group,
    identity: eventIdentity(context, entry, 'report'),
    kind: entry.event.type,
    occurredAt: dateTime(entry.when),
    recordedAt: entry.recordedAt.toString(),
  }));
}
