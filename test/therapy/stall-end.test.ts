import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import {
  again,
  alarm,
  first,
  implant,
  read,
  recoveredAt,
  recovery,
  stall,
  stallAt,
  stalled,
  told,
  toldAt,
} from './alarm-reports.ts';
import { fill, report, segmentsOf, simple } from './reports.ts';

const other = { manufacturer: 'Medtronic', serialNumber: 'NGP710002H' };
const changedAt = '2024-03-11T16:00:00Z';
const change = report('dose-change', 'C', changedAt, { program: simple(300) });
const flags = (therapy: ReturnType<typeof told>) =>
  therapy.flags.filter(({ problem }) => problem.code === 'order-incomplete').length;

describe('a programme set while the motor stalls', () => {
  it('runs once the stall is reported to be over, whatever else is reported before', () => {
    const therapy = told(
      implant,
      stall('B', stallAt),
      change,
      read('D', '2024-03-11T17:00:00Z'),
      recovery('E', recoveredAt),
    );
    expect(segmentsOf(therapy)).toEqual([stalled, again(recoveredAt, 300)]);
    expect(flags(therapy)).toBe(0);
  });

  it('runs once the stall is over, also where an alarm between tells nothing of it', () => {
    const low = alarm('D', 'low-reservoir', '2024-03-11T18:00:00Z');
    expect(segmentsOf(told(implant, stall('B', stallAt), change, low, recovery('E', recoveredAt)))).toEqual([
      stalled,
      again(recoveredAt, 300),
    ]);
  });

  it('runs once the stall is cleared', () => {
    const cleared = stall('B', stallAt, { clearedAt: recoveredAt });
    expect(segmentsOf(told(implant, cleared, change))).toEqual([stalled, again(recoveredAt, 300)]);
  });

  it('runs at once where the next that is told is another stall: the first was over', () => {
    const next = [stall('D', '2024-03-11T18:00:00Z'), recovery('E', recoveredAt)];
    expect(segmentsOf(told(implant, stall('B', stallAt), change, ...next))).toEqual([
      stalled,
      { ...again(changedAt, 300), end: '2024-03-11T18:00:00Z', endReason: 'delivery-stopped-by-alarm' },
      again(recoveredAt, 300),
    ]);
  });

  it('runs at once where only another pump is reported to turn again, or an alarm tells nothing of it', () => {
    const second = report('implant', 'Z', '2024-03-01T11:00:00Z', { pump: other });
    const otherRecovers = alarm('E', 'motor-stall-recovered', recoveredAt, { pump: other });
    const therapy = told(implant, second, stall('B', stallAt), change, otherRecovers);
    expect(segmentsOf(therapy)).toEqual([stalled, again(changedAt, 300)]);
    expect(flags(therapy)).toBe(2);
    const unknown = [alarm('D', 'low-reservoir', recoveredAt), alarm('E', 'never heard of', recoveredAt)];
    expect(segmentsOf(told(implant, stall('B', stallAt), change, ...unknown))).toEqual([
      stalled,
      again(changedAt, 300),
    ]);
  });
});

describe('a programme read while the motor stalls', () => {
  it('does not say that the motor turns', () => {
    const seen = read('C', changedAt, { program: simple(300) });
    const therapy = told(implant, stall('B', stallAt), seen);
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(flags(therapy)).toBe(0);
  });

  it('that is the one known goes on as its first report set it', () => {
    const seen = read('C', changedAt, { program: simple(200) });
    const therapy = told(implant, stall('B', stallAt), seen, recovery('D', recoveredAt));
    expect(therapy.segments.map(({ programmedBy }) => programmedBy.source.rootEventId)).toEqual(['A', 'A']);
  });
});

describe('a stall', () => {
  it('is not over because another alarm is', () => {
    const low = alarm('C', 'low-reservoir', '2024-03-11T11:00:00Z', { clearedAt: '2024-03-11T12:00:00Z' });
    const odd = alarm('D', 'never heard of', '2024-03-11T11:00:00Z', { clearedAt: '2024-03-11T12:00:00Z' });
    expect(segmentsOf(told(implant, stall('B', stallAt), low, odd))).toEqual([stalled]);
  });

  it('told of twice leaves what is left of a bridge', () => {
    const weak = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500) });
    const bridge = { volumeMl: 0.4, durationHours: 48 };
    const strong = report('refill', 'B', '2024-03-11T10:00:00Z', { fill: fill(20), program: simple(100), bridge });
    const same = read('S', '2024-03-12T11:00:00Z', { program: simple(100) });
    const stalls = [stall('C', '2024-03-12T10:00:00Z'), stall('D', '2024-03-12T12:00:00Z'), same];
    const therapy = toldAt('2024-04-01T00:00:00Z', weak, strong, ...stalls, recovery('E', '2024-03-13T10:00:00Z'));
    expect(segmentsOf(therapy).slice(2)).toEqual([
      {
        role: 'bridge',
        doseUgPerDay: 100,
        start: '2024-03-13T10:00:00Z',
        end: '2024-03-14T10:00:00Z',
        endReason: 'bridge-ended',
      },
      { role: 'infusion', doseUgPerDay: 100, start: '2024-03-14T10:00:00Z' },
    ]);
  });

  it('of a pump that is read at another dose clears what is left of a bridge at that dose', () => {
    const weak = report('implant', 'A', '2024-03-01T10:00:00Z', { fill: fill(20, 500), program: simple(100, 500) });
    const bridge = { volumeMl: 0.4, durationHours: 48 };
    const strong = report('refill', 'B', '2024-03-11T10:00:00Z', { fill: fill(20), program: simple(100), bridge });
    const seen = read('D', '2024-03-12T11:00:00Z', { program: simple(200) });
    // Half of the bridge is left: 0.2 mL of 500 ug/mL clear at 200 ug a day in twelve hours.
    const therapy = told(weak, strong, stall('C', '2024-03-12T10:00:00Z'), seen, recovery('E', '2024-03-13T10:00:00Z'));
    expect(segmentsOf(therapy).at(-1)).toEqual(again('2024-03-13T22:00:00Z'));
  });

  it('over on a day of which the hour is not known leaves delivery uncertain, until the reservoir is filled', () => {
    const over = recovery('C', '2024-03-12');
    const therapy = told(implant, stall('B', stallAt), over);
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(therapy.pumps[0]?.reservoir.volumeMl).toBeUndefined();
    const filled = report('refill', 'D', '2024-03-15T10:00:00Z', { fill: fill(20) });
    expect(segmentsOf(told(implant, stall('B', stallAt), over, filled))).toEqual([
      stalled,
      again('2024-03-15T10:00:00Z'),
    ]);
  });
});

describe('an alarm that makes delivery uncertain', () => {
  it('changes nothing of a pump that was stopped', () => {
    const stop = report('pump-stop', 'B', '2024-03-11T10:00:00Z');
    const reset = alarm('C', 'low-battery-reset', '2024-03-12T10:00:00Z');
    const therapy = toldAt('2024-03-20T10:00:00Z', implant, stop, reset);
    expect(segmentsOf(therapy)).toEqual([{ ...first, end: '2024-03-11T10:00:00Z', endReason: 'pump-stopped' }]);
    expect(toNumber(therapy.pumps[0]?.reservoir.volumeMl as never, 6)).toBe(19);
    expect(therapy.sessions.at(-1)?.program?.mode).toBe('stopped');
  });
});
