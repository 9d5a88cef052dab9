import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { desired } from '../../../src/mapping/desired.ts';
import { fill, pump, report, simple } from '../../therapy/reports.ts';
import { made } from '../made.ts';
import { implant, panelOf, read, readings, withheld } from './panel.ts';

describe('a programme', () => {
  const programmed = (program: object, fields: object = {}) => {
    const panel = withheld('B', report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { program, ...fields }));
    return readings(panel as Observation);
  };

  it('that varies over the day and the week has each step and each pattern in words', () => {
    const program = {
      mode: 'flex',
      concentrationUgPerMl: 2000,
      doseUgPerDay: 192,
      flexSteps: [
        { start: '00:00', end: '18:00', doseUg: 144 },
        { start: '18:00', doseUg: 48 },
      ],
      weekdayPatterns: [
        { days: ['saturday', 'sunday'], doseUgPerDay: 120, flexSteps: [{ start: '00:00', end: '24:00', doseUg: 120 }] },
      ],
    };
    expect(programmed(program)).toEqual([
      'infusion-mode: flex',
      'programmed-daily-dose: 192 ug/d',
      'flex-step: 00:00–18:00 144 ug',
      'flex-step: 18:00–00:00 48 ug',
      'weekday-pattern: Saturday, Sunday: 120 ug per day; 00:00–24:00 120 ug',
      'drug-concentration: 2000 ug/mL',
    ]);
  });

  it('with boluses on request states what may be requested', () => {
    const patientBolus = { doseUg: 10, durationMinutes: 5, lockoutMinutes: 240, maxPerDay: 4 };
    expect(programmed({ ...simple(120), patientBolus })).toEqual([
      'infusion-mode: simple-continuous',
      'programmed-daily-dose: 120 ug/d',
      'patient-bolus-dose: 10 ug',
      'patient-bolus-duration: 5 min',
      'patient-bolus-lockout: 240 min',
      'patient-bolus-maximum: 4 /d',
      'drug-concentration: 2000 ug/mL',
    ]);
  });

  it('of boluses at intervals states them', () => {
    const bolus = { doseUg: 20, durationMinutes: 5, intervalHours: 4 };
    expect(programmed({ ...simple(120), mode: 'periodic-bolus', bolus })).toEqual([
      'infusion-mode: periodic-bolus',
      'programmed-daily-dose: 120 ug/d',
      'periodic-bolus-dose: 20 ug',
      'periodic-bolus-duration: 5 min',
      'periodic-bolus-interval: 4 h',
      'drug-concentration: 2000 ug/mL',
    ]);
  });

  it('of one bolus states it, and no daily dose', () => {
    const program = { mode: 'single-bolus', concentrationUgPerMl: 2000, bolus: { doseUg: 50, durationMinutes: 10 } };
    expect(programmed(program)).toEqual([
      'infusion-mode: single-bolus',
      'single-bolus-dose: 50 ug',
      'single-bolus-duration: 10 min',
      'drug-concentration: 2000 ug/mL',
    ]);
  });

  it('names other drugs in the reservoir', () => {
    const additionalDrugs = [{ name: 'clonidine', concentrationUgPerMl: 150 }, { name: 'morphine' }];
    expect(programmed({ ...simple(120), additionalDrugs })).toEqual([
      'infusion-mode: simple-continuous',
      'programmed-daily-dose: 120 ug/d',
      'additional-drug: clonidine 150 ug/mL',
      'additional-drug: morphine',
      'drug-concentration: 2000 ug/mL',
    ]);
  });

  it('names drugs that were filled where it does not name any', () => {
    const filled = { ...fill(18), additionalDrugs: [{ name: 'clonidine' }] };
    const refill = report('refill', 'B', '2024-05-01T10:00:00-04:00', { fill: filled });
    expect(readings(panelOf('B', refill))).toContain('additional-drug: clonidine');
  });

  it('has no calculated flow where weekdays make the flow of a day ambiguous, or the pump fixes it', () => {
    const everyDay = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
    const steps = [{ start: '00:00', end: '24:00', doseUg: 100 }];
    const flex = {
      mode: 'flex',
      concentrationUgPerMl: 2000,
      doseUgPerDay: 100,
      flexSteps: steps,
      weekdayPatterns: [{ days: everyDay, doseUgPerDay: 100, flexSteps: steps }],
    };
    const ofWeek = readings(panelOf('B', report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { program: flex })));
    expect(ofWeek.filter((reading) => /flow|programmed-daily-dose/.test(reading))).toEqual([]);
    const constant = { ...pump, kind: 'constant-flow-pump', flowMlPerDay: 0.5 };
    const change = report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { pump: constant, program: simple(1000) });
    expect(readings(panelOf('B', change)).filter((reading) => reading.includes('flow'))).toEqual([]);
  });

  it('has a calculated flow or none by the kind of its own pump, whatever other pump there is', () => {
    const constant = { ...pump, serialNumber: 'NGP-OTHER', kind: 'constant-flow-pump', flowMlPerDay: 0.5 };
    const change = report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { pump: constant, program: simple(1000) });
    expect(readings(panelOf('B', change)).filter((reading) => reading.includes('flow'))).toEqual([]);
  });

  it('moves so much a day as dose and concentration say, to four decimals', () => {
    const change = report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { program: simple(85) });
    expect(readings(panelOf('B', change))).toEqual(
      expect.arrayContaining(['calculated-flow-rate: 0.0425 mL/d', 'daily-dose-change: -15 %']),
    );
  });
});

describe('the devices', () => {
  it('of an implantation: its time, and the level of the tip with its source', () => {
    const catheter = { manufacturer: 'Medtronic', lotNumber: 'L', tipLevel: 'T10', tipLevelSource: 'operative-note' };
    const first = report('implant', 'A', '2024-03-01T10:00-05:00', { catheter, program: simple(100) });
    const panel = made([first]).by<Observation>('pumpStatus', 'A');
    expect(readings(panel)).toEqual(
      expect.arrayContaining([
        'pump-implant-date: 2024-03-01T10:00:00-05:00',
        'catheter-tip-level: "catheter tip at the level of T10 (operative note)"',
        'catheter-tip-level-source: operative-note',
      ]),
    );
  });

  it('of a label: when the pump was implanted, and who says so', () => {
    const label = { ...pump, implantedOn: '2018-06', implantedOnSource: 'implant card' };
    const panel = made([read({ pump: label })]).by<Observation>('pumpStatus', 'B');
    expect(readings(panel)).toEqual(['pump-implant-date: 2018-06', 'pump-implant-date-source: implant card']);
  });

  it('a pump that took the place of another was implanted then; one that was repaired was not', () => {
    const second = { ...pump, serialNumber: 'NGP710002H' };
    const revision = (fields: object) =>
      readings(
        panelOf('B', report('revision', 'B', '2024-05-01T10:00:00-04:00', { program: simple(100), ...fields })),
      ).filter((reading) => reading.startsWith('pump-implant-date'));
    expect(revision({ pump: second, component: 'pump', action: 'replaced' })).toEqual([
      'pump-implant-date: 2024-05-01T10:00:00-04:00',
    ]);
    expect(revision({ component: 'pump', action: 'repaired' })).toEqual([]);
    expect(revision({ component: 'catheter', action: 'replaced' })).toEqual([]);
  });
});

describe('alarms', () => {
  const alarm = (code: string, at: string, fields: object = {}) => report('alarm', code, at, { code, ...fields });

  it('that were known and not over stand in the panel, each once', () => {
    const panel = panelOf(
      'B',
      alarm('eri', '2024-04-01T10:00:00-04:00'),
      report('alarm', 'ERI2', '2024-04-02T10:00:00-04:00', { code: 'eri' }),
      alarm('low-reservoir', '2024-04-10T10:00:00-04:00'),
      alarm('memory-error-noncritical', '2024-04-11T10:00:00-04:00', { learnedAt: '2024-05-02T10:00:00-04:00' }),
      alarm('HUMMING', '2024-04-12T10:00:00-04:00'),
      read({ reported: { reservoirMl: 2 } }),
    );
    expect(readings(panel).filter((reading) => reading.startsWith('alarm-state'))).toEqual([
      'alarm-state: eri',
      'alarm-state: low-reservoir',
    ]);
  });

  it('have no panel of their own', () => {
    expect(made([implant, alarm('eri', '2024-04-01T10:00:00-04:00')]).of('pumpStatus')).toHaveLength(1);
  });
});

describe('which reports have a panel', () => {
  it.each([
    [
      'pump-stop',
      { residual: { measuredMl: 14 } },
      ['infusion-mode: stopped', 'drug-concentration: 2000 ug/mL', 'measured-residual-volume: 14 mL'],
    ],
    [
      'reservoir-emptied',
      { residual: { measuredMl: 14 } },
      [
        'infusion-mode: simple-continuous',
        'programmed-daily-dose: 100 ug/d',
        'drug-concentration: 2000 ug/mL',
        'measured-residual-volume: 14 mL',
      ],
    ],
    ['explant', { residual: { measuredMl: 14 } }, ['measured-residual-volume: 14 mL']],
    [
      'revision',
      { component: 'catheter', action: 'repaired', reported: { monthsToEri: 20 } },
      [
        'infusion-mode: simple-continuous',
        'programmed-daily-dose: 100 ug/d',
        'drug-concentration: 2000 ug/mL',
        'months-to-eri: 20 mo',
      ],
    ],
    [
      'restart',
      { program: simple(90), bridge: { volumeMl: 0.4, durationHours: 10 } },
      [
        'infusion-mode: simple-continuous',
        'programmed-daily-dose: 90 ug/d',
        'drug-concentration: 2000 ug/mL',
        'bridge-volume: 0.4 mL',
        'bridge-duration: 10 h',
      ],
    ],
  ])('a %s', (type, fields, expected) => {
    const panel = withheld('B', report(type, 'B', '2024-05-01T10:00:00-04:00', fields));
    expect(readings(panel as Observation)).toEqual(expected);
    expect(panel?.partOf).toHaveLength(1);
  });

  it('that state no concentration show none, where another was filled than is programmed', () => {
    const filled = report('refill', 'R', '2024-04-01T10:00:00-04:00', { fill: fill(18, 500) });
    const at = '2024-05-01T10:00:00-04:00';
    const shown = (type: string, fields = {}) =>
      readings(withheld('B', filled, report(type, 'B', at, fields)) as Observation).filter((each) =>
        each.startsWith('drug-concentration'),
      );
    expect(shown('pump-stop')).toEqual([]);
    expect(shown('interrogation', { reported: { monthsToEri: 20 } })).toEqual([]);
    expect(shown('interrogation', { program: simple(100) })).toEqual(['drug-concentration: 2000 ug/mL']);
    expect(shown('refill', { fill: fill(18, 1000) })).toEqual(['drug-concentration: 1000 ug/mL']);
    expect(shown('restart', { program: simple(100, 500) })).toEqual(['drug-concentration: 500 ug/mL']);
  });

  it('show the programmed concentration where nobody reported a fill', () => {
    const unfilled = report('implant', 'A', '2024-03-01T10:00:00-05:00', { program: simple(100) });
    const stopped = made([unfilled, report('pump-stop', 'B', '2024-05-01T10:00:00-04:00')]);
    expect(readings(stopped.by<Observation>('pumpStatus', 'B'))).toContain('drug-concentration: 2000 ug/mL');
  });

  it('not an explant that tells nothing of the pump, where nothing is calculated', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    expect(withheld('B', explant)).toBeUndefined();
    const { therapy, context } = made([implant, explant]);
    const { remarks } = desired(therapy, { ...context, calculatedValues: 'withheld' });
    expect(remarks.filter(({ held }) => held)).toEqual([]);
  });

  const bolus = { kind: 'single', doseUg: 25, durationMinutes: 10 };

  it('not a bolus that was only given', () => {
    expect(made([implant, report('bolus', 'B', '2024-05-01T10:00:00-04:00', { bolus })]).of('pumpStatus')).toHaveLength(
      1,
    );
  });

  it('a bolus at a session that has a report', () => {
    const session = { reportId: 'S-9' };
    const panel = panelOf('B', report('bolus', 'B', '2024-05-01T10:00:00-04:00', { bolus, session }));
    expect(readings(panel)).toContain('session-report-id: S-9');
    expect(panel.partOf).toHaveLength(1);
  });

  it('a bridge that was programmed by itself, with its volume', () => {
    const bridge = { kind: 'bridge', volumeMl: 0.4, durationHours: 10 };
    const session = { reportId: 'S-9' };
    const panel = panelOf('B', report('bolus', 'B', '2024-05-01T10:00:00-04:00', { bolus: bridge, session }));
    expect(readings(panel)).toEqual(expect.arrayContaining(['bridge-volume: 0.4 mL', 'bridge-duration: 10 h']));
  });

  it('a prime that was programmed by itself, with no volume of a bridge', () => {
    const fields = { bolus: { kind: 'priming', volumeMl: 0.3 }, session: { reportId: 'S-9' } };
    const panel = panelOf('B', report('bolus', 'B', '2024-05-01T10:00:00-04:00', fields));
    expect(readings(panel).filter((reading) => reading.startsWith('bridge'))).toEqual([]);
  });

  it('a bolus that the patient requested is part of no procedure', () => {
    const fields = { bolus: { ...bolus, kind: 'patient-activated' }, session: { reportId: 'S-9' } };
    expect(panelOf('B', report('bolus', 'B', '2024-05-01T10:00:00-04:00', fields))).not.toHaveProperty('partOf');
  });
});

it('what a reader should check of an earlier report does not stand in the panel of a later one', () => {
  const unbridged = report('dose-change', 'C', '2024-04-01T10:00:00-04:00', { program: simple(100, 500) });
  const all = made([implant, unbridged, read({ reported: { monthsToEri: 40 } })]);
  expect(all.by<Observation>('pumpStatus', 'C').note).not.toBeUndefined();
  expect(all.by<Observation>('pumpStatus', 'B')).not.toHaveProperty('note');
});

describe('the clock of the pump', () => {
  it('of an interrogation may stand beside the session', () => {
    expect(readings(withheld('B', read({ deviceClockAt: '2024-05-01T09:00-05:00' })) as Observation)).toContain(
      'pump-clock: 2024-05-01T09:00:00-05:00',
    );
  });
});
