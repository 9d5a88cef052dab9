import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPlausibility } from '../../src/plausibility.ts';
import { readProducts } from '../../src/products.ts';
import { readTitrationLimits } from '../../src/titration-limits.ts';

const mappingsDir = join(import.meta.dirname, '../../mappings');
const folder = mkdtempSync(join(tmpdir(), 'itb-fhir-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (content: unknown): string => {
  const path = join(folder, 'data.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const stated = { source: 'a page', verified: false };

describe('the published limits on a change of dose', () => {
  it('are those of the sources, at spinal and cerebral origin', () => {
    expect(readTitrationLimits(join(mappingsDir, 'titration.json'))).toEqual({
      noIncreaseHoursAfterImplant: 24,
      hoursBetweenIncreases: 24,
      exemptWithinHours: 24,
      childBelowYears: 18,
      usualInChildren: { belowYears: 12, from: 24, to: 1199 },
      spinal: {
        titration: { increasePercent: 30 },
        periodic: { increasePercent: 40, decreasePercent: 20 },
        usualUgPerDay: { from: 300, to: 800 },
        upperUgPerDay: 1000,
      },
      cerebral: {
        titration: { increasePercent: 15 },
        periodic: { increasePercent: 20, decreasePercent: 20 },
        usualUgPerDay: { from: 90, to: 703 },
        upperUgPerDay: 1000,
      },
    });
  });

  it('are refused without their sources', () => {
    const whole = (value: unknown) => ({
      ...Object.fromEntries(
        ['noIncreaseHoursAfterImplant', 'hoursBetweenIncreases', 'exemptWithinHours', 'childBelowYears'].map((name) => [
          name,
          { value: 1, ...stated },
        ]),
      ),
      spinal: { titration: { value, ...stated }, periodic: { value: {}, ...stated } },
      cerebral: { titration: { value: {}, ...stated }, periodic: { value: {}, ...stated } },
    });
    expect(readTitrationLimits(written(whole({ increasePercent: 3 }))).spinal.titration).toEqual({
      increasePercent: 3,
    });
    expect(() => readTitrationLimits(written(whole({ increasePercent: -3 })))).toThrow(
      /spinal\.titration\.increasePercent/,
    );
    expect(() => readTitrationLimits(written({ ...whole({}), childBelowYears: { value: 18 } }))).toThrow(
      /data\.json cannot be used:\n[\s\S]*childBelowYears\.source/,
    );
  });
});

describe('what is plausible', () => {
  it('is a range or a list for each field, each field once', () => {
    const values = readPlausibility(join(mappingsDir, 'plausibility.json'));
    const fields = values.flatMap((value) => value.fields);
    expect(fields).toEqual([...new Set(fields)]);
    expect(values.find((value) => value.fields.includes('program.doseUgPerDay'))).toEqual({
      ...{ fields: ['program.doseUgPerDay', 'previousProgram.doseUgPerDay'], min: 10, max: 2000 },
    });
  });

  it.each([
    ['neither', { fields: ['a'] }, /either a range \(min, max\) or a list \(oneOf\)/],
    ['both', { fields: ['a'], min: 1, oneOf: [1] }, /either a range \(min, max\) or a list \(oneOf\)/],
    ['a range upside down', { fields: ['a'], min: 2, max: 1 }, /min lies above max/],
    ['a range of one value', { fields: ['a'], min: 2, max: 2 }, /min lies above max/],
    ['no field', { fields: [], min: 2 }, /values\[0\]\.fields/],
  ])('is refused with %s', (_what, value, says) => {
    expect(() => readPlausibility(written({ values: [{ ...value, ...stated }] }))).toThrow(says);
  });

  it('may have one end only', () => {
    expect(readPlausibility(written({ values: [{ fields: ['a'], max: 3, ...stated }] }))).toEqual([
      { fields: ['a'], max: 3 },
    ]);
  });
});

describe('the table of products', () => {
  it('has each National Drug Code once, with its concentration', () => {
    const products = readProducts(join(mappingsDir, 'products.json'));
    const codes = products.map(({ ndc }) => ndc);
    expect(codes).toEqual([...new Set(codes)]);
    expect(products.find(({ ndc }) => ndc === '70121-2502-02')).toEqual({
      ...{ ndc: '70121-2502-02', name: 'Lioresal Intrathecal', concentrationUgPerMl: 2000, containerMl: 5 },
    });
    expect(new Set(products.map(({ concentrationUgPerMl }) => concentrationUgPerMl))).toEqual(
      new Set([50, 500, 1000, 2000]),
    );
  });

  it('is refused where a code has no hyphens', () => {
    const product = { ndc: '70121250202', name: 'x', concentrationUgPerMl: 2000, ...stated };
    expect(() => readProducts(written({ products: [product] }))).toThrow(/labeler-product-package/);
  });
});
