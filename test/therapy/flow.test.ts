import { describe, expect, it } from 'vitest';
import { program as programSchema } from '../../src/event/program.ts';
import { flowOfProgram, moved, reachedAt } from '../../src/therapy/flow.ts';
import { ml, toNumber } from '../../src/therapy/quantity.ts';
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

describe('the flow of a programme', () => {
  it('is unknown where dose or concentration is not stated: nothing is guessed', () => {
    expect(flowOfProgram({ mode: 'minimum-rate', concentrationUgPerMl: 2000 as never }, 0)).toEqual({
      kind: 'unknown',
    });
    expect(flowOfProgram({ mode: 'simple-continuous', doseUgPerDay: 100 as never }, 0)).toEqual({ kind: 'unknown' });
  });

  it('is none while stopped', () => expect(flowOfProgram({ mode: 'stopped' }, 0)).toEqual({ kind: 'none' }));
});
