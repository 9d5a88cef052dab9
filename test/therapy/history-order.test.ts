import { describe, expect, it } from 'vitest';
import { clinicalKinds } from '../../src/event/clinical.ts';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { timeline } from '../../src/therapy/timeline.ts';
import { asOf, eventOf, patientOf, recordedOf, settings } from '../stories/story.ts';
import { fold, patientNamed, pump, report, segmentsOf, simple } from './reports.ts';

const at = '2024-06-25T10:00:00-04:00';
const historyOf = (events: readonly CanonicalEvent[]) =>
  history(recordedOf(events), patientOf(events[0] as CanonicalEvent), settings);

describe('what happened at one instant', () => {
  it('is ordered by its kind: what makes a device known before what uses it, what ends it last', () => {
    const all = clinicalKinds.map((kind) =>
      eventOf({ ...kind.example, occurredAt: at, source: { system: 'urn:x', eventId: kind.type } }),
    );
    expect(historyOf(all.toSorted(() => -1)).entries.map(({ event }) => event.type)).toEqual([
      ...['baseline', 'consent', 'enrolment', 'transfer', 'care-plan', 'screening-bolus', 'implant', 'revision'],
      ...['reservoir-emptied', 'refill', 'interrogation', 'restart', 'dose-change', 'bolus', 'alarm', 'complication'],
      ...['imaging', 'rescue-medication', 'assessment', 'follow-up', 'pump-stop', 'explant', 'death'],
    ]);
  });

  it('has the end of a stall after its beginning, whatever the reports are called', () => {
    const stall = report('alarm', 'Z', at, { code: 'motor-stall' });
    const recovered = report('alarm', 'A', at, { code: 'motor-stall-recovered' });
    const ids = (events: readonly CanonicalEvent[]) =>
      historyOf(events).entries.map(({ source }) => source.rootEventId);
    expect(ids([recovered, stall])).toEqual(['Z', 'A']);
    const other = report('alarm', 'B', at, { code: 'low-reservoir' });
    expect(ids([stall, other])).toEqual(['B', 'Z']);
    const cleared = report('alarm', 'A', '2024-06-24T10:00:00-04:00', { code: 'motor-stall', clearedAt: at });
    expect(ids([cleared, stall])).toEqual(['A', 'Z', 'A']);
    const implant = report('implant', 'I', '2024-06-01T10:00:00Z', { program: simple(100) });
    expect(segmentsOf(fold([implant, recovered, stall])).map(({ endReason }) => endReason)).toEqual([
      'delivery-stopped-by-alarm',
      undefined,
    ]);
  });

  it('has the lines of one log in one order, whatever order they were written in', () => {
    const lines = ['low-reservoir', 'eri', 'memory-error'].map((code) => ({ code, at: '2024-06-20T10:00:00Z' }));
    const read = report('interrogation', 'B', at, { pumpLog: lines });
    const codes = historyOf([read]).entries.flatMap(({ event }) => (event.type === 'alarm' ? [event.code] : []));
    expect(codes).toEqual(['eri', 'low-reservoir', 'memory-error']);
  });
});

describe('the history of a patient', () => {
  const stop = (id: string, mrn: string) => report('pump-stop', id, at, { mrn });
  const lost = (id: string, mrn: string) => report('void', id, at, { voids: `${id}-N`, reason: 'wrong', mrn });

  it('has what was reported about this patient, and no other', () => {
    const events = [stop('A', 'MRN1'), stop('B', 'MRN2'), lost('V', 'MRN1'), lost('W', 'MRN2')];
    const { entries, problems } = historyOf(events);
    expect(entries.map(({ source }) => source.rootEventId)).toEqual(['A']);
    expect(problems.map(({ place }) => place?.eventId)).toEqual(['V']);
  });

  it('has a correction in the zone of its report, with why it was made', () => {
    const first = report('pump-stop', 'A', at, { reason: 'surgery' });
    const event = { type: 'pump-stop', occurredAt: '2024-06-24', pump, patient: patientNamed('MRN0710') };
    const corrected = report('correction', 'C', at, { replaces: 'A', event, reason: 'wrong day' });
    const unexplained = report('correction', 'D', at, { replaces: 'A', event });
    const [entry] = historyOf([first, corrected]).entries;
    expect([entry?.when.zone, entry?.when.text, entry?.amendedBecause]).toEqual([
      'America/New_York',
      '2024-06-24',
      'wrong day',
    ]);
    expect(historyOf([first]).entries[0]).not.toHaveProperty('amendedBecause');
    expect(historyOf([first, unexplained]).entries[0]).not.toHaveProperty('amendedBecause');
  });

  it('counts a report that does not say so as no test', () => {
    const tested = (test: boolean | undefined) => historyOf([report('pump-stop', 'A', at, { test })]).entries[0]?.test;
    expect([tested(undefined), tested(false), tested(true)]).toEqual([false, false, true]);
  });
});

describe('a report that lay in the future of its receipt', () => {
  it('makes the programme unknown at its time, also where later ones were received in time', () => {
    const received = (event: CanonicalEvent, at: string) => ({
      ...{ patientId: 'one', event },
      receivedAt: Temporal.Instant.from(at),
    });
    const past = history(
      [
        received(report('implant', 'A', '2024-03-01T10:00:00Z', { program: simple(100) }), '2024-03-02T00:00:00Z'),
        received(report('dose-change', 'B', '2024-05-01T10:00:00Z', { program: simple(200) }), '2024-03-03T00:00:00Z'),
        received(report('dose-change', 'C', '2024-06-01T10:00:00Z', { program: simple(300) }), '2024-07-01T00:00:00Z'),
      ],
      'one',
      settings,
    );
    const therapy = timeline(past, asOf, settings);
    expect(therapy.held.map(({ entry }) => entry.source.rootEventId)).toEqual(['B']);
    expect(segmentsOf(therapy)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 100,
        start: '2024-03-01T10:00:00Z',
        end: '2024-05-01T10:00:00Z',
        endReason: 'programme-unknown',
      },
      { role: 'infusion', doseUgPerDay: 300, start: '2024-06-01T10:00:00Z' },
    ]);
  });
});
