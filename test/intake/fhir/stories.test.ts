import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { patientOf, patientsOf, reportedEvents, storyNames } from '../../stories/story.ts';
import {
  bundleOf,
  deliveredIn,
  eventsIn,
  heldIn,
  live,
  patientNamed,
  readAgain,
  therapyOf,
  writtenOf,
} from './again.ts';

/** What an exception of a story rests on stands in the table of what does not come back. */
const notWhole: Readonly<Record<string, string>> = {
  'one-refill-told-by-two-sources': 'the second source and what was held are not told',
  'wrong-patient-corrected': 'the event that moved to this patient begins anew',
  'wrong-patient-implant-corrected': 'the event that moved to this patient begins anew',
};

/** A site knows its zone; what is written has only the offset at the time. */
function zoneOf(events: readonly CanonicalEvent[], patientId: string): string | undefined {
  const first = events.find((event) => patientOf(event) === patientId) as { timeZone?: string } | undefined;
  return first?.timeZone;
}

describe('a story written as FHIR and read again', () => {
  it.each(storyNames.filter((name) => !notWhole[name]))('%s: makes the same resources, nothing is refused', (name) => {
    const events = reportedEvents(name);
    for (const patientId of patientsOf(events)) {
      const written = writtenOf(events, patientId);
      const patient = patientNamed(patientId, events, (event) => patientOf(event) === patientId);
      const zone = zoneOf(events, patientId);
      const read = readAgain(bundleOf(written.resources, patient), patientId, zone);
      expect(read.items.filter((item) => !('event' in item))).toEqual([]);
      expect(live(writtenOf(eventsIn(read), patientId, zone))).toEqual(live(written));
      const [again, before] = [eventsIn(read), events].map((told) =>
        deliveredIn(therapyOf(told, patientId, zone), heldIn(written)),
      );
      expect(again).toEqual(before);
    }
  });

  it.each(Object.keys(notWhole))('%s: every event is read, whatever is known of it', (name) => {
    const events = reportedEvents(name);
    for (const patientId of patientsOf(events)) {
      const written = writtenOf(events, patientId);
      const patient = patientNamed(patientId, events, (event) => patientOf(event) === patientId);
      const read = readAgain(bundleOf(written.resources, patient), patientId);
      expect(read.items.filter((item) => !('event' in item))).toEqual([]);
      const entries = therapyOf(events, patientId).entries.filter(({ source }) => source.part === undefined);
      const held = new Set(therapyOf(events, patientId).held.map(({ entry }) => entry));
      expect(eventsIn(read)).toHaveLength(entries.filter((entry) => !held.has(entry)).length);
    }
  });
});
