import { describe, expect, it } from 'vitest';
import { loadScales, type ScaleValues } from '../../../src/fhir/scales.ts';
import { scoreOn } from '../../../src/mapping/score.ts';

const scales = loadScales('mappings');
const valuesOf = (code: string) => scales.get(code)?.value as ScaleValues;
const partOf = (code: string, part: string) =>
  scales.get(code)?.parts.find((each) => each.code === part)?.value as ScaleValues;
const points = (value: number) => ({ kind: 'number', value, unit: '{score}' });

describe('a score', () => {
  it.each([
    ['psfs', 0, 4],
    ['pain-nrs', 0, 10],
    ['gas', -2, 2],
    ['gas-baseline', -2, 2],
    ['gas-follow-up', -2, 2],
    ['copm', 1, 10],
    ['fim', 18, 126],
    ['barthel', 0, 100],
    ['eq-5d', -1, 1],
  ])('of %s lies from %d to %d', (code, min, max) => {
    const on = (value: number) => scoreOn(valuesOf(code), value, undefined);
    expect([on(min), on(max)]).toEqual([points(min), points(max)]);
    expect([on(min - 0.001), on(max + 0.001), on(min - 1), on(max + 1)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is whole where the scale is, and never rounded', () => {
    expect(scoreOn(valuesOf('psfs'), 1.5, undefined)).toBeUndefined();
    expect(scoreOn(valuesOf('pain-nrs'), 6.5, undefined)).toEqual(points(6.5));
    expect(scoreOn(valuesOf('eq-5d'), 0.725, undefined)).toEqual(points(0.725));
    expect(scoreOn(valuesOf('eq-5d'), '0.725', undefined)).toEqual(points(0.725));
  });

  it.each([
    ['3', 3],
    [' 3 ', 3],
    ['+1', 1],
    ['-1', -1],
    ['\u22121', -1],
    ['1.0', 1],
  ])('may be written %j', (text, value) => {
    expect(scoreOn({ ...valuesOf('gas'), max: 3 } as ScaleValues, text, undefined)).toEqual(points(value));
  });

  it.each(['', 'three', '1+', '1/10', '>3', '1e0', '0x1', '1,5', '.5', '1.'])('is not %j', (text) => {
    expect(scoreOn(valuesOf('pain-nrs'), text, undefined)).toBeUndefined();
  });

  it('has no unit, or says that it is a score', () => {
    for (const unit of ['{score}', 'score', 'Points', ' point '])
      expect(scoreOn(valuesOf('psfs'), 2, unit)).toEqual(points(2));
    expect(scoreOn(valuesOf('psfs'), 2, 'mL')).toBeUndefined();
  });
});

describe('an angle', () => {
  it.each(['tardieu-r1', 'tardieu-r2'])('%s is in degrees, from -180 to 180', (part) => {
    const on = (value: number, unit?: string) => scoreOn(partOf('tardieu', part), value, unit);
    expect(on(20.5)).toEqual({ kind: 'number', value: 20.5, unit: 'deg' });
    expect([on(-180)?.kind, on(180)?.kind, on(-181), on(181)]).toEqual(['number', 'number', undefined, undefined]);
    for (const unit of ['deg', 'degree', 'degrees', '°']) expect(on(1, unit)?.kind).toBe('number');
    expect([on(1, 'rad'), on(1, '{score}')]).toEqual([undefined, undefined]);
  });
});

describe('a grade', () => {
  const grade = (code: string) => ({ kind: 'grade', code });
  const mas = (value: number | string, unit?: string) => scoreOn(valuesOf('mas'), value, unit);
  const gmfcs = (value: number | string) => scoreOn(valuesOf('gmfcs'), value, undefined);

  it('of the Modified Ashworth Scale is one of six, of which 1+ is no number', () => {
    expect(['0', 1, '1+', ' 2', 3, '4'].map((value) => mas(value))).toEqual(
      ['mas-0', 'mas-1', 'mas-1-plus', 'mas-2', 'mas-3', 'mas-4'].map(grade),
    );
  });

  it.each([5, -1, 1.5, '1,5', '+1', '++', '1 +'])('of the Modified Ashworth Scale is not %j', (value) => {
    expect(mas(value)).toBeUndefined();
  });

  it('has no unit', () => {
    expect(mas('1', '{score}')).toBeUndefined();
  });

  it('of the GMFCS is a level, however it is written', () => {
    expect(['I', 'ii', 'Level III', 4, 'GMFCS V'].map(gmfcs)).toEqual(
      ['gmfcs-1', 'gmfcs-2', 'gmfcs-3', 'gmfcs-4', 'gmfcs-5'].map(grade),
    );
    expect([gmfcs(0), gmfcs(6), gmfcs('VI')]).toEqual([undefined, undefined, undefined]);
  });
});
