import { describe, expect, it } from 'vitest';
import { program as programSchema } from '../../src/event/program.ts';
import { type Flow, flowOfProgram, increased, moved, reachedAt } from '../../src/therapy/flow.ts';
import { type MlPerDay, ml, quantity, toNumber } from '../../src/therapy/quantity.ts';
import { fill, fold, report } from './reports.ts';

/** 16 ug overnight (22:00 to 06:00, past midnight), 80 ug in the day: 0.008 and 0.04 mL at 2000 ug/mL. */
const night = programSchema.parse({
  mode: 'flex',
  concentrationUgPerMl: 2000,
  doseUgPerDay: 96,
  flexSteps: [
    { start: '22:00', end: '06:00', doseUg: 16 },
    { start: '06:00', end: '22:00', doseUg: 80 },
  ],
});
const hourMs = 3_600_000;
const at = (text: string) => Temporal.Instant.from(text);
const movedMl = (offsetMs: number, from: string, to: string) =>
  toNumber(moved(flowOfProgram(night, offsetMs), at(from), at(to)) ?? ml(-1), 9);

describe('a flex programme', () => {
  it.each([
    ['a whole day, from any time', 0, '2024-06-01T13:17:00Z', '2024-06-02T13:17:00Z', 0.048],
    ['the night, past midnight', 0, '2024-06-01T22:00:00Z', '2024-06-02T06:00:00Z', 0.008],
    ['the hour before midnight', 0, '2024-06-01T23:00:00Z', '2024-06-02T00:00:00Z', 0.001],
    ['the hour after midnight', 0, '2024-06-02T00:00:00Z', '2024-06-02T01:00:00Z', 0.001],
    ['an hour of the day', 0, '2024-06-02T12:00:00Z', '2024-06-02T13:00:00Z', 0.0025],
    ['the night of a clock at +05:30', 5.5 * hourMs, '2024-06-01T16:30:00Z', '2024-06-02T00:30:00Z', 0.008],
    ['the night of a clock at -04:00', -4 * hourMs, '2024-06-02T02:00:00Z', '2024-06-02T10:00:00Z', 0.008],
    ['ten days and a night', 0, '2024-06-01T22:00:00Z', '2024-06-12T06:00:00Z', 0.488],
    ['nothing in no time', 0, '2024-06-01T22:00:00Z', '2024-06-01T22:00:00Z', 0],
  ])('moves the volume of %s', (_says, offsetMs, from, to, volumeMl) => {
    expect(movedMl(offsetMs, from, to)).toBe(volumeMl);
  });

  it.each([
    ['within a step', '2024-06-02T06:00:00Z', 0.0025, '2024-06-02T07:00:00Z'],
    ['at the end of a step', '2024-06-02T06:00:00Z', 0.04, '2024-06-02T22:00:00Z'],
    ['past midnight', '2024-06-01T22:00:00Z', 0.003, '2024-06-02T01:00:00Z'],
    ['after whole days', '2024-06-01T22:00:00Z', 0.483, '2024-06-12T01:00:00Z'],
  ])('reaches a volume %s', (_says, from, volumeMl, reached) => {
    expect(reachedAt(flowOfProgram(night, 0), at(from), ml(volumeMl))?.toString()).toBe(reached);
  });

  it('reaches a volume by the clock of the pump', () => {
    const reached = (offsetMs: number) =>
      reachedAt(flowOfProgram(night, offsetMs), at('2024-06-02T12:00:00Z'), ml(0.025));
    // 0.0025 mL an hour by day, 0.001 by night. At +04:00: six hours of the day, the night, and 48 minutes.
    expect([reached(0)?.toString(), reached(-4 * hourMs)?.toString()]).toEqual([
      '2024-06-02T22:00:00Z',
      '2024-06-02T22:00:00Z',
    ]);
    expect(reached(4 * hourMs)?.toString()).toBe('2024-06-03T02:48:00Z');
  });

  it.each([
    [
      'keeps the clock of its programming when daylight saving time begins',
      'America/New_York',
      '2024-03-09T12:00:00-05:00',
    ],
    ['has the clock of a site half an hour off', 'Asia/Kolkata', '2024-03-09T12:00:00+05:30'],
  ])('%s', (_says, timeZone, occurredAt) => {
    const implant = report('implant', 'A', occurredAt, { timeZone, fill: fill(18), program: night });
    const started = at(occurredAt);
    const midnight = started.add({ hours: 10 }); // 22:00 on the pump clock of that day
    const nights = [0, 1, 2].map((day) => {
      const [from, to] = [midnight.add({ hours: 24 * day }), midnight.add({ hours: 24 * day + 8 })];
      const volumeAt = (when: Temporal.Instant) => fold([implant], when.toString()).pumps[0]?.reservoir.volumeMl;
      return toNumber(volumeAt(from) as never, 9) - toNumber(volumeAt(to) as never, 9);
    });
    for (const volumeMl of nights) expect(volumeMl).toBeCloseTo(0.008, 9);
  });
});

const moveAtDay = (flow: Flow) =>
  toNumber(moved(flow, at('2024-06-01T12:00:00Z'), at('2024-06-02T12:00:00Z')) ?? ml(-1), 9);

describe('the flow of a programme', () => {
  it('is unknown where dose or concentration is not stated: nothing is guessed', () => {
    expect(flowOfProgram({ mode: 'minimum-rate', concentrationUgPerMl: 2000 as never }, 0)).toEqual({
      kind: 'unknown',
    });
    expect(flowOfProgram({ mode: 'simple-continuous', doseUgPerDay: 100 as never }, 0)).toEqual({ kind: 'unknown' });
  });

  it('is what the programmer shows where only that is stated', () => {
    const shown = { mode: 'minimum-rate', rateMlPerDay: 0.006 as never } as const;
    expect(moveAtDay(flowOfProgram(shown, 0))).toBe(0.006);
    const contradicted = { ...shown, doseUgPerDay: 20 as never, concentrationUgPerMl: 2000 as never };
    expect(moveAtDay(flowOfProgram(contradicted, 0))).toBe(0.01);
  });

  it('of a constant-flow pump is its fixed flow, whatever is prescribed', () => {
    const fixed = quantity(0.5 as never) as MlPerDay;
    for (const mode of ['simple-continuous', 'minimum-rate'] as const) {
      const prescribed = { mode, doseUgPerDay: 200 as never, concentrationUgPerMl: 1000 as never };
      expect(moveAtDay(flowOfProgram(prescribed, 0, fixed))).toBe(0.5);
    }
    expect(moveAtDay(flowOfProgram({ mode: 'stopped' }, 0, fixed))).toBe(0.5);
  });

  it('is none after a single bolus', () => {
    const bolus = { doseUg: 25 as never, durationMinutes: 10 as never };
    expect(flowOfProgram({ mode: 'single-bolus', concentrationUgPerMl: 500 as never, bolus }, 0)).toEqual({
      kind: 'none',
    });
  });

  it('is none while stopped', () => expect(flowOfProgram({ mode: 'stopped' }, 0)).toEqual({ kind: 'none' }));
});

/** 48 ug on working days (0.024 mL), 24 ug at the weekend, half of it in the last hour (0.012 mL). */
const week = programSchema.parse({
  mode: 'flex',
  concentrationUgPerMl: 2000,
  doseUgPerDay: 48,
  flexSteps: [{ start: '00:00', end: '24:00', doseUg: 48 }],
  weekdayPatterns: [
    {
      days: ['sunday', 'saturday'],
      doseUgPerDay: 24,
      flexSteps: [
        { start: '23:00', end: '24:00', doseUg: 12 },
        { start: '00:00', end: '23:00', doseUg: 12 },
      ],
    },
  ],
});
const weekly = (offsetMs = 0) => flowOfProgram(week, offsetMs);
const weekMl = (from: string, to: string, offsetMs = 0) =>
  toNumber(moved(weekly(offsetMs), at(from), at(to)) ?? ml(-1), 9);

describe('a programme with other steps at the weekend', () => {
  it.each([
    ['a Friday', '2024-06-07T00:00:00Z', '2024-06-08T00:00:00Z', 0.024],
    ['a Saturday', '2024-06-08T00:00:00Z', '2024-06-09T00:00:00Z', 0.012],
    ['a Sunday', '2024-06-09T00:00:00Z', '2024-06-10T00:00:00Z', 0.012],
    ['a Monday', '2024-06-10T00:00:00Z', '2024-06-11T00:00:00Z', 0.024],
    ['the last hour of a Sunday', '2024-06-09T23:00:00Z', '2024-06-10T00:00:00Z', 0.006],
    ['the first hour of a Monday', '2024-06-10T00:00:00Z', '2024-06-10T01:00:00Z', 0.001],
    ['a week from its middle', '2024-06-05T07:13:00Z', '2024-06-12T07:13:00Z', 0.144],
    ['three weeks and a Saturday', '2024-06-08T00:00:00Z', '2024-06-30T00:00:00Z', 0.444],
  ])('moves the volume of %s', (_says, from, to, volumeMl) => expect(weekMl(from, to)).toBe(volumeMl));

  it('goes by the weekday of the pump clock', () => {
    // 20:00 of Friday in UTC is the Saturday of a clock six hours ahead.
    expect(weekMl('2024-06-07T18:00:00Z', '2024-06-08T18:00:00Z', 6 * hourMs)).toBe(0.012);
    expect(weekMl('2024-06-08T05:00:00Z', '2024-06-09T05:00:00Z', -5 * hourMs)).toBe(0.012);
  });

  it.each([
    ['within the first day', '2024-06-07T00:00:00Z', 0.012, '2024-06-07T12:00:00Z'],
    ['at the end of a day', '2024-06-07T00:00:00Z', 0.024, '2024-06-08T00:00:00Z'],
    ['at the weekend', '2024-06-07T00:00:00Z', 0.033, '2024-06-08T23:30:00Z'],
    ['over the weekend', '2024-06-07T00:00:00Z', 0.049, '2024-06-10T01:00:00Z'],
    ['after whole weeks', '2024-06-07T00:00:00Z', 0.144 * 4 + 0.033, '2024-07-06T23:30:00Z'],
  ])('reaches a volume %s', (_says, from, volumeMl, reached) => {
    expect(reachedAt(weekly(), at(from), ml(volumeMl))?.toString()).toBe(reached);
  });

  it('never reaches a volume beyond the era', () => {
    expect(reachedAt(weekly(), at('2024-06-07T00:00:00Z'), ml(1_000_000))).toBeUndefined();
  });
});

describe('a flow with boluses on top', () => {
  const extra = quantity(0.012 as never) as MlPerDay;
  it.each([
    ['constant', { kind: 'constant', rate: extra } as Flow, 0.024],
    ['over the day', flowOfProgram(night, 0), 0.06],
    ['none', { kind: 'none' } as Flow, 0],
  ])('that is %s', (_says, flow, volumeMl) => expect(moveAtDay(increased(flow, extra))).toBe(volumeMl));

  it('stays unknown where it was', () => expect(increased({ kind: 'unknown' }, extra)).toEqual({ kind: 'unknown' }));
});

describe('a day of the week with a pattern of its own', () => {
  // 3 June 2024 was a Monday.
  it.each(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'])(
    'runs it on %s only',
    (day) => {
      const week = programSchema.parse({
        mode: 'flex',
        concentrationUgPerMl: 2000,
        doseUgPerDay: 96,
        flexSteps: [{ start: '00:00', end: '24:00', doseUg: 96 }],
        weekdayPatterns: [
          { days: [day], doseUgPerDay: 120, flexSteps: [{ start: '00:00', end: '24:00', doseUg: 120 }] },
        ],
      });
      const midnight = at('2024-06-03T00:00:00Z');
      const daily = [0, 1, 2, 3, 4, 5, 6].map((n) => {
        const from = midnight.add({ hours: 24 * n });
        return toNumber(moved(flowOfProgram(week, 0), from, from.add({ hours: 24 })) as never, 9);
      });
      const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
      expect(daily).toEqual(days.map((each) => (each === day ? 0.06 : 0.048)));
    },
  );
});
