import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { fill, report, simple } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';
import { implant, ours, panelOf, read, readings, withheld } from './panel.ts';

describe('the panel of a refill', () => {
  const refill = report('refill', 'B', '2024-05-01T10:00-04:00', {
    residual: { expectedMl: 14.8, measuredMl: 15, differenceMl: 0.2 },
    fill: { ...fill(18, 500), programmedVolumeMl: 17.5, lotNumber: 'L1', expirationDate: '2026-01-01' },
    program: { ...simple(120, 500), rateMlPerDay: 0.24 },
    bridge: { volumeMl: 0.485, durationHours: 194 },
    rinseVolumeMl: 3,
    needleAttempts: 2,
    imagingUsed: 'ultrasound',
    setting: 'home',
    reported: {
      reservoirMl: 18,
      lowReservoirAlarmMl: 2.5,
      lowReservoirAlarmDate: '2024-07-04',
      refillDueDate: '2024-06-27',
      refillIntervalDays: 57,
      criticalAlarmIntervalMinutes: 10,
      batteryStatus: 'eri',
      monthsToEri: 0,
      eriDate: '2024-04-20',
      estimatedReplacementDate: '2024-07-19',
    },
    session: {
      reportId: 'S-1',
      programmerModel: 'A810',
      softwareVersion: '2.0',
      programmerClockAt: '2024-05-01T10:01-04:00',
      deviceClockAt: '2024-05-01T09:59:30-04:00',
    },
    performer: { display: 'Nurse B' },
    clinic: { display: 'pump clinic' },
  });
  const seen = () => made([implant, refill]);

  it('says everything that was reported, and then what is calculated from it', () => {
    const result = seen();
    const panel = result.by<Observation>('pumpStatus', 'B');
    expect(readings(panel)).toEqual([
      'infusion-mode: simple-continuous',
      'programmed-daily-dose: 120 ug/d',
      'flow-rate: 0.24 mL/d',
      'drug-concentration: 500 ug/mL',
      'bridge-volume: 0.485 mL',
      'bridge-duration: 194 h',
      'fill-volume: 18 mL',
      'programmed-fill-volume: 17.5 mL',
      'rinse-volume: 3 mL',
      'needle-attempts: 2',
      'imaging-used: ultrasound',
      'refill-setting: home',
      'measured-residual-volume: 15 mL',
      'expected-residual-volume: 14.8 mL',
      'reported-residual-discrepancy: 0.2 mL',
      'reported-reservoir-volume: 18 mL',
      'low-reservoir-alarm-volume: 2.5 mL',
      'reported-low-reservoir-alarm-date: 2024-07-04',
      'reported-refill-due-date: 2024-06-27',
      'reported-refill-interval: 57 d',
      'critical-alarm-interval: 10 min',
      'battery-status: eri',
      'months-to-eri: 0 mo',
      'eri-date: 2024-04-20',
      'estimated-replacement-date: 2024-07-19',
      'session-report-id: S-1',
      'programmer-model: A810',
      'programmer-software: 2.0',
      'programmer-clock: 2024-05-01T10:01:00-04:00',
      'pump-clock: 2024-05-01T09:59:30-04:00',
      'calculated-flow-rate: 0.24 mL/d',
      'daily-dose-change: 20 %',
      // 61 days less the hour of summer time at 100 ug/d and 2000 ug/mL, from 18 mL.
      'calculated-residual-volume: 14.952 mL',
      'residual-discrepancy: 0.048 mL',
      'delivered-to-programmed-ratio: 0.984 1',
      'residual-grade: ok',
      'residual-direction: as-expected',
      'residual-since: 2024-03-01T10:00:00-05:00',
      'residual-span: 61 d',
      'calculated-reservoir-volume: 18 mL',
      'forecast-alarm-volume: 2.5 mL',
      'low-reservoir-alarm-date: 2024-07-11',
      'days-to-alarm: 70.6 d',
      'refill-due-by: 2024-07-06',
      'end-of-service-by: 2024-07-19',
      'replacement-window: 2024-04-20 to 2024-07-19',
    ]);
  });

  it('names pump, procedure, patient, time with its precision, who did it, and what a reader should check', () => {
    const result = seen();
    const panel = result.by<Observation>('pumpStatus', 'B');
    const { meta: _meta, identifier: _ids, component: _component, note = [], ...rest } = panel;
    expect(rest).toEqual({
      resourceType: 'Observation',
      extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'minute' }],
      partOf: [{ reference: referenceTo(result, 'procedure', 'B') }],
      status: 'final',
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/observation-category',
              code: 'procedure',
              display: 'Procedure',
            },
          ],
        },
      ],
      code: ours('itb-observation', 'pump-status-panel', 'Pump status panel'),
      subject: { reference: `Patient/${result.context.patientId}` },
      focus: [{ reference: referenceTo(result, 'pump', 'A') }],
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      issued: '2024-12-01T00:00:00Z',
      performer: [{ display: 'Nurse B' }, { display: 'pump clinic' }],
      device: { reference: referenceTo(result, 'pump', 'A') },
    });
    expect(note.length).toBeGreaterThan(0);
    expect(note.map(({ text }) => text)).toEqual(
      result.therapy.flags
        .filter(({ entry }) => entry.source.reportEventId === 'B')
        .map(({ problem }) => expect.stringContaining(problem.remedy as string)),
    );
  });

  it('without a clinical owner says nothing that we calculate', () => {
    const result = seen();
    const panel = result.by<Observation>('pumpStatus', 'B');
    expect(readings(withheld('B', refill) as Observation)).toEqual(readings(panel).slice(0, 30));
  });
});

describe('what a source says that it does not know', () => {
  it('is said to be not measured, or unknown, and never 0', () => {
    const panel = panelOf(
      'B',
      report('refill', 'B', '2024-05-01T10:00:00-04:00', {
        residual: { expectedMl: null, measuredMl: null },
        fill: fill(18),
      }),
    );
    expect(readings(panel).filter((reading) => reading.includes('residual'))).toEqual([
      'measured-residual-volume: absent, not-performed',
      'expected-residual-volume: absent, unknown',
      'calculated-residual-volume: 14.952 mL',
      'residual-grade: not-assessable',
    ]);
  });

  it('is left out where it says nothing', () => {
    const panel = panelOf('B', report('refill', 'B', '2024-05-01T10:00:00-04:00', { fill: fill(18) }));
    expect(readings(panel).filter((reading) => /(measured|expected)-residual/.test(reading))).toEqual([]);
  });
});

it('a volume of 0 that was reported stands as 0', () => {
  const panel = panelOf('B', read({ reported: { reservoirMl: 0, monthsToEri: 0 } }));
  expect(readings(panel)).toEqual(expect.arrayContaining(['reported-reservoir-volume: 0 mL', 'months-to-eri: 0 mo']));
});

describe('the change of the daily dose', () => {
  it('is not told where nothing changed', () => {
    const panel = panelOf('B', read({ program: simple(100) }));
    expect(readings(panel).filter((reading) => reading.startsWith('daily-dose-change'))).toEqual([]);
  });
});

describe('the battery', () => {
  it('that this report did not read has no calculated dates in its panel', () => {
    const first = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { reported: { monthsToEri: 10 } });
    const later = report('dose-change', 'C', '2024-06-01T10:00:00-04:00', { program: simple(110) });
    const calculated = (id: string) =>
      readings(panelOf(id, first, later)).filter((reading) => /eri|service|window/.test(reading));
    expect(calculated('B')).toEqual([
      'months-to-eri: 10 mo',
      'calculated-eri-date: 2025-03-01',
      'end-of-service-by: 2025-05-30',
      'replacement-window: 2025-03-01 to 2025-05-30',
    ]);
    expect(calculated('C')).toEqual([]);
  });
});

describe('the ratio of delivered to programmed', () => {
  const ratioAt = (at: string, measuredMl: number) => {
    const refill = report('refill', 'B', at, { residual: { measuredMl }, fill: fill(18) });
    return readings(panelOf('B', refill)).find((reading) => reading.startsWith('delivered-to-programmed'));
  };

  it('is a bound where the reservoir hides a part of it', () => {
    expect(ratioAt('2024-05-01T10:00:00-04:00', 0)).toMatch(/^delivered-to-programmed-ratio: >=5\.9\d* 1$/);
    expect(ratioAt('2026-05-01T10:00:00-04:00', 9)).toBe('delivered-to-programmed-ratio: <=0.5 1');
  });

  it('is not stated where the reservoir hides it', () => {
    expect(ratioAt('2026-05-01T10:00:00-04:00', 0)).toBeUndefined();
  });
});
