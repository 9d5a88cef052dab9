import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadScales, type ScaleValues } from '../../src/fhir/scales.ts';
import { codeSystem } from '../../src/fhir/systems.ts';
import { carries, standing } from './element.ts';
import { leaves } from './leaves.ts';
import { type FieldRow, kindsOf, pathOf, rows } from './table.ts';
import { desiredBy, reporting } from './therapy.ts';

/** Every word of the therapy is taken: each code of ours, each name in the tables by which sources write one. */

const mappings = join(import.meta.dirname, '..', '..', 'mappings');
const read = (name: string) => JSON.parse(readFileSync(join(mappings, name), 'utf8'));

const codesOf = (system: string): string[] =>
  (read('codes-own.json') as { system: string; code: string }[])
    .filter((row) => row.system === codeSystem(system))
    .map(({ code }) => code);

interface Translated {
  readonly code: string;
  readonly target: readonly [{ readonly code: string }];
}

/** [what a source writes, the code that it stands for] */
function wordsOf(map: string): [string, string][] {
  const { group } = read(`conceptmaps/${map}.json`) as { group: { element: Translated[] }[] };
  return group.flatMap(({ element }) => element.map(({ code, target }): [string, string] => [code, target[0].code]));
}

/** The row of a field; where it has several, that of the element. */
function rowOf(event: string, fhir = ''): FieldRow {
  const row = rows.find((each) => each.event === event && each.fhir.startsWith(fhir));
  if (!row) throw new Error(`no row of ${event}`);
  return row;
}

function expectTaken(row: FieldRow, value: unknown, says: unknown): void {
  const [kind = ''] = kindsOf(row);
  const result = desiredBy(reporting(row, kind, value));
  expect(carries(result, row, says), JSON.stringify(standing(result, row))).toBe(true);
  expect(result.remarks.filter(({ held }) => held)).toEqual([]);
}

describe('alarms', () => {
  const { alarms } = read('alarms.json') as { alarms: { code: string; alsoWritten: string[] }[] };
  const written = alarms.flatMap(({ code, alsoWritten }) =>
    [code, ...alsoWritten].map((word) => [word, code] as const),
  );

  test('every alarm code stands in the table of alarms', () => {
    expect(alarms.map(({ code }) => code).toSorted()).toEqual(codesOf('itb-alarm').toSorted());
  });
  test.each(written)('%s is %s, heard or read from the log', (word, code) => {
    expectTaken(rowOf('alarm.code'), word, code);
    expectTaken(rowOf('interrogation.pumpLog[].code'), word, code);
  });
});

describe('infusion modes', () => {
  const of = { concentrationUgPerMl: 2000 };
  const programmes: Readonly<Record<string, object>> = {
    'simple-continuous': { ...of, doseUgPerDay: 200 },
    flex: { ...of, doseUgPerDay: 200, flexSteps: [{ start: '00:00', doseUg: 200 }] },
    'periodic-bolus': { ...of, doseUgPerDay: 200, bolus: { doseUg: 50, intervalHours: 6 } },
    'single-bolus': { ...of, bolus: { doseUg: 50, durationMinutes: 10 } },
    'minimum-rate': { ...of, rateMlPerDay: 0.006 },
    stopped: {},
    'patient-activated': { ...of, doseUgPerDay: 48, patientBolus: { doseUg: 10 } },
  };
  const asRead: FieldRow = {
    ...rowOf('*.program.mode'),
    event: 'interrogation.program.mode',
    fhir: 'Observation[itb-pump-status].component(infusion-mode).value',
  };

  test.each(codesOf('itb-infusion-mode'))('%s', (mode) => {
    expectTaken(asRead, { mode, ...programmes[mode] }, mode);
  });
});

describe('complications', () => {
  const words = [
    ...codesOf('itb-complication').map((code): [string, string] => [code, code]),
    ...wordsOf('source-complication'),
  ];

  test.each(words)('%s is %s', (word, code) => {
    expectTaken(rowOf('complication.code', 'Observation'), word, code);
    expectTaken(rowOf('complication.code', 'AdverseEvent'), word, code);
    expectTaken(rowOf('complication.consequences[]'), word, code);
  });
  test.each(wordsOf('source-symptom'))('the symptom %s is %s', (word, code) => {
    const coded: FieldRow = {
      ...rowOf('complication.symptoms[]'),
      fhir: 'Observation[itb-complication].component(complication-symptom).value',
      compare: 'code',
      system: 'http://snomed.info/sct',
    };
    expectTaken(coded, word, code);
  });
});

describe('scales', () => {
  const scales = loadScales(mappings);
  const grade: FieldRow = rowOf('assessment.value');
  const score: FieldRow = { ...grade, compare: 'quantity' };

  test('every scale of ours says what values it takes', () => {
    expect([...scales.keys()].toSorted()).toEqual(codesOf('itb-assessment-scale').toSorted());
  });
  test.each(wordsOf('source-scale'))('%s is %s', (word, code) => {
    const { value } = scales.get(code) ?? { value: undefined };
    expectTaken({ ...rowOf('assessment.scale'), with: { value: valuesOf(value as ScaleValues)[0]?.[0] } }, word, code);
  });
  test.each([...scales.values()])('$code, each value or both ends', ({ code, value, parts }) => {
    const unit = (of: ScaleValues) => (of.kind === 'number' ? of.units[0] : '');
    for (const [written, says] of valuesOf(value)) {
      const row = { ...(value.kind === 'grade' ? grade : score), unit: unit(value), with: { scale: code } };
      expectTaken(row, written, says);
    }
    for (const part of parts) {
      const given = { scale: code, value: undefined, 'parts[].part': part.written[0] };
      const row = { ...rowOf('assessment.parts[].value'), unit: unit(part.value), with: given };
      for (const [written, says] of valuesOf(part.value)) expectTaken(row, written, says);
    }
  });
});

/** [what a source writes, what the resource says] */
function valuesOf(values: ScaleValues): [string | number, string | number][] {
  if (values.kind === 'number') return [values.min, values.max].map((end) => [end, end]);
  return values.grades.flatMap(({ code, written }) => written.map((word): [string, string] => [word, code]));
}

const snomed = 'http://snomed.info/sct';

describe('places, products, diagnoses', () => {
  const sites = { fhir: 'Procedure[itb-procedure].bodySite', compare: 'code', system: snomed } as const;

  test.each(wordsOf('vertebral-level-to-snomed'))('tip level %s is %s', (level, code) => {
    expectTaken({ ...rowOf('{implant,revision}.catheter.tipLevel'), ...sites }, level, code);
  });
  test.each(wordsOf('source-body-site'))('pocket site %s is %s', (site, code) => {
    expectTaken({ ...rowOf('{implant,revision}.pump.pocketSite'), ...sites }, site, code);
  });
  test.each(wordsOf('source-indication'))('diagnosis %s is %s', (word, code) => {
    const row = rowOf(/^\d+$/.test(word) ? 'baseline.diagnosis.code' : 'baseline.diagnosis.display');
    const system = /^\d+$/.test(word) ? snomed : 'urn:oid:2.16.840.1.113883.19.5.99';
    const named = { 'diagnosis.system': system, ...(row.with ?? { 'diagnosis.code': 'D1' }) };
    const coded = { fhir: 'Observation[itb-baseline].component(diagnosis).value', compare: 'code' } as const;
    expectTaken({ ...row, ...coded, system: snomed, with: named }, word, code);
  });
  test.each((read('products.json') as { products: { ndc: string; concentrationUgPerMl: number }[] }).products)(
    'product $ndc',
    ({ ndc, concentrationUgPerMl }) => {
      const row = rowOf('*.fill.ndc');
      const [labeller = '', product = '', pack = ''] = ndc.split('-');
      const eleven = `${labeller.padStart(5, '0')}-${product.padStart(4, '0')}-${pack.padStart(2, '0')}`;
      const result = desiredBy(
        reporting({ ...row, with: { ...row.with, 'fill.concentrationUgPerMl': concentrationUgPerMl } }, 'refill', ndc),
      );
      expect(
        [ndc, eleven].some((code) => carries(result, row, code)),
        JSON.stringify(standing(result, row)),
      ).toBe(true);
    },
  );
  test.each(models())('pump model %s of %s is known as a %s', (model, manufacturer, kind) => {
    const row = rowOf('{every-pump-event}.pump.kind');
    const label = { 'pump.manufacturer': manufacturer, 'pump.model': model };
    expectTaken({ ...row, event: 'refill.pump.kind', with: { ...label, 'pump.udi': null } }, undefined, kind);
  });
});

function models(): [string, string, string][] {
  const families = readdirSync(join(mappings, 'pumps')).map((name) => read(`pumps/${name}`));
  return families.flatMap(({ models, manufacturer, kind }) =>
    (models as { names: string[] }[]).flatMap(({ names }) =>
      names.map((name): [string, string, string] => [name, manufacturer, kind]),
    ),
  );
}

describe('every choice that a field leaves', () => {
  const open = rows.filter((row) => !row.at);
  const chosen = [...leaves].flatMap(([kind, ofKind]) =>
    ofKind.flatMap(({ path, choices }) => {
      const row = open.find((each) => pathOf(each) === path && kindsOf(each)[0] === kind);
      return row && choices ? [[`${kind}.${path}`, row, kind, choices] as const] : [];
    }),
  );

  test.each(chosen)('%s is taken, and no two say the same', (_, row, kind, choices) => {
    const said = choices.map((choice) => {
      const { resources, remarks } = desiredBy(reporting(row, kind, choice));
      expect(remarks.filter(({ held }) => held)).toEqual([]);
      return JSON.stringify(resources);
    });
    expect(new Set(said).size).toBe(choices.length);
  });
});
