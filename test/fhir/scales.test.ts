import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../src/fhir/codes.ts';
import { loadScales } from '../../src/fhir/scales.ts';
import { itb } from '../../src/fhir/systems.ts';
import { root } from './examples.ts';

const mappings = join(root, 'mappings');
const codes = loadCodes(mappings);
const scales = loadScales(mappings);
const own = JSON.parse(readFileSync(join(mappings, 'codes-own.json'), 'utf8')) as { system: string; code: string }[];
const codesOf = (system: string) => own.filter((row) => row.system === system).map(({ code }) => code);

describe('the table of scales', () => {
  it('has a row for each scale that we publish, and no other', () => {
    expect([...scales.keys()].sort()).toEqual(codesOf(itb.assessmentScale).sort());
  });

  it('uses every grade and every part that we publish, and no other', () => {
    const all = [...scales.values()];
    const grades = all.flatMap(({ value }) => (value.kind === 'grade' ? value.grades.map(({ code }) => code) : []));
    const parts = all.flatMap((scale) => scale.parts.map(({ code }) => code));
    expect(grades.sort()).toEqual(codesOf(itb.assessmentGrade).sort());
    expect(parts.sort()).toEqual(codesOf(itb.assessmentPart).sort());
  });

  it('says for each value where it comes from, and whether a source was seen', () => {
    const values = [...scales.values()].flatMap(({ value, parts }) => [value, ...parts.map((part) => part.value)]);
    expect(values.filter(({ source, verified }) => !verified !== source.startsWith('Customary'))).toEqual([]);
  });

  it('writes no grade of one scale in two ways that mean different things', () => {
    for (const { value } of scales.values()) {
      if (value.kind !== 'grade') continue;
      const written = value.grades.flatMap((grade) => grade.written.map((each) => each.toLowerCase()));
      expect(new Set(written).size).toBe(written.length);
    }
  });

  it('is reached by the code of a scale', () => {
    expect(codes.scale('gmfcs')).toEqual(scales.get('gmfcs'));
    expect(codes.scale('apgar')).toBeUndefined();
  });

  it('names its file when it is not valid', () => {
    const folder = mkdtempSync(join(tmpdir(), 'itb-scales-'));
    writeFileSync(join(folder, 'scales.json'), '[{"code":"mas"}]');
    expect(() => loadScales(folder)).toThrow(/scales\.json: /);
  });
});
