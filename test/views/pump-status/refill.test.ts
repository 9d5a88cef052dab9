import { describe, expect, it } from 'vitest';
import { fill, report, simple } from '../../therapy/reports.ts';
import { by, implant, pumpOf, read, unknown, withheld } from './status-of.ts';

const refilledAt = '2024-05-01T10:00:00-04:00';
const refill = (measuredMl: number | null, fields: object = {}, rest: object = {}) =>
  report('refill', 'B', refilledAt, { residual: { measuredMl, ...fields }, fill: fill(18), ...rest });
const stated = by('B', refilledAt, 'refill');

describe('the last refill', () => {
  it('says what was measured and expected, how it compares, and what that may mean', () => {
    const inputs = { volumeAtLastFillMl: 18, expectedMl: 14.95, measuredMl: 17.5 };
    const calculated = (calculation: string, value: unknown, from: object = inputs) => ({
      ...{ value, method: 'calculated', asOf: refilledAt },
      source: { calculation, inputs: from },
    });
    expect(pumpOf([implant, refill(17.5, { expectedMl: 15, differenceMl: 2.5 })]).refill).toEqual({
      last: { value: refilledAt, method: 'reported', ...stated },
      volumeMl: { value: 18, method: 'reported', ...stated },
      concentrationUgPerMl: { value: 2000, method: 'reported', ...stated },
      lotNumber: { value: 'LOT-1', method: 'reported', ...stated },
      setting: unknown,
      place: unknown,
      measuredResidualMl: { value: 17.5, method: 'measured', ...stated },
      expectedResidualMl: {
        reported: { value: 15, method: 'reported', ...stated },
        calculated: calculated('expected-residual', 14.95, { volumeAtLastFillMl: 18 }),
      },
      discrepancyMl: {
        reported: { value: 2.5, method: 'reported', ...stated },
        calculated: calculated('residual-discrepancy', 2.55),
      },
      grade: calculated('residual-discrepancy', 'critical'),
      direction: calculated('residual-discrepancy', 'more-left'),
      reading: {
        ...calculated('residual-discrepancy', 'under-delivery'),
        words:
          'More was left than calculated: less may have been delivered than programmed. ' +
          'Check the pump with its programmer.',
      },
      deliveredToProgrammed: calculated('delivered-to-programmed', 0.164),
      ratioBound: unknown,
    });
  });

  it.each([
    [13, 'Less was left than calculated: more may have been delivered than programmed.'],
    [1, 'Much less was left than calculated: a part of the last fill may lie beside the pump.'],
  ])('with a residual of %s mL', (measuredMl, words) => {
    expect(pumpOf([implant, refill(measuredMl)]).refill.reading.words).toBe(
      `${words} Check the pump with its programmer.`,
    );
  });

  it('of which nothing was left bounds the ratio', () => {
    expect(pumpOf([implant, refill(0)]).refill.ratioBound.value).toBe('at-least');
    expect(pumpOf([implant, refill(0)]).refill.measuredResidualMl).toMatchObject({ value: 0, method: 'measured' });
  });

  it('has no ratio where nothing was expected and nothing left, nor where drug may lie beside the pump', () => {
    const words = 'What was delivered cannot be told from these volumes.';
    const late = report('refill', 'R', '2025-06-01T10:00:00-04:00', { residual: { measuredMl: 0 }, fill: fill(18) });
    const { ratioBound, deliveredToProgrammed } = pumpOf([implant, late], { at: '2025-06-02T00:00:00Z' }).refill;
    expect([ratioBound.value, deliveredToProgrammed]).toEqual(['hidden', { ...unknown, words }]);
    const early = report('refill', 'R', '2024-03-02T10:00:00-05:00', { residual: { measuredMl: 1 }, fill: fill(18) });
    const beside = pumpOf([implant, early]).refill;
    expect([beside.reading.value, beside.deliveredToProgrammed]).toEqual([
      'pocket-fill-possible',
      { ...unknown, words },
    ]);
  });

  it('without a baseline is not assessable, and not 0', () => {
    const { measuredResidualMl, expectedResidualMl, discrepancyMl, grade, reading } = pumpOf([refill(3)]).refill;
    expect(measuredResidualMl.value).toBe(3);
    expect(grade).toMatchObject({ value: 'not-assessable', method: 'calculated' });
    expect([expectedResidualMl.calculated, discrepancyMl.calculated, reading]).toEqual([unknown, unknown, unknown]);
  });

  it('is not compared without a clinical owner', () => {
    const one = pumpOf([implant, refill(17.5, { expectedMl: 15 })], { shown: 'withheld' }).refill;
    expect([one.measuredResidualMl.value, one.expectedResidualMl.reported.value]).toEqual([17.5, 15]);
    expect([one.expectedResidualMl.calculated, one.discrepancyMl.calculated, one.grade, one.reading]).toEqual([
      withheld,
      withheld,
      withheld,
      withheld,
    ]);
  });

  it('that measured nothing says so', () => {
    expect(pumpOf([implant, refill(null)]).refill).toMatchObject({ measuredResidualMl: unknown, grade: unknown });
  });

  it('says where it took place', () => {
    const one = pumpOf([implant, refill(null, {}, { setting: 'home', clinic: { display: 'home care' } })]).refill;
    expect([one.setting.value, one.place.value]).toEqual(['home', 'home care']);
  });
});

describe('the reservoir', () => {
  it('shows what the programmer showed beside ours, as of the report, with the difference', () => {
    const shown = read({ reported: { reservoirMl: 14.5, lowReservoirAlarmMl: 3 } });
    const { reservoir } = pumpOf([implant, shown]);
    const session = by('B', '2024-05-01T10:00:00-04:00', 'interrogation');
    expect(reservoir).toEqual({
      reportedMl: { value: 14.5, method: 'reported', ...session },
      calculatedMl: {
        ...{ value: 13.43, method: 'calculated', asOf: '2024-06-01T00:00:00Z' },
        source: {
          calculation: 'reservoir-volume',
          inputs: { lastFillMl: 18, lastFillAt: '2024-03-01T10:00:00-05:00' },
        },
      },
      differenceMl: {
        ...{ value: 0.45, method: 'calculated', asOf: '2024-05-01T10:00:00-04:00' },
        source: { calculation: 'difference-to-reported', inputs: { reportedMl: 14.5, calculatedMl: 14.95 } },
      },
      alarmVolumeMl: { value: 3, method: 'reported', ...session },
    });
  });

  it('of which no alarm volume was reported says which one is calculated with', () => {
    expect(pumpOf([implant]).reservoir.alarmVolumeMl).toEqual({
      ...unknown,
      words: 'Not reported. Calculations use 2 mL.',
    });
  });

  it('that was never filled is not known, and not 0', () => {
    const only = report('implant', 'A', '2024-03-01T10:00:00-05:00', { program: simple(100) });
    expect(pumpOf([only]).reservoir.calculatedMl).toEqual(unknown);
  });

  it('whose calculation has come to nothing is not known, and never 0', () => {
    const { calculatedMl } = pumpOf([implant], { at: '2025-04-01T00:00:00Z' }).reservoir;
    expect(calculatedMl).toEqual({
      ...unknown,
      words: 'By calculation all that was filled has been moved; what is left is not known.',
    });
  });

  it('is withheld without a clinical owner', () => {
    expect(pumpOf([implant], { shown: 'withheld' }).reservoir.calculatedMl).toEqual(withheld);
  });
});
