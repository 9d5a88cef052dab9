import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { implant, read, recoveredAt, recovery, stall, stallAt, stalled, told } from './alarm-reports.ts';
import { type Fields, fill, fold, report, segmentsOf, simple } from './reports.ts';

/** 20 mL at 0.1 mL a day, from 1 March. */
const change = (id: string, when: string, fields: Fields) => report('dose-change', id, when, fields);
const volumeAt = (when: string, ...events: readonly CanonicalEvent[]) => {
  const volumeMl = fold(events, when).pumps[0]?.reservoir.volumeMl;
  return volumeMl && toNumber(volumeMl, 6);
};

describe('a pump that is programmed to rest', () => {
  it('delivers nothing from then on, and keeps the concentration', () => {
    const events = [implant, change('B', '2024-03-11T10:00:00Z', { program: { mode: 'stopped' } })];
    const therapy = fold(events);
    expect(segmentsOf(therapy)).toEqual([
      {
        role: 'infusion',
        doseUgPerDay: 200,
        start: '2024-03-01T10:00:00Z',
        end: '2024-03-11T10:00:00Z',
        endReason: 'pump-stopped',
      },
    ]);
    expect(therapy.pumps[0]?.program).toEqual({ mode: 'stopped', concentrationUgPerMl: 2000 });
    expect(therapy.pumps[0]?.reservoir.schedule).toEqual([
      { from: Temporal.Instant.from('2024-03-11T10:00:00Z'), flow: { kind: 'none' } },
    ]);
    expect(volumeAt('2024-05-01T10:00:00Z', ...events)).toBe(19);
  });

  it('after a single bolus has ended its programme by that, and the bolus is of that kind', () => {
    const program = { mode: 'single-bolus', concentrationUgPerMl: 2000, bolus: { doseUg: 50, durationMinutes: 30 } };
    const therapy = fold([implant, change('B', '2024-03-11T10:00:00Z', { program })]);
    expect(segmentsOf(therapy).map(({ endReason }) => endReason)).toEqual(['programme-changed']);
    expect(therapy.boluses.map(({ kind, pumpKey }) => [kind, pumpKey])).toEqual([
      ['single', 'pump|MEDTRONIC|NGP710001H'],
    ]);
    expect(therapy.pumps[0]?.program).toEqual(program);
  });
});

describe('a constant-flow pump that is reported to be stopped', () => {
  const pump = { manufacturer: 'Codman', serialNumber: 'C1', kind: 'constant-flow-pump' };
  const of = (type: string, id: string, when: string, fields: Fields = {}) =>
    report(type, id, when, { pump, ...fields });
  const start = '2024-01-01T10:00:00Z';
  const stops = ['B', 'C'].map((id, n) => of('pump-stop', id, `2024-01-0${n + 3}T10:00:00Z`));

  it('moves what its dose came to, however often that is reported', () => {
    const begun = of('implant', 'A', start, { fill: fill(16, 400), program: simple(200, 400) });
    expect(volumeAt('2024-01-11T10:00:00Z', begun, ...stops.slice(0, 1))).toBe(11);
    expect(volumeAt('2024-01-11T10:00:00Z', begun, ...stops)).toBe(11);
    const bolus = { mode: 'single-bolus', concentrationUgPerMl: 400, bolus: { doseUg: 40, durationMinutes: 5 } };
    const programmed = of('dose-change', 'D', '2024-01-03T10:00:00Z', { program: bolus });
    expect(volumeAt('2024-01-11T10:00:00Z', begun, programmed)).toBe(10.9);
    expect(volumeAt('2024-01-11T10:00:00Z', begun, programmed, ...stops.slice(1))).toBe(10.9);
  });

  it('moves what is not known where nothing said how much it moves', () => {
    const unknown = of('implant', 'A', start, { fill: fill(16, 400) });
    expect(volumeAt('2024-01-11T10:00:00Z', unknown, ...stops)).toBeUndefined();
    const undosed = of('implant', 'A', start, { fill: fill(16, 400), program: { mode: 'minimum-rate' } });
    expect(fold([undosed, ...stops]).pumps[0]?.reservoir.schedule.map(({ flow }) => flow)).toEqual([
      { kind: 'unknown' },
    ]);
  });
});

describe('a programme that is read while the motor stalls', () => {
  it('that is to rest stays so when the motor turns again', () => {
    const resting = read('C', '2024-03-11T12:00:00Z', { program: { mode: 'stopped' } });
    const therapy = told(implant, stall('B', stallAt), resting, recovery('D', recoveredAt));
    expect(segmentsOf(therapy)).toEqual([stalled]);
    expect(therapy.pumps[0]?.program?.mode).toBe('stopped');
  });

  it('that is a single bolus is given as such, and nothing after it', () => {
    const program = { mode: 'single-bolus', concentrationUgPerMl: 2000, bolus: { doseUg: 50, durationMinutes: 30 } };
    const once = read('C', '2024-03-11T12:00:00Z', { program });
    const therapy = told(implant, stall('B', stallAt), once, recovery('D', recoveredAt));
    expect(segmentsOf(therapy).map(({ endReason }) => endReason)).toEqual(['delivery-stopped-by-alarm']);
    expect(therapy.boluses.map(({ start }) => start.toString())).toEqual(['2024-03-11T12:00:00Z']);
  });
});

describe('a programme reported again', () => {
  it('when the motor had stalled runs on as its first report set it', () => {
    const again = change('C', recoveredAt, { program: simple(200) });
    const therapy = told(implant, stall('B', stallAt), again);
    expect(
      therapy.segments.map(({ openedBy, programmedBy }) => [openedBy, programmedBy].map((e) => e.source.rootEventId)),
    ).toEqual([
      ['A', 'A'],
      ['C', 'A'],
    ]);
    expect(therapy.flags.map(({ problem: { code, message } }) => [code, message])).toContainEqual([
      'order-incomplete',
      'a programme is reported, and not the end of the stall before it',
    ]);
  });

  it('on a day of which the hour is not known changes nothing where it is the same', () => {
    expect(segmentsOf(fold([implant, change('B', '2024-03-11', { program: simple(200) })]))).toEqual([
      { role: 'infusion', doseUgPerDay: 200, start: '2024-03-01T10:00:00Z' },
    ]);
    expect(segmentsOf(fold([implant, change('B', '2024-03-11', { program: simple(210) })])).at(-1)?.endReason).toBe(
      'programme-unknown',
    );
  });
});

describe('a bolus', () => {
  it('of a pump of which no concentration is known is kept; what it took is not known', () => {
    const bolus = { kind: 'single', doseUg: 20, durationMinutes: 5 };
    const therapy = fold([report('bolus', 'B', '2024-03-11T10:00:00Z', { bolus })]);
    expect(therapy.boluses.map(({ doseUg }) => toNumber(doseUg, 3))).toEqual([20]);
    expect(therapy.pumps[0]?.reservoir.volumeMl).toBeUndefined();
  });
});

describe('the clock of a pump', () => {
  const flex = {
    mode: 'flex',
    concentrationUgPerMl: 2000,
    doseUgPerDay: 200,
    flexSteps: [
      { start: '00:00', end: '12:00', doseUg: 50 },
      { start: '12:00', end: '24:00', doseUg: 150 },
    ],
  };
  const hourMs = 3_600_000;

  it.each([
    ['of the zone that the event names', { timeZone: 'America/New_York' }, '2024-03-11T10:00:00Z', -4 * hourMs],
    ['that the sender wrote', { timeZone: undefined }, '2024-03-11T10:00:00+05:30', 5.5 * hourMs],
    ['that the sender wrote, without seconds', { timeZone: undefined }, '2024-03-11T10:00-05:00', -5 * hourMs],
    ['of the site where neither says one', { timeZone: undefined }, '2024-03-11T10:00:00Z', hourMs],
  ])('keeps the offset %s', (_, fields, when, offsetMs) => {
    const programmed = report('dose-change', 'B', when, { program: flex, ...fields });
    const therapy = fold([programmed], undefined, { siteTimeZone: 'Europe/Berlin' });
    expect(therapy.pumps[0]?.reservoir.schedule.map(({ flow }) => 'offsetMs' in flow && flow.offsetMs)).toEqual([
      offsetMs,
    ]);
  });
});
