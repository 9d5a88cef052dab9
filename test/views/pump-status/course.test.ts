import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { course } from '../../../src/views/pump-status/course.ts';
import { type Course, course as schema } from '../../../src/views/pump-status/course-schema.ts';
import { fill, fold, report, simple } from '../../therapy/reports.ts';
import { by, catheter, context, implant, read } from './status-of.ts';

function courseOf(
  events: readonly CanonicalEvent[],
  shown: 'shown' | 'withheld' = 'shown',
  at = '2024-06-01T00:00:00Z',
) {
  return schema.parse(course(fold(events, at), context, shown));
}

const device = 'pump-NGP710001H';
const change = report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program: simple(110) });

describe('the course of a therapy', () => {
  it('has the doses one after the other', () => {
    expect(courseOf([implant, change]).doses).toEqual([
      {
        ...{ device, role: 'infusion', start: '2024-03-01T15:00:00Z', end: '2024-04-01T14:00:00Z' },
        ...{ endReason: 'programme-changed', mode: 'simple-continuous', doseUgPerDay: 100, weekdayDoses: [] },
        ...{ concentrationUgPerMl: 2000, ...by('A', '2024-03-01T10:00:00-05:00', 'implant') },
      },
      {
        ...{ device, role: 'infusion', start: '2024-04-01T14:00:00Z', end: null, endReason: null },
        ...{ mode: 'simple-continuous', doseUgPerDay: 110, weekdayDoses: [], concentrationUgPerMl: 2000 },
        ...by('B', '2024-04-01T10:00:00-04:00', 'dose-change'),
      },
    ]);
  });

  it('has no single dose where every weekday has its own', () => {
    const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
    const pattern = { days, doseUgPerDay: 90, flexSteps: [{ start: '00:00', end: '24:00', doseUg: 90 }] };
    const flex = {
      ...{ mode: 'flex', concentrationUgPerMl: 2000, doseUgPerDay: 90, flexSteps: pattern.flexSteps },
      weekdayPatterns: [pattern],
    };
    const every = report('dose-change', 'B', '2024-04-01T10:00:00-04:00', { program: flex });
    expect(courseOf([implant, every]).doses[1]).toMatchObject({
      doseUgPerDay: null,
      weekdayDoses: [{ days, doseUgPerDay: 90 }],
    });
  });

  it('has the refills with what was measured, and what we expected where that is shown', () => {
    const refill = report('refill', 'R', '2024-05-01T10:00:00-04:00', { residual: { measuredMl: 15 }, fill: fill(18) });
    const told = {
      ...{ device, at: '2024-05-01T10:00:00-04:00', volumeMl: 18, concentrationUgPerMl: 2000, measuredResidualMl: 15 },
      ...by('R', '2024-05-01T10:00:00-04:00', 'refill'),
    };
    expect(courseOf([implant, refill]).refills[1]).toEqual({ ...told, expectedResidualMl: 14.95, grade: 'ok' });
    expect(courseOf([implant, refill], 'withheld').refills[1]).toEqual({
      ...told,
      ...{ expectedResidualMl: null, grade: null },
    });
    expect(courseOf([implant]).refills[0]).toMatchObject({ measuredResidualMl: null, grade: 'not-assessable' });
  });

  it('has the boluses, alarms and complications of the time', () => {
    const events = [
      implant,
      report('bolus', 'S', '2024-05-02T10:00:00-04:00', { bolus: { kind: 'single', doseUg: 20, durationMinutes: 10 } }),
      report('alarm', 'E', '2024-05-03T10:00:00-04:00', { code: 'eri', clearedAt: '2024-05-04T00:00:00Z' }),
      report('complication', 'C', '2024-05-05', {
        code: 'csf-leak',
        severity: 'mild',
        outcome: 'resolved',
        resolvedAt: '2024-05-06',
      }),
    ];
    const { boluses, alarms, complications } = courseOf(events);
    expect([boluses, alarms, complications]).toEqual([
      [
        {
          ...{ device, kind: 'single', start: '2024-05-02T14:00:00Z', end: '2024-05-02T14:10:00Z', doseUg: 20 },
          ...by('S', '2024-05-02T10:00:00-04:00', 'bolus'),
        },
      ],
      [
        {
          ...{ device, code: 'eri', criticality: 'non-critical', at: '2024-05-03T10:00:00-04:00' },
          ...{ clearedAt: '2024-05-04T00:00:00Z', ...by('E', '2024-05-03T10:00:00-04:00', 'alarm') },
        },
      ],
      [
        {
          ...{ code: 'csf-leak', at: '2024-05-05', severity: 'mild', outcome: 'resolved', resolvedAt: '2024-05-06' },
          ...by('C', '2024-05-05', 'complication'),
        },
      ],
    ]);
  });

  it('does not know how a complication will end', () => {
    const ends = { outcome: 'resolved', resolvedAt: '2024-06-03' };
    const leak = report('complication', 'C', '2024-05-05', { code: 'csf-leak', ...ends });
    expect(courseOf([leak]).complications).toMatchObject([{ code: 'csf-leak', outcome: null, resolvedAt: null }]);
  });

  it('has the lives of pumps and catheters, as precisely as they are known', () => {
    const explant = report('explant', 'X', '2024-05-10', { catheter, removed: ['pump', 'catheter'] });
    expect(courseOf([implant, explant]).devices).toEqual([
      {
        ...{ device, kind: 'pump', manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP710001H' },
        ...{ implanted: '2024-03-01T10:00:00-05:00', firstReported: '2024-03-01T10:00:00-05:00' },
        explanted: '2024-05-10',
      },
      {
        ...{ device: 'catheter-L1', kind: 'catheter', manufacturer: 'Medtronic', model: '8780', serialNumber: null },
        ...{ implanted: '2024-03-01T10:00:00-05:00', firstReported: '2024-03-01T10:00:00-05:00' },
        explanted: '2024-05-10',
      },
    ]);
    expect(courseOf([implant, explant])).toMatchObject({ reservoirs: [], dates: [] });
  });

  it('has the dates of the programmer and ours', () => {
    const shown = read({ reported: { lowReservoirAlarmDate: '2025-01-13', refillDueDate: '2024-08-20' } });
    const reported: Course['dates'] = [
      { device, kind: 'alarm-date', method: 'reported', date: '2025-01-13' },
      { device, kind: 'refill-due', method: 'reported', date: '2024-08-20' },
    ];
    expect(courseOf([implant, shown]).dates).toEqual([
      ...reported,
      { device, kind: 'alarm-date', method: 'calculated', date: '2025-01-15' },
      { device, kind: 'refill-due', method: 'calculated', date: '2024-08-28' },
      { device, kind: 'calculated-end', method: 'calculated', date: '2025-02-24' },
    ]);
    expect(courseOf([implant, shown], 'withheld').dates).toEqual(reported);
  });
});

describe('the reservoir ahead', () => {
  it('goes from the last fill over each session and now to the end by calculation', () => {
    const [told] = courseOf([implant, change]).reservoirs;
    // 16.452 mL at 110 ug/d and 2000 ug/mL last 299.1 d.
    expect(told).toMatchObject({ device, method: 'calculated', alarmVolumeMl: 2, endAt: '2025-01-25T17:05:27.273Z' });
    const points = told?.points ?? [];
    expect(points.slice(0, 3)).toEqual([
      { at: '2024-03-01T15:00:00Z', volumeMl: 18, kind: 'past' },
      { at: '2024-04-01T14:00:00Z', volumeMl: 16.45, kind: 'past' },
      { at: '2024-04-14T01:07:43.636Z', volumeMl: 15.77, kind: 'past' },
    ]);
    expect(points.filter(({ kind }) => kind === 'past').at(-1)).toEqual({
      ...{ at: '2024-06-01T00:00:00Z', volumeMl: 13.13, kind: 'past' },
    });
    // The fill, 24 steps, now, and the alarm volume; the end itself is no point.
    expect(points).toHaveLength(27);
    expect(points).toContainEqual({ at: expect.any(String), volumeMl: 2, kind: 'projection' });
    const volumes = points.map(({ volumeMl }) => volumeMl);
    expect(volumes).toEqual(volumes.toSorted((a, b) => b - a));
    expect(volumes.at(-1)).toBeGreaterThan(0);
  });

  it('begins with the last fill alone', () => {
    const refill = report('refill', 'R', '2024-05-01T10:00:00-04:00', { fill: fill(17) });
    const [told] = courseOf([implant, change, refill]).reservoirs;
    expect(told?.points[0]).toEqual({ at: '2024-05-01T14:00:00Z', volumeMl: 17, kind: 'past' });
  });

  it('is not known without a fill, ends with what is left, and is withheld without a clinical owner', () => {
    const only = report('implant', 'A', '2024-03-01T10:00:00-05:00', { program: simple(100) });
    expect(courseOf([only]).reservoirs).toEqual([
      { device, method: 'unknown', alarmVolumeMl: null, endAt: null, points: [] },
    ]);
    expect(courseOf([implant], 'withheld').reservoirs).toEqual([
      { device, method: 'withheld', alarmVolumeMl: null, endAt: null, points: [] },
    ]);
  });

  it('long after its end has the way to it, all of it past', () => {
    const [told] = courseOf([implant], 'shown', '2025-04-01T00:00:00Z').reservoirs;
    const points = told?.points ?? [];
    expect([points.length, points[0]?.volumeMl, new Set(points.map(({ kind }) => kind))]).toEqual([
      25,
      18,
      new Set(['past']),
    ]);
    expect(points).toContainEqual({ at: '2025-01-15T15:00:00Z', volumeMl: 2, kind: 'past' });
    expect(told?.endAt).toBe('2025-02-24T15:00:00Z');
  });

  it('behind a bridge that ended begins where the bridge ended or now', () => {
    const bridged = report('dose-change', 'B', '2024-05-01T10:00:00-04:00', {
      program: simple(100, 500),
      bridge: { volumeMl: 0.4, durationHours: 48 },
    });
    const points = courseOf([implant, bridged]).reservoirs[0]?.points ?? [];
    expect(points.slice(0, 2)).toEqual([
      { at: '2024-03-01T15:00:00Z', volumeMl: 18, kind: 'past' },
      { at: '2024-06-01T00:00:00Z', volumeMl: expect.any(Number), kind: 'past' },
    ]);
  });
});
