import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { history } from '../../src/therapy/history.ts';
import { whenOf } from '../../src/therapy/when.ts';
import { patientOf, recordedOf, settings } from '../stories/story.ts';
import { fill, fold, report, segmentsOf, simple } from './reports.ts';

const noon = '2024-06-01T12:00:00-04:00';

function orderOf(...events: readonly CanonicalEvent[]): string[] {
  const past = history(recordedOf(events), patientOf(events[0] as CanonicalEvent), settings);
  return past.entries.map(({ source }) => source.rootEventId);
}

describe('the order of what happened', () => {
  const implant = (id: string, fields = {}) => report('implant', id, noon, fields);
  const stop = (id: string, fields = {}) => report('pump-stop', id, noon, fields);

  it('is that of time, whatever the offset in which it is written', () => {
    const early = report('pump-stop', 'A', '2024-06-01T17:00:00+02:00');
    const late = report('pump-stop', 'B', '2024-06-01T11:30:00-04:00');
    expect(orderOf(late, early)).toEqual(['A', 'B']);
  });

  it('at one instant is that of the source', () => {
    expect(orderOf(implant('B', { sequence: 2 }), stop('A', { sequence: 1 }))).toEqual(['A', 'B']);
  });

  it('at one instant without a sequence begins with what makes a device known', () => {
    expect(orderOf(stop('A'), implant('B'))).toEqual(['B', 'A']);
  });

  it('is never left to chance: system and id decide the rest', () => {
    expect(orderOf(stop('B'), stop('A'))).toEqual(['A', 'B']);
    expect(orderOf(stop('A'), stop('B'))).toEqual(['A', 'B']);
  });
});

describe('a partial date', () => {
  it.each([
    ['2018', '2018-01-01T05:00:00Z', '2019-01-01T04:59:59.999Z'],
    ['2018-06', '2018-06-01T04:00:00Z', '2018-07-01T03:59:59.999Z'],
    ['2024-11-03', '2024-11-03T04:00:00Z', '2024-11-04T04:59:59.999Z'],
  ])('%s means every instant of it at the site', (text, earliest, latest) => {
    const when = whenOf(text, 'America/New_York');
    expect([when.earliest.toString(), when.latest.toString()]).toEqual([earliest, latest]);
  });

  it('of an explant counts at its last instant: a device is not ended earlier than it may have been', () => {
    const implant = report('implant', 'A', '2018-06', { fill: fill(18), program: simple(100) });
    const explant = report('explant', 'C', '2024-06');
    const change = report('dose-change', 'B', '2024-06-20T10:00:00-04:00', { program: simple(120) });
    expect(orderOf(explant, change, implant)).toEqual(['A', 'B', 'C']);
    expect(segmentsOf(fold([implant, change, explant]))).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 120,
        start: '2024-06-20T14:00:00Z',
        end: '2024-07-01T03:59:59.999Z',
        endReason: 'pump-explanted',
      },
    ]);
  });

  it('of a programme opens no segment, and ends the one before with the programme unknown', () => {
    const events = [
      report('implant', 'A', '2024-02-01T10:00:00-05:00', { fill: fill(18), program: simple(100) }),
      report('dose-change', 'B', '2024-03', { program: simple(120) }),
    ];
    expect(segmentsOf(fold(events))).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 100,
        start: '2024-02-01T15:00:00Z',
        end: '2024-03-01T05:00:00Z',
        endReason: 'programme-unknown',
      },
    ]);
    expect(fold(events).pumps[0]?.reservoir.volumeMl).toBeUndefined();
  });
});

describe('an event in the future', () => {
  it('is held where it lies further ahead of its receipt than clocks may differ', () => {
    const future = report('pump-stop', 'A', '2026-11-01T01:00:01Z');
    const past = history(recordedOf([future]), patientOf(future), settings);
    expect(past.entries).toEqual([]);
    expect(past.held.map(({ problem: { code, place } }) => ({ code, place }))).toEqual([
      { code: 'event-in-future', place: { field: 'occurredAt', eventId: 'A' } },
    ]);
  });

  it('is taken where clocks may differ so much', () => {
    expect(orderOf(report('pump-stop', 'A', '2026-11-01T01:00:00Z'))).toEqual(['A']);
  });
});
