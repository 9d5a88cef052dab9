import { describe, expect, it } from 'vitest';
import { ml, type Quantity, toNumber } from '../../src/therapy/quantity.ts';
import { assessResidual, type ResidualAssessment } from '../../src/therapy/residual.ts';
import { defaultSettings } from '../../src/therapy/settings.ts';
import { settings } from '../stories/story.ts';
import { fill, fold, report, simple } from './reports.ts';
import { foldWith, told } from './told.ts';

const filledAt = Temporal.Instant.from('2024-03-01T15:00:00Z');
const at = Temporal.Instant.from('2024-05-30T15:00:00Z');

const assessed = (filledMl: number, expectedMl: number, measuredMl: number, limits = defaultSettings) =>
  assessResidual({ volumeMl: ml(filledMl), filledAt }, ml(expectedMl), ml(measuredMl), at, limits);

const numbersOf = (residual: ResidualAssessment | undefined) => {
  const inNumbers = Object.entries(residual ?? {})
    .filter(([name, value]) => value !== undefined && name !== 'limit')
    .map(([name, value]) => [name, /Ml$|Days$/.test(name) ? toNumber(value as Quantity<'mL'>, 6) : `${value}`]);
  return Object.fromEntries(inNumbers);
};

describe('measured against calculated residual volume', () => {
  it.each([
    ['a small difference', 20, 10, 10.9, 'ok'],
    ['one millilitre exactly, no more', 20, 15, 16, 'ok'],
    ['a millilitre and a little, and more than 15 %', 20, 15, 16.01, 'warn'],
    ['15 % exactly, no more', 20, 10, 11.5, 'ok'],
    ['more than a millilitre but less than 15 % of what was programmed', 20, 5, 7, 'ok'],
    ['more than a millilitre and more than 15 %', 20, 10, 11.6, 'warn'],
    ['as much below', 20, 10, 8.4, 'warn'],
    ['two millilitres exactly, and more than 25 %', 20, 14, 16, 'warn'],
    ['more than two millilitres but less than 25 %', 20, 10, 12.4, 'warn'],
    ['25 % exactly, no more', 20, 10, 12.5, 'warn'],
    ['more than two millilitres and more than 25 %', 20, 10, 12.6, 'critical'],
    ['a measurement where nothing was programmed', 20, 20, 22.5, 'critical'],
  ])('%s', (_says, filledMl, expectedMl, measuredMl, grade) => {
    expect(assessed(filledMl, expectedMl, measuredMl).grade).toBe(grade);
  });

  it('says how much was programmed and delivered, since when, and the ratio of both', () => {
    expect(numbersOf(assessed(20, 10, 12.6))).toEqual({
      ...{ grade: 'critical', expectedMl: 10, measuredMl: 12.6, discrepancyMl: 2.6, volumeAtLastFillMl: 20 },
      ...{ direction: 'more-left', reading: 'under-delivery', since: '2024-03-01T15:00:00Z', sinceDays: 90 },
      ...{ programmedMl: 10, deliveredMl: 7.4, deliveredToProgrammed: '0.74' },
    });
  });

  it.each([
    ['nothing that passes a limit', 10.9, 'as-expected', undefined],
    ['more left', 11.6, 'more-left', 'under-delivery'],
    ['less left', 8.4, 'less-left', 'over-delivery'],
  ])('reads %s in words that name no cause', (_says, measuredMl, direction, reading) => {
    expect(assessed(20, 10, measuredMl)).toMatchObject({ direction });
    expect(assessed(20, 10, measuredMl).reading).toBe(reading);
  });

  it.each([
    ['half of the last fill exactly', 8, 'over-delivery'],
    ['more than half of it', 7.9, 'pocket-fill-possible'],
  ])('is missing by %s', (_says, measuredMl, reading) => {
    expect(assessed(20, 18, measuredMl)).toMatchObject({ direction: 'less-left', reading });
  });

  it('names the limit that it passes', () => {
    const { warn, critical } = defaultSettings.residualDiscrepancy;
    expect([assessed(20, 10, 10.9), assessed(20, 10, 11.6), assessed(20, 10, 12.6)].map(({ limit }) => limit)).toEqual([
      ...[undefined, warn, critical],
    ]);
  });

  it('has the share at which a pocket fill is thought of from the site', () => {
    expect(assessed(20, 18, 7.9, { ...defaultSettings, pocketFillShare: 0.6 }).reading).toBe('over-delivery');
  });

  it.each([
    ['the first known fill', undefined, ml(10), ml(3)],
    ['an unknown flow', { volumeMl: ml(18) }, undefined, ml(3)],
    ['nothing measured', { volumeMl: ml(18) }, ml(10), undefined],
  ])('is not assessable, never 0, with %s', (_says, baseline, expected, measured) => {
    expect(assessResidual(baseline, expected, measured, at, defaultSettings)).toEqual({
      ...{ grade: 'not-assessable', expectedMl: expected, measuredMl: measured },
      volumeAtLastFillMl: baseline?.volumeMl,
    });
  });

  it('has no span where the last fill has no instant', () => {
    const { since, sinceDays } = assessResidual({ volumeMl: ml(18) }, ml(9), ml(9), at, defaultSettings);
    expect([since, sinceDays]).toEqual([undefined, undefined]);
  });
});

describe('the ratio of delivered to programmed volume', () => {
  it('is none where nothing was programmed', () => {
    const { deliveredToProgrammed, ratioBound } = assessed(18, 18, 0);
    expect([deliveredToProgrammed, ratioBound]).toEqual([undefined, undefined]);
  });

  it.each([
    ['exact where something was left', 9, 0.1, 1.989, undefined],
    ['at least this where nothing was left', 9, 0, 2, 'at-least'],
    ['at most this where by calculation nothing should have been left', 0, 4.5, 0.75, 'at-most'],
    ['hidden where neither should have been nor was', 0, 0, 1, 'hidden'],
  ])('is %s', (_says, expectedMl, measuredMl, deliveredToProgrammed, ratioBound) => {
    const found = assessed(18, expectedMl, measuredMl);
    expect([found.deliveredToProgrammed, found.ratioBound]).toEqual([deliveredToProgrammed, ratioBound]);
  });
});

describe('a residual volume in a therapy', () => {
  const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(200) });
  const refill = (measuredMl: number) =>
    report('refill', 'B', '2024-05-30T11:00:00-04:00', { fill: fill(18), residual: { measuredMl } });

  it('is compared before the new fill, and told beside it', () => {
    const therapy = fold([implant, refill(13)], '2024-05-30T15:00:00Z');
    expect(numbersOf(therapy.fills[1]?.residual)).toEqual({
      ...{ grade: 'critical', expectedMl: 9, measuredMl: 13, discrepancyMl: 4, volumeAtLastFillMl: 18 },
      ...{ direction: 'more-left', reading: 'under-delivery', since: '2024-03-01T15:00:00Z', sinceDays: 90 },
      ...{ programmedMl: 9, deliveredMl: 5, deliveredToProgrammed: '0.556' },
    });
    expect(toNumber(therapy.pumps[0]?.reservoir.volumeMl as never, 6)).toBe(18);
    expect(told([implant, refill(13)])).toEqual([
      'B residual-discrepancy warning residual.measuredMl: more was left in the reservoir than calculated',
    ]);
  });

  it('below the calculation is told as such, within the limits not at all', () => {
    expect(told([implant, refill(7)])).toEqual([
      'B residual-discrepancy warning residual.measuredMl: less was left in the reservoir than calculated',
    ]);
    expect(told([implant, refill(9.5)])).toEqual([]);
  });

  it('is judged by the limits of its model where that has some', () => {
    const strict = { warn: { volumeMl: 0.2, shareOfDispensed: 0.01 }, critical: { volumeMl: 5, shareOfDispensed: 1 } };
    const models = settings.models.map((model) => ({ ...model, residualDiscrepancy: strict }));
    expect(foldWith({ models }, [implant, refill(9.5)]).fills[1]?.residual.grade).toBe('warn');
    expect(foldWith({}, [implant, refill(9.5)]).fills[1]?.residual.grade).toBe('ok');
  });

  it('of the first known fill is not assessable', () => {
    const first = report('refill', 'B', '2024-05-30T11:00:00-04:00', { fill: fill(18), residual: { measuredMl: 3 } });
    const { fills } = fold([first]);
    expect(fills[0]?.residual).toEqual({ grade: 'not-assessable', measuredMl: ml(3) });
  });
});
