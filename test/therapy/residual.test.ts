import { describe, expect, it } from 'vitest';
import { ml, toNumber } from '../../src/therapy/quantity.ts';
import { assessResidual } from '../../src/therapy/residual.ts';
import { defaultSettings } from '../../src/therapy/settings.ts';
import { fill, fold, report, simple } from './reports.ts';

const graded = (filledMl: number, expectedMl: number, measuredMl: number) =>
  assessResidual(ml(filledMl), ml(expectedMl), ml(measuredMl), defaultSettings).grade;

describe('measured against calculated residual volume', () => {
  it.each([
    ['a small difference', 20, 10, 10.9, 'ok'],
    ['one millilitre exactly, no more', 20, 15, 16, 'ok'],
    ['more than a millilitre but less than 15 % of what was programmed', 20, 5, 7, 'ok'],
    ['more than a millilitre and more than 15 %', 20, 10, 11.6, 'warn'],
    ['as much below: over-infusion, a leak, a pocket fill', 20, 10, 8.4, 'warn'],
    ['more than two millilitres but less than 25 %', 20, 10, 12.4, 'warn'],
    ['more than two millilitres and more than 25 %', 20, 10, 12.6, 'critical'],
    ['a measurement where nothing was programmed', 20, 20, 22.5, 'critical'],
  ])('%s', (_says, filledMl, expectedMl, measuredMl, grade) => {
    expect(graded(filledMl, expectedMl, measuredMl)).toBe(grade);
  });

  it.each([
    ['the first known fill', undefined, ml(10), ml(3)],
    ['an unknown flow', ml(18), undefined, ml(3)],
    ['nothing measured', ml(18), ml(10), undefined],
  ])('is not assessable, never 0, with %s', (_says, filled, expected, measured) => {
    const { grade, discrepancyMl, deliveredToProgrammed } = assessResidual(filled, expected, measured, defaultSettings);
    expect([grade, discrepancyMl, deliveredToProgrammed]).toEqual(['not-assessable', undefined, undefined]);
  });

  it('has no ratio where nothing was programmed', () => {
    expect(assessResidual(ml(18), ml(18), ml(18), defaultSettings).deliveredToProgrammed).toBeUndefined();
  });

  it('is compared before the new fill, and flagged beside it', () => {
    const events = [
      report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(200) }),
      report('refill', 'B', '2024-05-30T11:00:00-04:00', { fill: fill(18), residual: { measuredMl: 13 } }),
    ];
    const therapy = fold(events, '2024-05-30T15:00:00Z');
    const { residual } = therapy.fills[1] ?? {};
    expect(residual?.grade).toBe('critical');
    expect([residual?.expectedMl, residual?.discrepancyMl].map((volume) => toNumber(volume as never, 6))).toEqual([
      9, 4,
    ]);
    expect(therapy.flags.map(({ problem: { code, severity } }) => [code, severity])).toEqual([
      ['residual-discrepancy', 'warning'],
    ]);
    expect(toNumber(therapy.pumps[0]?.reservoir.volumeMl as never, 6)).toBe(18);
  });
});
