import { describe, expect, it } from 'vitest';
import { doseWords, reservoirWords, timelineWords, told } from '../../../src/views/app/page/course-words.ts';
import { marksOf } from '../../../src/views/app/page/timeline-marks.ts';
import type { Course } from '../../../src/views/pump-status/course-schema.ts';

const by = { asOf: '2024-03-01', source: { system: 'clinic' } };

function dose(start: string, doseUgPerDay: number | null, over: Partial<Course['doses'][number]> = {}) {
  const still = { end: null, endReason: null, mode: 'simple-continuous', weekdayDoses: [], concentrationUgPerMl: 2000 };
  return { device: 'p', role: 'infusion' as const, start, doseUgPerDay, ...still, ...by, ...over };
}

describe('doses in words', () => {
  it('are the first, the last, the highest, and how often it changed', () => {
    const doses = [dose('2024-03-01', 100), dose('2024-04-01', 100), dose('2024-05-01', 150), dose('2024-06-01', 120)];
    expect(doseWords(doses)).toBe(
      'Programmed daily dose 100\u00a0mcg/day from 1 Mar 2024 and 120\u00a0mcg/day from 1 Jun 2024; 2 changes, highest 150\u00a0mcg/day.',
    );
  });

  it('say when delivery at the last one ended', () => {
    const doses = [dose('2024-03-01', 100), dose('2024-04-01', 90, { end: '2024-05-01', endReason: 'pump-stopped' })];
    expect(doseWords(doses)).toContain('and 90\u00a0mcg/day from 1 Apr 2024, until 1 May 2024; 1 change,');
  });

  it('of a single programme are said once', () => {
    expect(doseWords([dose('2024-03-01', 100)])).toBe('Programmed daily dose 100\u00a0mcg/day from 1 Mar 2024.');
  });

  it('leave out bridges and what is not known', () => {
    expect(doseWords([dose('2024-03-01', null), dose('2024-03-01', 80, { role: 'bridge' })])).toBe(
      'No programmed daily dose was reported.',
    );
  });
});

describe('the reservoir in words', () => {
  const point = (at: string, volumeMl: number, kind: 'past' | 'projection' = 'past') => ({ at, volumeMl, kind });
  const reservoir = (points: ReturnType<typeof point>[]) => ({
    ...{ device: 'p', method: 'calculated' as const, alarmVolumeMl: 2 as number | null, endAt: null, points },
  });
  const alarm = { device: 'p', kind: 'alarm-date', method: 'reported', date: '2024-07-01' } as const;

  it('is its volume at both ends, the alarm volume, and each date with how it is known', () => {
    const points = [point('2024-03-01', 18), point('2024-06-01', 1.5, 'projection')];
    expect(reservoirWords(reservoir(points), [alarm])).toBe(
      'By calculation 18\u00a0mL on 1 Mar 2024, 1.5\u00a0mL on 1 Jun 2024 if the reported programme goes on. Alarm volume 2\u00a0mL. Low reservoir alarm date 1 Jul 2024 (reported).',
    );
  });

  it('never says that nothing is left', () => {
    const points = [point('2024-03-01', 18), point('2024-06-01', 0.5), point('2024-06-05', 0)];
    expect(told(reservoir(points))?.points).toEqual(points.slice(0, 2));
    expect(told(undefined)).toBeUndefined();
  });

  it('of one instant is told once, and nothing of an alarm volume that is not known', () => {
    const one = { ...reservoir([point('2024-03-01', 18)]), alarmVolumeMl: null };
    expect(reservoirWords(one, [])).toBe('By calculation 18\u00a0mL on 1 Mar 2024.');
  });

  it('says that nothing can be calculated, or that it is not shown here', () => {
    const nothing = 'No volume can be calculated from what was reported.';
    expect(reservoirWords(undefined, [])).toBe(nothing);
    expect(reservoirWords({ ...reservoir([]), method: 'unknown' }, [])).toBe(nothing);
    expect(reservoirWords({ ...reservoir([]), method: 'withheld' }, [alarm])).toBe(
      'Calculated volumes are not shown here. Low reservoir alarm date 1 Jul 2024 (reported).',
    );
  });
});

describe('the timeline', () => {
  const course: Course = {
    ...{ schemaVersion: 1, patient: 'x', environment: 'test', asOf: '2024-06-01T00:00:00Z' },
    ...{ notice: 'Not an alarm or monitoring system.', doses: [], reservoirs: [], dates: [] },
    devices: [
      {
        ...{ device: 'p', kind: 'pump', manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'S' },
        ...{ implanted: null, firstReported: '2024-03', explanted: null },
      },
    ],
    refills: [
      {
        ...{ device: 'p', at: '2024-04-01', volumeMl: 18, concentrationUgPerMl: 2000, measuredResidualMl: null },
        ...{ expectedResidualMl: null, grade: null, ...by },
      },
    ],
    boluses: [{ device: 'p', kind: 'single', start: '2024-04-02', end: '2024-04-02', doseUg: 50, ...by }],
    alarms: [{ device: 'p', code: 'motor-stall', criticality: 'critical', at: '2024-05-01', clearedAt: null, ...by }],
    complications: [
      { code: 'withdrawal', at: '2024-05-02', severity: 'severe', outcome: null, resolvedAt: '2024-05-03', ...by },
    ],
  };

  it('says how much of each kind was reported', () => {
    expect(timelineWords(course)).toBe('Reported: 1 pump, 0 catheters, 1 fill, 1 alarm, 1 complication.');
  });

  it('holds devices, refills, boluses, alarms and complications, each in its lane with its ends', () => {
    expect(marksOf(course)).toEqual([
      {
        ...{ lane: 'Pump', what: 'Medtronic 8637-40, implant date not recorded', from: '2024-03' },
        ...{ until: null, symbol: 'bar' },
      },
      {
        lane: 'Refills',
        what: '18\u00a0mL of 2,000\u00a0mcg/mL, residual not recorded',
        from: '2024-04-01',
        symbol: 'refill',
      },
      { lane: 'Boluses', what: 'Single 50\u00a0mcg', from: '2024-04-02', symbol: 'bolus' },
      { lane: 'Alarms', what: 'Motor stall (critical)', from: '2024-05-01', until: null, symbol: 'alarm' },
      {
        ...{ lane: 'Complications', what: 'Withdrawal (severe)', from: '2024-05-02' },
        ...{ until: '2024-05-03', symbol: 'complication' },
      },
    ]);
  });
});
