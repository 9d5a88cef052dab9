import type { CanonicalEvent } from '../../src/event/event.ts';
import type { ProblemCode } from '../../src/event/problem.ts';
import { history } from '../../src/therapy/history.ts';
import type { TherapySettings } from '../../src/therapy/settings.ts';
import { type Timeline, timeline } from '../../src/therapy/timeline.ts';
import { asOf, eventOf, patientOf, recordedOf, settings } from '../stories/story.ts';

/** Short ways to write what a clinic reports about one pump. Every event is parsed, so a wrong one fails at once. */
export const sourceSystem = 'urn:oid:2.16.840.1.113883.19.5.1';
export const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP710001H', tubingMl: 0.3 };

export type Fields = Readonly<Record<string, unknown>>;

export function report(type: string, eventId: string, occurredAt: string, fields: Fields = {}): CanonicalEvent {
  const { sequence, mrn = 'MRN0710', ...rest } = fields;
  const namesPump = !noPump.has(type) && !('pump' in fields);
  return eventOf({
    schemaVersion: 1,
    type,
    source: { system: sourceSystem, eventId, ...(sequence !== undefined && { sequence }) },
    occurredAt,
    recordedAt: '2024-12-01T00:00:00Z',
    timeZone: 'America/New_York',
    patient: patientNamed(mrn as string),
    test: true,
    ...(namesPump && { pump }),
    ...rest,
  });
}

const noPump = new Set(['void', 'correction', 'merge', 'unmerge', 'assessment', 'complication', 'baseline']);

export const patientNamed = (mrn: string) => ({
  identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: mrn },
});

export const simple = (doseUgPerDay: number, concentrationUgPerMl = 2000) => ({
  mode: 'simple-continuous',
  concentrationUgPerMl,
  doseUgPerDay,
});

export const fill = (volumeMl: number, concentrationUgPerMl = 2000) => ({
  ...{ volumeMl, concentrationUgPerMl },
  ...{ lotNumber: 'LOT-1', expirationDate: '2030-01-31' },
});

export function fold(events: readonly CanonicalEvent[], at?: string, own: Partial<TherapySettings> = {}): Timeline {
  const patientId = patientOf(events[0] as CanonicalEvent);
  const all = { ...settings, ...own };
  return timeline(history(recordedOf(events), patientId, all), at ? Temporal.Instant.from(at) : asOf, all);
}

/** Codes of what is flagged, of those named: other stages flag other things about the same reports. */
export const flagged = (therapy: Timeline, ...codes: readonly ProblemCode[]): string[] =>
  therapy.flags.map(({ problem }) => problem.code).filter((code) => codes.includes(code));

/** Segments as a clinician would write them down. */
export const segmentsOf = (therapy: Timeline) =>
  therapy.segments.map(({ role, program, start, end, endReason }) => ({
    role,
    doseUgPerDay: 'doseUgPerDay' in program ? program.doseUgPerDay : undefined,
    start: start.toString(),
    ...(end && { end: end.toString(), endReason }),
  }));
