import { describe, expect, it } from 'vitest';
import { refillState } from '../../src/therapy/forecast.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { fill, fold, report, simple } from './reports.ts';

/** 18 mL less 2 mL at 0.1 mL/d: 160 d to the alarm volume. */
const implantAt = (occurredAt: string, fields = {}) =>
  report('implant', 'A', occurredAt, { fill: fill(18), program: simple(200), ...fields });

const forecastOf = (...events: Parameters<typeof fold>[0]) => {
  const plan = fold(events).pumps[0]?.forecast;
  return {
    alarmAt: plan?.alarmAt?.toString(),
    alarmDate: plan?.alarmDate?.toString(),
    refillDueBy: plan?.refillDueBy?.toString(),
  };
};

describe('the alarm date', () => {
  it.each([
    ['a minute before midnight', 'America/New_York', '2024-01-10T22:59:00-05:00', '2024-06-18'],
    ['a minute after midnight, by the hour of summer', 'America/New_York', '2024-01-10T23:01:00-05:00', '2024-06-19'],
    ['still the day before in UTC', 'Asia/Kolkata', '2024-01-10T00:10:00+05:30', '2024-06-18'],
    ['the next day in UTC already', 'America/Los_Angeles', '2024-01-10T22:50:00-08:00', '2024-06-18'],
  ])('is the calendar date at the site: %s', (_says, timeZone, occurredAt, alarmDate) => {
    const alarmAt = Temporal.Instant.from(occurredAt).add({ hours: 160 * 24 });
    expect(forecastOf(implantAt(occurredAt, { timeZone }))).toMatchObject({ alarmAt: alarmAt.toString(), alarmDate });
  });

  it('counts from the last programming, not from the fill', () => {
    const change = report('dose-change', 'B', '2024-01-20T12:00:00-05:00', { program: simple(400) });
    // Ten days at 0.1 mL/d leave 17 mL; 15 mL at 0.2 mL/d last 75 d.
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00'), change).alarmAt).toBe('2024-04-04T17:00:00Z');
  });

  it('uses the alarm volume that the programmer reported', () => {
    const reported = { lowReservoirAlarmMl: 4 };
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00', { reported })).alarmAt).toBe('2024-05-29T17:00:00Z');
  });

  it('that has passed stays where it was, however often the pump is read afterwards', () => {
    const reads = ['2024-06-25T10:00:00-04:00', '2024-07-20T10:00:00-04:00'].map((at, n) =>
      report('interrogation', `R${n}`, at),
    );
    const therapy = fold([implantAt('2024-01-10T12:00:00-05:00'), ...reads]);
    expect(therapy.sessions.map(({ forecast }) => forecast?.alarmDate?.toString())).toEqual([
      '2024-06-18',
      '2024-06-18',
      '2024-06-18',
    ]);
    expect(toNumber(therapy.pumps[0]?.forecast?.daysToAlarm as never, 0)).toBe(-32);
  });

  it('is unknown where the programme does not say how fast the pump runs, and after a stop', () => {
    const unknown = implantAt('2024-01-10T12:00:00-05:00', {
      program: { mode: 'minimum-rate', concentrationUgPerMl: 2000 },
    });
    expect(forecastOf(unknown).alarmDate).toBeUndefined();
    const stop = report('pump-stop', 'B', '2024-01-20T12:00:00-05:00');
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00'), stop).alarmDate).toBeUndefined();
  });
});

describe('a refill is due', () => {
  it('five days before the alarm date, where that comes first', () => {
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00')).refillDueBy).toBe('2024-06-13');
  });

  it('180 days after the fill, where the drug would last longer', () => {
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00', { program: simple(20) })).refillDueBy).toBe('2024-07-08');
  });

  it('180 days after the fill still, where the pump is stopped', () => {
    const stop = report('pump-stop', 'B', '2024-01-20T12:00:00-05:00');
    expect(forecastOf(implantAt('2024-01-10T12:00:00-05:00'), stop).refillDueBy).toBe('2024-07-08');
  });
});

describe('the state of the refill', () => {
  const plan = () => fold([implantAt('2024-01-10T12:00:00-05:00')]).pumps[0]?.forecast;

  it('ends, by calculation, when the programme has moved all that was filled', () => {
    expect(plan()?.endAt?.toString()).toBe('2024-07-08T17:00:00Z');
  });

  it.each([
    ['2024-06-13T23:59:00-04:00', 'before-due'],
    ['2024-06-14T00:00:00-04:00', 'past-due-date'],
    ['2024-06-17T23:59:00-04:00', 'past-due-date'],
    ['2024-06-18T00:00:00-04:00', 'past-alarm-date'],
    ['2024-07-08T12:59:00-04:00', 'past-alarm-date'],
    ['2024-07-08T13:00:00-04:00', 'past-calculated-end'],
  ])('at %s is %s', (at, state) => {
    expect(refillState(plan() as never, Temporal.Instant.from(at), 'America/New_York')).toBe(state);
  });
});

/** At 2000 ug/mL four boluses of 50 ug take 0.1 mL a day: as much as 200 ug/d. */
describe('allotted patient-activated boluses', () => {
  const program = {
    ...simple(200),
    patientBolus: { doseUg: 50, durationMinutes: 5, lockoutMinutes: 60, maxPerDay: 4 },
  };
  const implanted = (model: string, of: object = program) =>
    implantAt('2024-01-10T12:00:00-05:00', {
      pump: { ...flowonix, model },
      program: of,
      reported: { lowReservoirAlarmMl: 2 },
    });
  const flowonix = { manufacturer: 'Flowonix', serialNumber: 'FX700001' };

  it('are counted as taken where the model counts them so', () => {
    // 16 mL at 0.2 mL/d.
    expect(forecastOf(implanted('13827')).alarmAt).toBe('2024-03-30T17:00:00Z');
  });

  it('are not counted where the model does not', () => {
    expect(forecastOf(implanted('8637-40')).alarmAt).toBe('2024-06-18T17:00:00Z');
  });

  it('do not change the volume calculated now', () => {
    expect(toNumber(fold([implanted('13827')]).pumps[0]?.forecast?.volumeMl as never, 3)).toBe(18);
  });

  it('are not guessed where nobody says how many a day', () => {
    const { maxPerDay: _, ...open } = program.patientBolus;
    expect(forecastOf(implanted('13827', { ...program, patientBolus: open })).alarmAt).toBe('2024-06-18T17:00:00Z');
  });
});
