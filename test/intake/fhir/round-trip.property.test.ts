import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { patientOf } from '../../stories/story.ts';
import { eventsOf, exactSteps } from '../../therapy/generate.ts';
import { bundleOf, eventsIn, live, patientNamed, readAgain, withoutRemarks, writtenOf } from './again.ts';

/**
 * Generated therapies, but for what is not told: of the zone of a site only the offset at the time, and nothing of a
 * resting programme beside a fill.
 */
const therapies = exactSteps
  .map(eventsOf)
  .map((events) => events.map(atItsOffset))
  .filter((events) => !events.some(restsBesideFill));

const zone = 'UTC';

function atItsOffset(event: CanonicalEvent): CanonicalEvent {
  const { timeZone: _, ...rest } = event;
  const offset = /[+-]\d{2}:\d{2}$/.exec(event.occurredAt)?.[0];
  return { ...rest, ...(offset && offset !== '+00:00' && { timeZone: offset }) } as CanonicalEvent;
}

function restsBesideFill(event: CanonicalEvent): boolean {
  const { fill, program } = event as { fill?: unknown; program?: { mode: string } };
  return fill !== undefined && (program?.mode === 'stopped' || program?.mode === 'single-bolus');
}

describe('any therapy written as FHIR and read again', () => {
  it('never fails, and tells only events whose source ids it had', () => {
    fc.assert(
      fc.property(therapies, (events) => {
        const { read } = again(events);
        const known = new Set(events.map(({ source }) => source.eventId));
        expect(eventsIn(read).filter(({ source }) => !known.has(source.eventId))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('makes the same resources, but for what cannot be told in one of twenty', () => {
    const sample = fc.sample(therapies, { numRuns: 100, seed: 20_261_122 });
    const equal = sample.filter((events) => {
      const { read, patientId, written } = again(events);
      return isDeepStrictEqual(
        live(writtenOf(eventsIn(read), patientId, zone), withoutRemarks),
        live(written, withoutRemarks),
      );
    });
    expect(equal.length).toBeGreaterThanOrEqual(95);
  });

  it('is, written once more, what it was after the first reading', () => {
    fc.assert(
      fc.property(therapies, (events) => {
        const { read, patientId } = again(events);
        const once = eventsIn(read);
        if (once.length === 0) return;
        const twice = again(once);
        expect(live(writtenOf(eventsIn(twice.read), patientId, zone), withoutRemarks)).toEqual(
          live(writtenOf(once, patientId, zone), withoutRemarks),
        );
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

function again(events: readonly CanonicalEvent[]) {
  const patientId = patientOf(events[0] as CanonicalEvent);
  const written = writtenOf(events, patientId, zone);
  const patient = patientNamed(patientId, events, () => true);
  return { written, patientId, read: readAgain(bundleOf(written.resources, patient), patientId, zone) };
}
