import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../src/event/event.ts';
import { neverTold, toldByStatus } from '../../../src/intake/fhir/kinds.ts';
import { patientOf, patientsOf, reportedEvents, storyNames } from '../../stories/story.ts';
import { bundleOf, eventsIn, patientNamed, readAgain, writtenOf } from './again.ts';

describe('every kind of event', () => {
  it('comes back from the resources of some story, or is declared never to', () => {
    const told = storyNames.flatMap((name) => {
      const events = reportedEvents(name);
      return patientsOf(events).flatMap((patientId) => {
        const patient = patientNamed(patientId, events, (event) => patientOf(event) === patientId);
        return eventsIn(readAgain(bundleOf(writtenOf(events, patientId).resources, patient), patientId));
      });
    });
    const known = new Set<string>([
      ...told.flatMap((event) => (event.type === 'correction' ? [event.type, event.event.type] : [event.type])),
      ...Object.keys(neverTold),
      ...Object.keys(toldByStatus),
    ]);
    expect(eventTypes.filter((type) => !known.has(type))).toEqual([]);
    expect(told.filter(({ type }) => neverTold[type] !== undefined)).toEqual([]);
  });
});
