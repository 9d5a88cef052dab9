import type { CanonicalEvent, ClinicalEvent } from '../../../src/event/event.ts';

/** One event as a sender knows it: what happened, and whether it is told for the first time. */
export interface Report {
  readonly event: CanonicalEvent;
  /** What happened; of a void, what is withdrawn. */
  readonly happened: ClinicalEvent;
  readonly standing: 'new' | 'correction' | 'void';
  /** Id of the event that was told first. */
  readonly rootId: string;
  readonly patient: { readonly system: string; readonly value: string };
}

/** The reports of a story; a correction and a void know what they amend. */
export function reportsOf(events: readonly CanonicalEvent[]): Report[] {
  const byId = new Map(events.map((event) => [event.source.eventId, event]));
  const rootOf = (event: CanonicalEvent): CanonicalEvent => {
    const target = event.type === 'correction' ? event.replaces : event.type === 'void' ? event.voids : undefined;
    const found = target === undefined ? undefined : byId.get(target);
    return found ? rootOf(found) : event;
  };
  return events.flatMap((event): Report[] => {
    const root = rootOf(event);
    if (event.type === 'merge' || event.type === 'unmerge' || root.type === 'correction' || root.type === 'void')
      return [];
    const standing = event.type === 'correction' || event.type === 'void' ? event.type : 'new';
    const happened = (event.type === 'correction' ? event.event : root) as ClinicalEvent;
    const patient = (event.type === 'correction' ? event.event.patient : undefined) ?? event.patient;
    return [{ event, happened, standing, rootId: root.source.eventId, patient: patient.identifier }];
  });
}
