import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { fill, pump, report, simple } from '../therapy/reports.ts';
import { catheter, implant, pumpOf, read, statusOf } from './status-of.ts';

/** What is given, by which devices, and how the patient is. */

describe('the drug', () => {
  it('is named with its concentration and what else is in the reservoir', () => {
    const additionalDrugs = [{ name: 'clonidine', concentrationUgPerMl: 150 }, { name: 'morphine' }];
    const change = report('dose-change', 'B', '2024-05-01T10:00:00-04:00', {
      program: { ...simple(110), additionalDrugs },
    });
    expect(pumpOf([implant, change]).drug).toEqual({
      name: 'baclofen',
      concentrationUgPerMl: 2000,
      others: [
        { name: 'clonidine', concentrationUgPerMl: 150 },
        { name: 'morphine', concentrationUgPerMl: null },
      ],
      words: null,
    });
  });

  it('is that of the last fill where the programme names none', () => {
    const filled = { ...fill(18, 500), additionalDrugs: [{ name: 'clonidine' }] };
    const change = report('implant', 'A', '2024-05-01T10:00:00-04:00', {
      fill: filled,
      program: { mode: 'simple-continuous', doseUgPerDay: 100 },
    });
    expect(pumpOf([change]).drug).toMatchObject({ concentrationUgPerMl: 500, others: [{ name: 'clonidine' }] });
  });

  it('of which no concentration was reported says so loudly', () => {
    const program = { mode: 'simple-continuous', doseUgPerDay: 100 };
    expect(pumpOf([report('implant', 'A', '2024-03-01T10:00:00-05:00', { program })]).drug).toEqual({
      name: 'baclofen',
      concentrationUgPerMl: null,
      others: [],
      words: 'CONCENTRATION NOT REPORTED. Check the pump with its programmer.',
    });
  });

  it('of a pump that was taken out is history', () => {
    expect(pumpOf([implant, report('explant', 'X', '2024-05-10T10:00:00-04:00')]).drug).toBeNull();
  });
});

describe('the dose', () => {
  const change = (id: string, at: string, program: object) => report('dose-change', id, at, { program });

  it('says what the last change was, whatever was only read since', () => {
    const events = [
      implant,
      change('B', '2024-04-01T10:00:00-04:00', simple(110)),
      change('C', '2024-04-20T10:00:00-04:00', simple(99)),
      read({ program: simple(99) }, '2024-05-01T10:00:00-04:00', 'D'),
    ];
    const changed = { at: '2024-04-20T10:00:00-04:00', fromUgPerDay: 110, toUgPerDay: 99 };
    expect(pumpOf(events).lastDoseChange).toEqual({ ...changed, changePercent: -10 });
    expect(pumpOf(events, { shown: 'withheld' }).lastDoseChange).toEqual({ ...changed, changePercent: null });
  });

  it('that was changed over a stop is compared with that before the stop', () => {
    const events = [
      implant,
      report('pump-stop', 'S', '2024-04-20T10:00:00-04:00'),
      report('restart', 'R', '2024-04-21T10:00:00-04:00', { program: simple(80) }),
    ];
    expect(pumpOf(events).lastDoseChange).toMatchObject({ fromUgPerDay: 100, toUgPerDay: 80 });
  });

  it('that never changed says so', () => {
    expect(pumpOf([implant, read({ program: simple(100) })]).lastDoseChange).toBeNull();
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
    const some = pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', flex(pattern(weekend, 160)))]);
    expect([some.doseUgPerDay, some.weekdayDoses]).toEqual([200, [{ days: weekend, doseUgPerDay: 160 }]]);
    const all = flex(pattern(weekend, 160), pattern(workdays, 220));
    const every = pumpOf([implant, change('B', '2024-04-01T10:00:00-04:00', all)]);
    expect([every.doseUgPerDay, every.weekdayDoses.length]).toEqual([null, 2]);
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
    expect(pumpOf([allotted, counted]).patientBoluses).toEqual({
      setting: { doseUg: 10, durationMinutes: null, lockoutMinutes: 240, maxPerDay: 4 },
      lastCount: { at: '2024-05-01T10:00:00-04:00', since: '2024-04-01T08:00:00Z', delivered: 12, denied: 3 },
    });
  });

  it('say either where only one is known, and nothing where none is', () => {
    expect(pumpOf([allotted]).patientBoluses).toMatchObject({ setting: { doseUg: 10 }, lastCount: null });
    expect(pumpOf([implant, counted]).patientBoluses).toMatchObject({ setting: null, lastCount: { delivered: 12 } });
    expect(pumpOf([implant]).patientBoluses).toBeNull();
  });

  it('may not be requested of a pump that was taken out', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00');
    expect(pumpOf([allotted, counted, explant]).patientBoluses).toMatchObject({ setting: null });
  });
});

describe('the devices', () => {
  it('are the pump with its serial number and pocket, and the catheter with the level of its tip', () => {
    const label = { ...pump, reservoirMl: 40, pocketSite: 'abdomen', pocketSide: 'left', pocketPlane: 'subfascial' };
    const one = pumpOf([report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: label, catheter })]);
    expect(one).toMatchObject({
      serialNumber: 'NGP710001H',
      reservoirCapacityMl: 40,
      pocket: { site: 'abdomen', side: 'left', plane: 'subfascial' },
    });
    expect(one.catheter).toEqual({
      manufacturer: 'Medtronic',
      model: '8780',
      implanted: '2024-03-01T10:00:00-05:00',
      tipLevel: 'T10',
      tipLevelSource: 'assumed',
      words: null,
    });
  });

  it('of which nothing was reported say so', () => {
    const other = { manufacturer: 'Acme', serialNumber: 'X1' };
    const one = pumpOf([report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: other })]);
    expect([one.reservoirCapacityMl, one.pocket]).toEqual([null, { site: null, side: null, plane: null }]);
    expect(one.catheter).toEqual({
      manufacturer: null,
      model: null,
      implanted: null,
      tipLevel: null,
      tipLevelSource: null,
      words: 'Tip level not recorded.',
    });
  });

  it('that were taken out are not the catheter of now', () => {
    const explant = report('explant', 'X', '2024-05-10T10:00:00-04:00', { catheter, removed: ['catheter'] });
    expect(pumpOf([implant, explant]).catheter.model).toBeNull();
  });
});

describe('magnetic resonance', () => {
  const mriOf = (label: object) => pumpOf([report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: label })]).mri;
  const notEstablished = 'MR status not established: ask the manufacturer and radiology.';

  it('is told for exactly this reference number, with region and date of the label', () => {
    const { statements, words } = mriOf({ manufacturer: 'Flowonix', model: '91827', serialNumber: 'P1' });
    expect(statements).toEqual([
      {
        status: 'mr-unsafe',
        region: 'EU',
        labelDate: '2019-10',
        verified: false,
        words: "Declared MR Unsafe by the manufacturer's notice.",
      },
    ]);
    expect(words).toBe(notEstablished);
  });

  it('is never told by the name of a family, or where no label was seen', () => {
    expect(mriOf({ manufacturer: 'Flowonix', model: 'Prometra II 20 mL', serialNumber: 'P1' })).toEqual({
      statements: [],
      words: notEstablished,
    });
    expect(mriOf({ manufacturer: 'Acme', serialNumber: 'P1' })).toEqual({ statements: [], words: notEstablished });
  });
});

describe('complications', () => {
  const complication = (code: string, fields: object = {}) =>
    report('complication', code, '2024-05-10T10:00:00-04:00', { code, ...fields });
  const openOf = (...events: CanonicalEvent[]) => statusOf([implant, ...events]).openComplications;

  it('that were not reported as over are open', () => {
    expect(
      openOf(complication('withdrawal', { severity: 'severe', outcome: 'recovering' }), complication('csf-leak')),
    ).toEqual([
      { code: 'csf-leak', at: '2024-05-10T10:00:00-04:00', severity: null, outcome: null },
      { code: 'withdrawal', at: '2024-05-10T10:00:00-04:00', severity: 'severe', outcome: 'recovering' },
    ]);
  });

  it.each(['resolved', 'resolvedWithSequelae', 'fatal'])('whose outcome is %s are not', (outcome) => {
    expect(openOf(complication('withdrawal', { outcome }))).toEqual([]);
  });

  it('that were resolved in the past are not; that will have been, are', () => {
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06-01T00:00:00Z' }))).toEqual([]);
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06-01T00:00:01Z' }))).toHaveLength(1);
    expect(openOf(complication('withdrawal', { resolvedAt: '2024-06' }))).toHaveLength(1);
  });
});
