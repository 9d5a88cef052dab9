import { describe, expect, it } from 'vitest';
import { concentrationOfNdc, strengthInName } from '../../src/therapy/product.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import { settings } from '../stories/story.ts';

const product = { ndc: '0023-0123-01', concentrationUgPerMl: 2000 };
const products = [{ ...product, ndc: '0023-0124-01', concentrationUgPerMl: 500 }, product];
const numberOf = (value: ReturnType<typeof strengthInName>) => value && toNumber(value, 6);
const ofNdc = (ndc: string) =>
  numberOf(concentrationOfNdc({ ...settings, products: products as unknown as typeof settings.products }, ndc));

describe('the concentration of a product', () => {
  it.each([
    ['0023-0123-01', 2000],
    ['0023-0123-99', 2000],
    ['0023-0123-9', 2000],
    ['0023-0123', 2000],
    ['00023-0123-01', 2000],
    ['0023-123-01', 2000],
    [' 0023-0123-01 ', 2000],
    ['00023012301', 2000],
    [' 00023012399 ', 2000],
    ['0023-0124-01', 500],
    ['0023-0125-01', undefined],
    ['10023-0123-01', undefined],
    ['0023012301', undefined],
    ['0002301230199', undefined],
    ['9900023012301', undefined],
    ['x0023-0123-01', undefined],
    ['0023-0123-01x', undefined],
    ['0023-0123-011', undefined],
    ['', undefined],
  ])('by the code %s is known whatever its package: %s', (ndc, expected) => {
    expect(ofNdc(ndc)).toBe(expected);
  });

  it.each([
    ['baclofen 2 mg/mL', 2000],
    ['Lioresal 10 mg/5 mL', 2000],
    ['40mg/20ml', 2000],
    ['baclofen 2  mg  /  1  mL', 2000],
    ['500 mcg/mL', 500],
    ['500 ug per ml', 500],
    ['500 µg/mL', 500],
    ['500 μg/mL', 500],
    ['50 micrograms in 1 ml ampoule', 50],
    ['50 microgram/mL', 50],
    ['50 MICROGRAMS PER ML', 50],
    ['0.05 mg/mL', 50],
    ['12.25 mg/mL', 12250],
    ['10 mg/0.25 mL', 40000],
    ['10 mg/12.5 mL', 800],
    ['(10 mg/5 mL)', 2000],
    ['1,000 mcg/mL', undefined],
    ['1.000,5 mg/mL', undefined],
    ['10 mg/0 mL', undefined],
    ['10 mg/mLs', undefined],
    ['2 g/mL', undefined],
    ['2 mg', undefined],
    ['mg/mL', undefined],
    ['baclofen', undefined],
  ])('in the name %s is %s', (name, expected) => {
    expect(numberOf(strengthInName(name))).toBe(expected);
  });
});
