import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { patientOf, recordedOf, settings } from '../stories/story.ts';
import { report, simple } from './reports.ts';

const systems = [
  'urn:oid:2.16.840.1.113883.19.5.1',
  'urn:oid:2.16.840.1.113883.19.5.2',
  'urn:oid:2.16.840.1.113883.19.5.3',
];
const nine = Temporal.Instant.from('2024-06-11T09:00:00Z');

const fill = (volumeMl: number) => ({ volumeMl, concentrationUgPerMl: 2000 });

function historyOf(events: readonly CanonicalEvent[]) {
  const past = history(recordedOf(events), patientOf(events[0] as CanonicalEvent), settings);
  const ids = (entries: readonly { source: { rootEventId: string } }[]) =>
    entries.map(({ source }) => source.rootEventId);
  return {
    stand: ids(past.entries),
    held: past.held.map(({ entry, problem: { code, severity } }) => [entry.source.rootEventId, code, severity]),
    flags: past.flags.map(({ entry, problem: { code, severity } }) => [entry.source.rootEventId, code, severity]),
    entries: past.entries,
  };
}

describe('whatever was received first', () => {
  const fields = fc.record(
    {
      fill: fc.constantFrom(fill(38), fill(36)),
      residual: fc.constantFrom({ measuredMl: 3 }, { measuredMl: 4 }),
      program: fc.constantFrom(simple(100), simple(120)),
    },
    { requiredKeys: ['fill'] },
  );
  const session = fc.tuple(fields, fc.constantFrom(...systems), fc.integer({ min: 0, max: 300 }));
  const sessions = fc
    .array(session, { minLength: 2, maxLength: 6 })
    .map((all) =>
      all.map(([told, system, minutes], n) =>
        report('refill', `S${n}`, nine.add({ minutes }).toString(), { ...told, source: { system, eventId: `S${n}` } }),
      ),
    );

  it('the sessions are the same, and no report is lost', () => {
    const shuffled = sessions.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, received]) => {
        const result = historyOf(received);
        expect(result).toEqual(historyOf(events));
        const joined = result.entries.flatMap(({ alsoReportedBy = [] }) => alsoReportedBy);
        expect(result.stand.length + result.held.length + joined.length).toBe(events.length);
      }),
    );
  });
});
