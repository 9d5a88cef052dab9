import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { by, implant, pumpOf, read, unknown, withheld } from './status-of.ts';

const change = (id: string, at: string, program: object, fields: object = {}) =>
  report('dose-change', id, at, { program, ...fields });

describe('the drug', () => {
  it('is named with its concentration and what else is in the reservoir', () => {
    const additionalDrugs = [{ name: 'clonidine', concentrationUgPerMl: 150 }, { name: 'morphine' }];
    const at = '2024-05-01T10:00:00-04:00';
    const stated = by('B', at, 'dose-change');
    const { programme } = pumpOf([implant, change('B', at, { ...simple(110), additionalDrugs })]);
    expect([programme.drug, programme.concentrationUgPerMl, programme.additionalDrugs]).toEqual([
      { value: 'baclofen', method: 'reported', ...stated },
      { value: 2000, method: 'reported', ...stated },
      {
        ...{ method: 'reported', ...stated },
        value: [
          { name: 'clonidine', concentrationUgPerMl: 150 },
          { name: 'morphine', concentrationUgPerMl: null },
        ],
      },
    ]);
  });

  it('is that of the last fill where the programme names none', () => {
    const filled = { ...fill(18, 500), additionalDrugs: [{ name: 'clonidine' }] };
    const only = report('implant', 'A', '2024-05-01T10:00:00-04:00', {
      fill: filled,
      program: { mode: 'simple-continuous', doseUgPerDay: 100 },
    });
    const { programme } = pumpOf([only]);
    expect([programme.concentrationUgPerMl.value, programme.additionalDrugs.value]).toEqual([
      500,
      [{ name: 'clonidine', concentrationUgPerMl: null }],
    ]);
  });

  it('of which no concentration was reported says so loudly', () => {
    const program = { mode: 'simple-continuous', doseUgPerDay: 100 };
    const { programme } = pumpOf([report('implant', 'A', '2024-03-01T10:00:00-05:00', { program })]);
    expect([programme.drug.value, programme.concentrationUgPerMl]).toEqual([
      'baclofen',
      { ...unknown, words: 'CONCENTRATION NOT REPORTED. Check the pump with its programmer.' },
    ]);
  });

  it('of a pump that was taken out is history', () => {
    const { programme } = pumpOf([implant, report('explant', 'X', '2024-05-10T10:00:00-04:00')]);
    expect([programme.drug, programme.concentrationUgPerMl, programme.mode, programme.doseUgPerDay]).toEqual([
      unknown,
      unknown,
      unknown,
      unknown,
    ]);
  });
});

describe('the dose', () => {
  it('is told with its mode, since when it runs, and who programmed it', () => {
    const { programme } = pumpOf([implant]);
    const stated = by('A', '2024-03-01T10:00:00-05:00', 'implant');
    expect([programme.mode, programme.doseUgPerDay, programme.runningSince, programme.lastChange]).toEqual([
      { value: 'simple-continuous', method: 'reported', ...stated },
      { value: 100, method: 'reported', ...stated },
      { value: '2024-03-01T15:00:00Z', method: 'reported', ...stated },
      unknown,
    ]);
  });

  it('of a stopped pump is not known, and not 0', () => {
    const { programme } = pumpOf([implant, report('pump-stop', 'S', '2024-04-20T10:00:00-04:00')]);
    expect([programme.mode.value, programme.doseUgPerDay, programme.runningSince]).toEqual([
      'stopped',
      unknown,
      unknown,
    ]);
  });

  it('says what the last change was, whatever was only read since', () => {
    const events = [
      implant,
      change('B', '2024-04-01T10:00:00-04:00', simple(110)),
      change('C', '2024-04-20T10:00:00-04:00', simple(99)),
      read({ program: simple(99) }, '2024-05-01T10:00:00-04:00', 'D'),
    ];
    const { lastChange, lastChangePercent } = pumpOf(events).programme;
    expect(lastChange).toEqual({
      value: { at: '2024-04-20T10:00:00-04:00', fromUgPerDay: 110, toUgPerDay: 99 },
      method: 'reported',
      ...by('C', '2024-04-20T10:00:00-04:00', 'dose-change'),
    });
    expect(lastChangePercent).toEqual({
      ...{ value: -10, method: 'calculated', asOf: '2024-04-20T10:00:00-04:00' },
      source: { calculation: 'change-percent', inputs: { fromUgPerDay: 110, toUgPerDay: 99 } },
    });
    expect(pumpOf(events, { shown: 'withheld' }).programme).toMatchObject({ lastChange, lastChangePercent: withheld });
  });

  it('that was changed over a stop is compared with that before the stop', () => {
    const events = [
      implant,
      report('pump-stop', 'S', '2024-04-20T10:00:00-04:00'),
      report('restart', 'R', '2024-04-21T10:00:00-04:00', { program: simple(80) }),
    ];
    expect(pumpOf(events).programme.lastChange.value).toMatchObject({ fromUgPerDay: 100, toUgPerDay: 80 });
  });

  const pattern = (days: string[], doseUg: number) => ({
    days,
    doseUgPerDay: doseUg,
    flexSteps: [{ start: '00:00', end: '24:00', doseUg }],
  });
  const flex = (...weekdayPatterns: object[]) => ({
    mode: 'flex',
    concentrationUgPerMl: 2000,
    doseUgPerDay: 200,
    flexSteps: [{ start: '00:00', end: '24:00', doseUg: 200 }],
    weekdayPatterns,
  });
  const weekend = ['saturday', 'sunday'];
  const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];

  it('of weekdays that differ stands beside that of the others; where all differ there is no single one', () => {
    const some = pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', flex(pattern(weekend, 160)))]).programme;
    expect([some.doseUgPerDay.value, some.weekdayDoses.value, some.flexSteps.value]).toEqual([
      200,
      [pattern(weekend, 160)],
      [{ start: '00:00', end: '24:00', doseUg: 200 }],
    ]);
    const all = flex(pattern(weekend, 160), pattern(workdays, 220));
    const every = pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', all)]).programme;
    expect([every.doseUgPerDay.value, every.weekdayDoses.value?.length]).toEqual([null, 2]);
  });

  it('given as boluses says how large, how long and how often', () => {
    const periodic = { ...simple(96), mode: 'periodic-bolus', bolus: { doseUg: 24, intervalHours: 6 } };
    expect(pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', periodic)]).programme.bolus.value).toEqual({
      ...{ doseUg: 24, durationMinutes: null, intervalHours: 6 },
    });
    const single = { mode: 'single-bolus', concentrationUgPerMl: 2000, bolus: { doseUg: 24, durationMinutes: 10 } };
    expect(pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', single)]).programme.bolus.value).toEqual({
      ...{ doseUg: 24, durationMinutes: 10, intervalHours: null },
    });
  });
});

describe('a single bolus', () => {
  const at = '2024-05-01T10:00:00-04:00';
  const single = report('dose-change', 'S', at, {
    program: { mode: 'single-bolus', concentrationUgPerMl: 2000, bolus: { doseUg: 50, durationMinutes: 60 } },
  });
  const deliveryOf = (instant: string, ...others: CanonicalEvent[]) =>
    pumpOf([implant, single, ...others], { at: instant }).programme.delivery;

  it('runs for its time; then the pump rests', () => {
    const source = by('S', at, 'dose-change');
    expect(deliveryOf('2024-05-01T14:59:59Z')).toEqual({ value: 'running', method: 'reported', ...source });
    expect(deliveryOf('2024-05-01T15:00:00Z')).toEqual({
      ...{ value: 'stopped', method: 'reported', ...source },
      words: 'After a single bolus the pump rests until it is programmed.',
    });
  });

  it('is stopped by a stall, and not known after what makes delivery uncertain', () => {
    const alarm = (code: string) => report('alarm', code, '2024-05-01T10:30:00-04:00', { code });
    expect(deliveryOf('2024-05-01T14:40:00Z', alarm('motor-stall'))).toMatchObject({
      ...{ value: 'stopped', source: { eventId: 'motor-stall' } },
    });
    expect(deliveryOf('2024-05-01T14:40:00Z', alarm('memory-error-critical'))).toEqual({
      ...unknown,
      words: 'What the pump delivers is not known.',
    });
  });
});

describe('a bridge', () => {
  const at = '2024-05-31T10:00:00-04:00';
  const bridged = change('B', at, simple(100, 500), { bridge: { volumeMl: 0.4, durationHours: 48 } });

  it('under way says since when, until when by calculation, and which concentration is cleared', () => {
    const { delivery, bridge, doseUgPerDay } = pumpOf([implant, bridged]).programme;
    expect([delivery.value, doseUgPerDay.value]).toEqual(['bridge', 100]);
    expect(bridge).toEqual({
      since: { value: '2024-05-31T14:00:00Z', method: 'reported', ...by('B', at, 'dose-change') },
      endsAt: {
        ...{ value: '2024-06-02T14:00:00Z', method: 'calculated', asOf: '2024-05-31T14:00:00Z' },
        source: { calculation: 'bridge-end' },
      },
      concentrationUgPerMl: {
        ...{ value: 2000, method: 'reported', words: 'Of the drug that was in the tubing before.' },
        ...by('B', at, 'dose-change'),
      },
    });
  });

  it('that is over is told no more; what runs since its end began by calculation', () => {
    const { delivery, bridge, runningSince } = pumpOf([implant, bridged], { at: '2024-06-03T00:00:00Z' }).programme;
    expect([delivery.value, bridge.endsAt]).toEqual(['running', unknown]);
    expect(runningSince).toEqual({
      ...{ value: '2024-06-02T14:00:00Z', method: 'calculated', asOf: '2024-06-02T14:00:00Z' },
      source: { calculation: 'bridge-end' },
    });
  });
});

describe('boluses of the patient', () => {
  const patientBolus = { doseUg: 10, lockoutMinutes: 240, maxPerDay: 4 };
  const allotted = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
    fill: fill(18),
    program: { ...simple(100), patientBolus },
  });
  const counted = read({ reported: { patientBoluses: { delivered: 12, denied: 3, since: '2024-04-01T08:00:00Z' } } });

  it('say what may be requested and what the pump counted last', () => {
    const { patientBolus: setting, patientBolusCount } = pumpOf([allotted, counted]).programme;
    expect([setting.value, patientBolusCount]).toEqual([
      { doseUg: 10, durationMinutes: null, lockoutMinutes: 240, maxPerDay: 4 },
      {
        value: { since: '2024-04-01T08:00:00Z', delivered: 12, denied: 3 },
        method: 'reported',
        ...by('B', '2024-05-01T10:00:00-04:00', 'interrogation'),
      },
    ]);
  });

  it('are not known where none were reported, and may not be requested of a pump that was taken out', () => {
    const { patientBolus: setting, patientBolusCount } = pumpOf([implant]).programme;
    expect([setting, patientBolusCount]).toEqual([unknown, unknown]);
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    expect(pumpOf([allotted, counted, explant]).programme.patientBolus).toEqual(unknown);
  });
});
