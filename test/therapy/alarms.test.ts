import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import {
  again,
  alarm,
  first,
  implant,
  line,
  read,
  recoveredAt,
  recovery,
  stall,
  stallAt,
  stalled,
  told,
  toldAt,
} from './alarm-reports.ts';
import { fill, flagged, report, segmentsOf, simple } from './reports.ts';

const volumeOf = (therapy: Timeline) => {
  const volumeMl = therapy.pumps[0]?.reservoir.volumeMl;
  return volumeMl && toNumber(volumeMl, 6);
};
const openedBy = (therapy: Timeline) =>
  therapy.segments.map(({ openedBy: { source } }) => [source.rootEventId, source.part]);
const recorded = (therapy: Timeline) =>
  therapy.alarms.map(({ code, when, learnedAt, clearedAt, criticality, delivery, entry }) => ({
    code,
    at: when.earliest.toString(),
    criticality,
    delivery,
    learnedAt: learnedAt?.toString(),
    clearedAt: clearedAt?.toString(),
    of: entry.source.rootEventId,
  }));

describe('a motor stall', () => {
  it('ends delivery at its time, and nothing leaves the reservoir', () => {
    const therapy = toldAt('2024-03-21T10:00:00Z', implant, stall('B', stallAt));
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(volumeOf(therapy)).toBe(19);
    expect(therapy.pumps[0]?.program).toMatchObject({ doseUgPerDay: 200 });
  });

  it('that recovers lets the same programme go on from the recovery, which opens the segment', () => {
    const therapy = toldAt('2024-03-21T10:00:00Z', implant, stall('B', stallAt), recovery('C', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt)]);
    expect(openedBy(therapy)).toEqual([
      ['A', undefined],
      ['C', undefined],
    ]);
    expect(therapy.segments.map(({ programmedBy }) => programmedBy.source.rootEventId)).toEqual(['A', 'A']);
    expect(volumeOf(therapy)).toBe(18.1);
  });

  it('that is said to be cleared lets it go on then, under an identity of its own', () => {
    const therapy = toldAt('2024-03-21T10:00:00Z', implant, stall('B', stallAt, { clearedAt: recoveredAt }));
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt)]);
    expect(openedBy(therapy)[1]).toEqual(['B', 'alarm|cleared']);
    expect(therapy.alarms).toHaveLength(1);
    expect(volumeOf(therapy)).toBe(18.1);
  });

  it('was not cleared yet before it was: then that is what changes next', () => {
    const events = [implant, stall('B', stallAt, { clearedAt: recoveredAt })];
    const before = toldAt('2024-03-12T09:59:59Z', ...events);
    expect(segmentsOf(before)).toEqual([stalled]);
    expect(before.alarms[0]?.clearedAt).toBeUndefined();
    expect(before.nextChangeAt?.toString()).toBe(recoveredAt);
    expect(toldAt(recoveredAt, ...events).alarms[0]?.clearedAt?.toString()).toBe(recoveredAt);
  });

  it('is over when the recovery is logged', () => {
    expect(told(implant, stall('B', stallAt), recovery('C', recoveredAt)).alarms[0]?.clearedAt?.toString()).toBe(
      recoveredAt,
    );
  });

  it('that began and ended at one instant leaves delivery running', () => {
    expect(segmentsOf(told(implant, stall('B', stallAt), recovery('C', stallAt)))).toEqual([
      { ...first, end: stallAt, endReason: 'delivery-stopped-by-alarm' },
      again(stallAt),
    ]);
  });

  it('of a pump that is stopped already changes nothing, nor does its recovery', () => {
    const stop = report('pump-stop', 'B', '2024-03-10T10:00:00Z');
    const therapy = told(implant, stop, stall('C', stallAt), recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([{ ...first, end: '2024-03-10T10:00:00Z', endReason: 'pump-stopped' }]);
    expect(therapy.alarms).toHaveLength(2);
  });

  it('after which the pump is stopped stays so when the motor would turn again', () => {
    const stop = report('pump-stop', 'C', '2024-03-11T12:00:00Z');
    const therapy = told(implant, stall('B', stallAt), stop, recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(therapy.pumps[0]?.program?.mode).toBe('stopped');
  });

  it('is not over because the same programme is read: reading it does not say that the motor turns', () => {
    const therapy = told(implant, stall('B', stallAt), read('C', recoveredAt, { program: simple(200) }));
    expect(segmentsOf(therapy)).toEqual([stalled]);
  });

  it('keeps a programme that is read meanwhile for the recovery', () => {
    const other = read('C', '2024-03-11T12:00:00Z', { program: simple(220) });
    const therapy = told(implant, stall('B', stallAt), other, recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt, 220)]);
  });

  it('whose end nobody reported is over when the pump is programmed, with a remark', () => {
    const change = report('dose-change', 'C', recoveredAt, { program: simple(220) });
    const therapy = told(implant, stall('B', stallAt), change);
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt, 220)]);
    expect(flagged(therapy, 'order-incomplete')).toEqual(['order-incomplete']);
  });

  it('that recovers only after the pump was programmed runs the new programme from the recovery on', () => {
    const change = report('dose-change', 'C', '2024-03-11T12:00:00Z', { program: simple(220) });
    const therapy = told(implant, stall('B', stallAt), change, recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt, 220)]);
    expect(therapy.segments[1]?.programmedBy.source.rootEventId).toBe('C');
    expect(flagged(therapy, 'order-incomplete')).toEqual([]);
  });

  it('is not taken to end with the recovery of the next stall', () => {
    const change = report('dose-change', 'C', '2024-03-12T10:00:00Z', { program: simple(220) });
    const next = [stall('D', '2024-03-20T10:00:00Z'), recovery('E', '2024-03-20T11:00:00Z')];
    expect(segmentsOf(told(implant, stall('B', stallAt), change, ...next))).toEqual([
      stalled,
      { ...again(recoveredAt, 220), end: '2024-03-20T10:00:00Z', endReason: 'delivery-stopped-by-alarm' },
      again('2024-03-20T11:00:00Z', 220),
    ]);
  });

  it('of which only the day is known ends delivery with the volume unknown', () => {
    const therapy = told(implant, stall('B', '2024-03-11'));
    expect(segmentsOf(therapy)).toEqual([
      { ...first, end: '2024-03-11T04:00:00Z', endReason: 'delivery-stopped-by-alarm' },
    ]);
    expect(volumeOf(therapy)).toBeUndefined();
  });

  it('whose recovery is known to the day opens no segment until a programme is read', () => {
    const events = [implant, stall('B', stallAt), recovery('C', '2024-03-13')];
    expect(segmentsOf(told(...events))).toEqual([stalled]);
    expect(volumeOf(told(...events))).toBeUndefined();
    const seen = read('D', '2024-03-15T10:00:00Z', { program: simple(200) });
    expect(segmentsOf(told(...events, seen))).toEqual([stalled, again('2024-03-15T10:00:00Z')]);
  });
});

describe('a bridge that a stall cuts off', () => {
  /** 0.4 mL of 500 ug/mL at 100 ug/d: 48 h. */
  const bridge = { volumeMl: 0.4, durationHours: 48 };
  const weak = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500) });
  const strong = report('refill', 'B', '2024-03-11T10:00:00Z', { fill: fill(20), program: simple(100), bridge });
  const cut = stall('C', '2024-03-12T10:00:00Z');
  const halves = (rest: readonly object[]) => [
    {
      role: 'bridge',
      doseUgPerDay: 100,
      start: '2024-03-11T10:00:00Z',
      end: '2024-03-12T10:00:00Z',
      endReason: 'delivery-stopped-by-alarm',
    },
    ...rest,
  ];

  it('goes on after the recovery with what was left of it', () => {
    const therapy = told(weak, strong, cut, recovery('D', '2024-03-15T10:00:00Z'));
    expect(segmentsOf(therapy).slice(1)).toEqual(
      halves([
        {
          role: 'bridge',
          doseUgPerDay: 100,
          start: '2024-03-15T10:00:00Z',
          end: '2024-03-16T10:00:00Z',
          endReason: 'bridge-ended',
        },
        { role: 'infusion', doseUgPerDay: 100, start: '2024-03-16T10:00:00Z' },
      ]),
    );
    expect(volumeOf(toldAt('2024-03-16T10:00:00Z', weak, strong, cut, recovery('D', '2024-03-15T10:00:00Z')))).toBe(
      19.6,
    );
  });

  it('goes on at the dose that was programmed meanwhile: what was left clears faster', () => {
    const change = report('dose-change', 'D', '2024-03-13T10:00:00Z', { program: simple(200) });
    const therapy = told(weak, strong, cut, change, recovery('E', '2024-03-15T10:00:00Z'));
    expect(segmentsOf(therapy).slice(1)).toEqual(
      halves([
        {
          role: 'bridge',
          doseUgPerDay: 200,
          start: '2024-03-15T10:00:00Z',
          end: '2024-03-15T22:00:00Z',
          endReason: 'bridge-ended',
        },
        { role: 'infusion', doseUgPerDay: 200, start: '2024-03-15T22:00:00Z' },
      ]),
    );
  });

  it('is not taken to go on where delivery was uncertain meanwhile', () => {
    const reset = alarm('C', 'low-battery-reset', '2024-03-12T10:00:00Z');
    const seen = read('D', '2024-03-15T10:00:00Z', { program: simple(100) });
    expect(segmentsOf(told(weak, strong, reset, seen)).at(-1)).toEqual({
      role: 'infusion',
      doseUgPerDay: 100,
      start: '2024-03-15T10:00:00Z',
    });
  });
});

describe('a reset or a memory error', () => {
  const reset = alarm('B', 'low-battery-reset', stallAt);
  const uncertain = { ...first, end: stallAt, endReason: 'delivery-uncertain' };

  it('makes delivery uncertain: what leaves the reservoir is not known', () => {
    const therapy = told(implant, reset);
    expect(segmentsOf(therapy)).toEqual([uncertain]);
    expect(volumeOf(therapy)).toBeUndefined();
    expect(therapy.sessions.at(-1)?.program).toBeUndefined();
    expect(therapy.pumps[0]?.forecast?.alarmDate).toBeUndefined();
  });

  it.each([
    ['the programme is read', read('C', recoveredAt, { program: simple(200) })],
    ['a programme is set', report('dose-change', 'C', recoveredAt, { program: simple(200) })],
    ['the pump is filled', report('refill', 'C', recoveredAt, { fill: fill(20) })],
  ])('is over when %s', (_, event) => {
    const therapy = told(implant, reset, event);
    expect(segmentsOf(therapy)).toEqual([uncertain, again(recoveredAt)]);
    expect(flagged(therapy, 'order-incomplete', 'unreported-program-change')).toEqual([]);
  });

  it('is not over because the pump was read without its programme', () => {
    expect(segmentsOf(told(implant, reset, read('C', recoveredAt, { reported: { monthsToEri: 3 } })))).toEqual([
      uncertain,
    ]);
  });

  it('outlasts a stall: the end of the stall makes nothing certain', () => {
    const events = [implant, stall('B', stallAt), alarm('C', 'low-battery-reset', '2024-03-11T12:00:00Z')];
    const therapy = told(...events, recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(volumeOf(therapy)).toBeUndefined();
  });

  it('is not made a mere stop by a stall that follows', () => {
    const therapy = told(implant, reset, stall('C', '2024-03-11T12:00:00Z'), recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([uncertain]);
  });
});

describe('an alarm', () => {
  it('that says nothing of delivery changes nothing', () => {
    const therapy = told(implant, alarm('B', 'low-reservoir', stallAt));
    expect(segmentsOf(therapy)).toEqual([first]);
    expect(recorded(therapy)).toEqual([
      {
        code: 'low-reservoir',
        at: stallAt,
        criticality: 'non-critical',
        delivery: 'continues',
        learnedAt: undefined,
        clearedAt: undefined,
        of: 'B',
      },
    ]);
  });

  it('that the table does not know is kept as written and changes nothing', () => {
    const therapy = told(implant, alarm('B', 'purple light', stallAt, { criticality: 'critical' }));
    expect(recorded(therapy)).toMatchObject([{ code: 'purple light', criticality: 'critical', delivery: 'continues' }]);
    expect(segmentsOf(therapy)).toEqual([first]);
  });

  it('is one however often and in whichever words it is reported: heard, read, read again', () => {
    const heard = alarm('H', 'Pump Stalled', stallAt, { learnedAt: '2024-03-11T18:00:00Z' });
    const one = read('R1', '2024-03-11T16:00:00Z', { pumpLog: [line('motor-stall', '2024-03-11T05:00:00-05:00')] });
    const two = read('R2', '2024-03-12T16:00:00Z', { pumpLog: [line('motor-stall', stallAt, recoveredAt)] });
    for (const events of [
      [heard, one, two],
      [two, heard, one],
      [one, two, heard],
    ]) {
      expect(recorded(told(implant, ...events))).toEqual([
        {
          code: 'motor-stall',
          at: stallAt,
          criticality: 'critical',
          delivery: 'stopped',
          learnedAt: '2024-03-11T16:00:00Z',
          clearedAt: recoveredAt,
          of: 'H',
        },
      ]);
    }
  });

  it('of another instant is another alarm', () => {
    const therapy = told(
      implant,
      alarm('B', 'low-reservoir', stallAt),
      alarm('C', 'low-reservoir', '2024-03-11T11:00:00Z'),
    );
    expect(therapy.alarms).toHaveLength(2);
  });

  it('of another pump at the same instant is another alarm, and its recovery ends only its own stall', () => {
    const other = { pump: { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' } };
    const second = report('implant', 'Z', '2024-03-01T10:00:00Z', { ...other, fill: fill(20), program: simple(100) });
    const therapy = told(implant, second, stall('B', stallAt), stall('C', stallAt, other), recovery('D', recoveredAt));
    expect(recorded(therapy).map(({ of, clearedAt }) => [of, clearedAt])).toEqual([
      ['B', recoveredAt],
      ['C', undefined],
      ['D', undefined],
    ]);
  });

  it('of a date only is not the one heard at its first instant', () => {
    expect(told(implant, stall('B', '2024-03-11'), stall('C', '2024-03-11T04:00:00Z')).alarms).toHaveLength(2);
  });

  it('that says nothing of delivery does not end a stall, nor is it ended by the recovery', () => {
    const low = alarm('L', 'low-reservoir', '2024-03-11T12:00:00Z');
    const meanwhile = told(implant, stall('B', stallAt), low);
    expect(segmentsOf(meanwhile)).toEqual([stalled]);
    expect(recorded(meanwhile).map(({ clearedAt }) => clearedAt)).toEqual([undefined, undefined]);
    const after = told(implant, stall('B', stallAt), low, recovery('D', recoveredAt));
    expect(recorded(after).map(({ clearedAt }) => clearedAt)).toEqual([recoveredAt, undefined, undefined]);
  });

  it('that was cleared by its own report stays so, and one whose recovery is known to the day is not cleared', () => {
    const cleared = stall('B', stallAt, { clearedAt: '2024-03-11T12:00:00Z' });
    expect(recorded(told(implant, cleared, recovery('D', recoveredAt)))[0]?.clearedAt).toBe('2024-03-11T12:00:00Z');
    expect(recorded(told(implant, stall('B', stallAt), recovery('D', '2024-03-13')))[0]?.clearedAt).toBeUndefined();
  });

  it('has the criticality that anybody states where the table knows none', () => {
    const silent = alarm('B', 'purple light', stallAt);
    expect(recorded(told(implant, silent))[0]?.criticality).toBeUndefined();
    const loud = alarm('C', 'purple light', stallAt, { criticality: 'critical' });
    expect(recorded(told(implant, silent, loud)).map(({ criticality }) => criticality)).toEqual(['critical']);
  });

  it('keeps every report of it, the first one first', () => {
    const again = stall('C', stallAt);
    const [record] = told(implant, again, stall('B', stallAt)).alarms;
    expect(record?.reports.map(({ source }) => source.rootEventId)).toEqual(['B', 'C']);
    expect(record?.inWords).toBe('motor-stall');
  });

  it('that will be cleared is told in full before', () => {
    const before = toldAt(stallAt, implant, stall('B', stallAt, { clearedAt: recoveredAt }));
    expect(recorded(before)).toMatchObject([{ code: 'motor-stall', at: stallAt, delivery: 'stopped', of: 'B' }]);
  });
});
