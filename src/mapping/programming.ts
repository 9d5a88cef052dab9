import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import type { Segment } from '../therapy/records.ts';
import { eventIdentity, type MappingContext } from './context.ts';

/** The regimen that a segment delivers: of the report that programmed it, also where the motor only turned again. */
export function regimenIdentity({ programmedBy }: Segment, context: MappingContext): string {
  return eventIdentity(context, programmedBy, 'regimen');
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
