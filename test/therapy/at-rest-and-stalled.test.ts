import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { fill, fold, pump, report, segmentsOf, simple } from './reports.ts';

const gasDriven = { manufacturer: 'Codman', model: 'Codman 3000', serialNumber: 'C710001' };
const flexAt = (start: string, end: string) => ({
  mode: 'flex',
  concentrationUgPerMl: 2000,
  doseUgPerDay: 240,
  flexSteps: [
    { start, end, doseUg: 240 - 24 },
    { start: end, end: start, doseUg: 24 },
  ],
});
const leftMl = (therapy: Timeline): number | undefined => {
  const volume = therapy.pumps[0]?.reservoir.volumeMl;
  return volume && toNumber(volume, 6);
};

describe('a constant-flow pump that is reported as stopped', () => {
  const events = (...rest: ReturnType<typeof report>[]) => [
    report('implant', 'A', '2024-03-01T00:00-05:00', {
      pump: gasDriven,
      fill: fill(20, 1000),
      program: simple(500, 1000),
    }),
    report('pump-stop', 'B', '2024-03-03T00:00-05:00', { pump: gasDriven }),
    ...rest,
  ];

  it('flows on at what it moved before, and so it does when the stop is reported once more', () => {
    const again = report('pump-stop', 'C', '2024-03-05T00:00-05:00', { pump: gasDriven });
    expect(leftMl(fold(events(), '2024-03-11T05:00:00Z'))).toBe(15);
    expect(leftMl(fold(events(again), '2024-03-11T05:00:00Z'))).toBe(15);
  });

  it('flows no more once it was removed, whatever is reported of it then', () => {
    const removed = report('explant', 'C', '2024-03-05T00:00-05:00', { pump: gasDriven });
    const stopped = report('pump-stop', 'D', '2024-03-06T00:00-05:00', { pump: gasDriven });
    expect(leftMl(fold(events(removed, stopped), '2024-03-11T05:00:00Z'))).toBe(18);
  });

  it('holds a volume that nobody knows where its flow was never stated', () => {
    const unstated = [
      report('implant', 'A', '2024-03-01T00:00-05:00', {
        pump: gasDriven,
        fill: fill(20, 1000),
        program: { mode: 'stopped' },
      }),
      report('pump-stop', 'B', '2024-03-03T00:00-05:00', { pump: gasDriven }),
    ];
    expect(leftMl(fold(unstated, '2024-03-01T05:00:00Z'))).toBe(20);
    expect(leftMl(fold(unstated, '2024-03-02T05:00:00Z'))).toBeUndefined();
    expect(leftMl(fold(unstated, '2024-03-11T05:00:00Z'))).toBeUndefined();
  });
});

it('a pump that was filled while no programme of it is known holds a volume that nobody knows later', () => {
  const events = [report('refill', 'A', '2024-03-01T00:00-05:00', { fill: fill(38) })];
  expect(leftMl(fold(events, '2024-03-01T05:00:00Z'))).toBe(38);
  expect(leftMl(fold(events, '2024-03-01T05:00:01Z'))).toBeUndefined();
});

describe('a programme that is read while the motor stands still', () => {
  const stalled = [
    report('implant', 'A', '2024-03-01T00:00-05:00', { fill: fill(20), program: simple(200) }),
    report('alarm', 'B', '2024-03-02T00:00-05:00', { code: 'motor-stall' }),
  ];
  const recovered = report('alarm', 'D', '2024-03-12T00:00-04:00', { code: 'motor-stall-recovered' });

  it('runs after the stall by the clock as it was read, and the reading is what set it', () => {
    const read = report('interrogation', 'C', '2024-03-11T10:00-04:00', { program: flexAt('00:00', '12:00') });
    const therapy = fold([...stalled, read, recovered], '2024-03-12T16:00:00Z');
    expect(therapy.segments.at(-1)?.programmedBy.source.rootEventId).toBe('C');
    expect(leftMl(therapy)).toBe(19.792);
  });

  it('leaves the pump at rest where it is set to rest: the end of the stall starts nothing', () => {
    const read = report('interrogation', 'C', '2024-03-11T10:00-04:00', { program: { mode: 'stopped' } });
    const therapy = fold([...stalled, read, recovered], '2024-03-20T00:00:00Z');
    expect(segmentsOf(therapy)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 200,
        start: '2024-03-01T05:00:00Z',
        end: '2024-03-02T05:00:00Z',
        endReason: 'delivery-stopped-by-alarm',
      },
    ]);
    expect(leftMl(therapy)).toBe(19.9);
  });
});

it('a programme that is reported once more during its bridge sets the clock of the pump anew', () => {
  const bridge = { volumeMl: 0.24, durationHours: 24 };
  const program = flexAt('00:00', '12:00');
  const events = [
    report('implant', 'A', '2024-03-01T00:00-05:00', { pump, fill: fill(20, 500), program: simple(120, 500) }),
    report('refill', 'B', '2024-03-09T18:00-05:00', { pump, fill: fill(20), program, bridge }),
    report('dose-change', 'C', '2024-03-10T12:00-04:00', { pump, program }),
  ];
  const bridgeEnd = '2024-03-10T23:00:00Z';
  expect(leftMl(fold(events, bridgeEnd))).toBe(19.76);
  // Five hours of the night and one of the day, by summer time.
  expect(leftMl(fold(events, '2024-03-11T05:00:00Z'))).toBe(19.746);
});

it('looking back into a stall, a programme change in it waits for the recovery that is known by now', () => {
  const events = [
    report('implant', 'A', '2024-03-01T00:00-05:00', { fill: fill(20), program: simple(200) }),
    report('alarm', 'B', '2024-03-02T00:00-05:00', { code: 'motor-stall' }),
    report('dose-change', 'C', '2024-03-03T00:00-05:00', { program: simple(300) }),
    report('alarm', 'D', '2024-03-05T00:00-05:00', { code: 'motor-stall-recovered' }),
  ];
  expect(segmentsOf(fold(events, '2024-03-04T00:00:00Z'))).toHaveLength(1);
  expect(segmentsOf(fold(events, '2024-03-06T00:00:00Z')).map(({ start }) => start)).toEqual([
    '2024-03-01T05:00:00Z',
    '2024-03-05T05:00:00Z',
  ]);
});
