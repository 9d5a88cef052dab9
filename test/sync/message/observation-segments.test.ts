import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { isReadable, observationSegments } from '../../../src/sync/message/observation-segments.ts';

const itb = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation';
const own = (code: string, display = code) => ({ system: itb, code, display });

const observed = (changes: object, code: object = { coding: [own('mode', 'Mode')], text: 'Mode' }): Observation =>
  ({ resourceType: 'Observation', status: 'final', code, ...changes }) as Observation;

const noPump = () => undefined;

const fieldsOf = (observation: Observation, version: '2.3' | '2.4' | '2.5' | '2.5.1' = '2.5.1') =>
  (observationSegments([observation], version, 'F', noPump)[0] ?? '').split('|');

describe('the value of an Observation in HL7 v2', () => {
  it.each([
    [
      'a number with its unit',
      { valueQuantity: { value: 0.1, unit: 'ug/d', code: 'ug/d', system: 'http://unitsofmeasure.org' } },
      'NM',
      '0.1',
      'ug/d^ug/d^UCUM',
    ],
    ['a number of another unit', { valueQuantity: { value: 3, unit: 'points' } }, 'NM', '3', 'points'],
    [
      'a number whose unit has only a code',
      { valueQuantity: { value: 3, code: 'mL', system: 'http://unitsofmeasure.org' } },
      'NM',
      '3',
      'mL^mL^UCUM',
    ],
    ['a bound', { valueQuantity: { value: 1.2, comparator: '>=' } }, 'SN', '>=^1.2', ''],
    ['an integer', { valueInteger: 0 }, 'NM', '0', ''],
    ['a yes', { valueBoolean: true }, 'CWE', 'Y^Yes^HL70136', ''],
    ['a no', { valueBoolean: false }, 'CWE', 'N^No^HL70136', ''],
    ['a day', { valueDateTime: '2025-06-03' }, 'DT', '20250603', ''],
    ['an instant', { valueDateTime: '2025-06-03T10:00:00Z' }, 'TS', '20250603100000+0000', ''],
    ['a time of day', { valueTime: '06:30:00' }, 'TM', '063000', ''],
    ['words', { valueString: 'kink | leak' }, 'ST', 'kink \\F\\ leak', ''],
    ['many words', { valueString: 'x'.repeat(200) }, 'TX', 'x'.repeat(200), ''],
    ['fewer words', { valueString: 'x'.repeat(199) }, 'ST', 'x'.repeat(199), ''],
    [
      'a ratio',
      { valueRatio: { numerator: { value: 7, code: 'ug' }, denominator: { value: 7, code: 'd' } } },
      'ST',
      '7 ug in 7 d',
      '',
    ],
    ['a period', { valuePeriod: { start: '2024', end: '2025' } }, 'ST', '2024 to 2025', ''],
    ['a code', { valueCodeableConcept: { coding: [own('flex', 'Flex')], text: 'Flex' } }, 'CWE', 'flex^Flex^99ITB', ''],
  ])('is %s', (_what, value, type, text, units) => {
    const fields = fieldsOf(observed(value));
    expect(fields.slice(2, 4)).toEqual([type, 'mode^Mode^99ITB']);
    expect([fields[5], fields[6] ?? '', fields[11]]).toEqual([text, units, 'F']);
  });

  it('is none where it could not be obtained', () => {
    const fields = fieldsOf(observed({ dataAbsentReason: { text: 'not performed' } }));
    expect([fields[2], fields[5], fields[11]]).toEqual(['', '', 'X']);
  });

  it('is coded as the older versions can', () => {
    const coded = observed({ valueCodeableConcept: { text: 'Flex' } });
    expect(fieldsOf(coded, '2.3').slice(2, 6)).toEqual(['CE', 'mode^Mode^99ITB', '1', '^Flex']);
    expect(fieldsOf(coded, '2.4')[2]).toBe('CE');
    expect(fieldsOf(coded, '2.5').slice(2, 6)).toEqual(['CWE', 'mode^Mode^99ITB', '1', '^^^^^^^^Flex']);
  });
});

describe('a code in HL7 v2', () => {
  const codeOf = (concept: object, version: '2.3' | '2.5.1' = '2.5.1') =>
    fieldsOf(observed({ valueInteger: 1 }, concept), version)[3];
  const loinc = { system: 'http://loinc.org', code: '72514-3', display: 'Pain' };
  const snomed = { system: 'http://snomed.info/sct', code: '221360009', display: 'Spasticity' };
  const mdc = { system: 'urn:iso:std:iso:11073:10101', code: '157924', display: 'MDC_RATE_DOSE' };
  const unnamed = { system: 'urn:oid:1.2.3', code: '7' };

  it.each([
    ['LOINC first, ours beside it', [own('pain', 'Pain 0-10'), loinc], '72514-3^Pain^LN^pain^Pain 0-10^99ITB'],
    ['ours first, another standard beside it', [mdc, own('dose', 'Dose')], 'dose^Dose^99ITB^157924^MDC_RATE_DOSE^MDC'],
    ['what there is', [snomed], '221360009^Spasticity^SCT'],
    ['the first of several without ours', [snomed, mdc], '221360009^Spasticity^SCT'],
    ['nothing that has no name in HL7 v2', [unnamed, own('dose', 'Dose')], 'dose^Dose^99ITB'],
  ])('is %s', (_what, coding, text) => expect(codeOf({ coding })).toBe(text));

  it('keeps the words of the reporter where they differ, in versions that have a place for them', () => {
    const concept = { coding: [own('pain', 'Pain')], text: 'it hurts' };
    expect(codeOf(concept)).toBe('pain^Pain^99ITB^^^^^^it hurts');
    expect(codeOf(concept, '2.3')).toBe('pain^Pain^99ITB');
    expect(codeOf({ coding: [{ system: itb, code: 'pain' }], text: 'it hurts' }, '2.3')).toBe('pain^it hurts^99ITB');
  });

  it('is words alone where it has no name', () => {
    expect(codeOf({ coding: [unnamed], text: 'score' })).toBe('^^^^^^^^score');
  });
});

describe('the segments of several Observations', () => {
  const panel = observed(
    {
      effectivePeriod: { start: '2024-06-25T10:00:00Z' },
      component: [
        { code: { coding: [own('volume')] }, valueInteger: 38 },
        { code: { coding: [own('step')] }, valueString: 'a' },
        { code: { coding: [own('step')] }, valueString: 'b' },
      ],
    },
    { coding: [own('panel')] },
  );
  const score = observed({ effectiveDateTime: '2024-06-26', valueInteger: 3 }, { coding: [own('volume')] });

  it('are numbered, share a sub-id within one Observation, and tell repeats apart', () => {
    const lines = observationSegments([panel, score], '2.5.1', 'C', noPump).map((line) => line.split('|'));
    expect(lines.map((fields) => [fields[1], fields[3]?.split('^')[0], fields[4], fields[11], fields[14]])).toEqual([
      ['1', 'volume', '1', 'C', '20240625100000+0000'],
      ['2', 'step', '1.1', 'C', '20240625100000+0000'],
      ['3', 'step', '1.2', 'C', '20240625100000+0000'],
      ['4', 'volume', '2', 'C', '20240626'],
    ]);
  });

  it('name the pump by its serial number, in versions that have a place for it', () => {
    const pump = () => ({ serial: 'N^1', manufacturer: 'Medtronic' });
    const last = (version: '2.3' | '2.4') => observationSegments([score], version, 'F', pump)[0]?.split('|')[18];
    expect(last('2.4')).toBe('N\\S\\1^Medtronic');
    expect(last('2.3')).toBeUndefined();
    expect(observationSegments([score], '2.4', 'F', () => ({ serial: 'N1' }))[0]?.split('|')[18]).toBe('N1');
  });

  it('begin with the value of an Observation that has components beside it', () => {
    const both = observed({ valueString: 'kink', component: [{ code: { text: 'cause' }, valueString: 'x' }] });
    expect(observationSegments([both], '2.5', 'F', noPump).map((line) => line.split('|')[5])).toEqual(['kink', 'x']);
  });

  it('are of Observations that can be read', () => {
    expect(isReadable(panel)).toBe(true);
    expect(isReadable(score)).toBe(true);
    expect(isReadable(observed({ dataAbsentReason: { text: 'x' } }))).toBe(true);
    expect(isReadable(observed({ component: [] }))).toBe(false);
    expect(isReadable(observed({}))).toBe(false);
  });
});
