import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { type Fields, pump, report } from '../../therapy/reports.ts';
import { implant, nameOf, only, ours, readOn, remarksOn, said, written } from './clinic.ts';

const assess = (fields: Fields) => report('assessment', 'A', '2024-06-25T10:30:00-04:00', fields);
const made = (fields: Fields) => only<Observation>(written([assess(fields)]), 'itb-assessment');
const remarks = (fields: Fields) => {
  const result = written([assess(fields)]);
  return { remarks: remarksOn(result, 'A'), written: result.resources.length };
};
const quantity = (value: number, code: string) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });
const survey = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey', display: 'Survey' }],
};

describe('an assessment', () => {
  it('of the Modified Ashworth Scale states a grade, the muscle group and the side', () => {
    const fields = { scale: 'MAS', site: 'knee flexors', side: 'left', value: '1+', note: 'after stretching' };
    expect(said(made({ ...fields, recordedAt: undefined }))).toEqual({
      resourceType: 'Observation',
      status: 'final',
      effectiveDateTime: '2024-06-25T10:30:00-04:00',
      category: [survey],
      code: ours('itb-assessment-scale', 'mas', 'Modified Ashworth Scale'),
      valueCodeableConcept: ours('itb-assessment-grade', 'mas-1-plus', '1+'),
      note: [{ text: 'after stretching' }],
      bodySite: { text: 'knee flexors, left' },
    });
  });

  it.each([
    ['left', 'left'],
    ['right', 'right'],
    ['both', 'both sides'],
  ])('of the %s side says so without a site', (side, text) => {
    expect(made({ scale: 'MAS', side, value: 2 }).bodySite).toEqual({ text });
  });

  it('of pain states a score under the LOINC code of the scale too', () => {
    const { code, valueQuantity } = made({ scale: 'pain NRS', value: 6 });
    expect(code.coding?.map((coding) => coding.code)).toEqual(['pain-nrs', '72514-3']);
    expect(valueQuantity).toEqual(quantity(6, '{score}'));
  });

  it('of a goal has the LOINC code only where a practitioner scored it later', () => {
    const codes = (scale: string) => made({ scale, value: -1 }).code.coding?.map(({ code }) => code);
    expect(codes('GAS')).toEqual(['gas']);
    expect(codes('GAS baseline')).toEqual(['gas-baseline']);
    expect(codes('gas follow-up')).toEqual(['gas-follow-up', '107333-7']);
  });

  it('of angles states them as components, without a value of the whole', () => {
    const fields = {
      scale: 'Modified Tardieu Scale',
      parts: [
        { part: 'r1', value: 20, unit: 'degrees' },
        { part: 'R2', value: '75' },
        { part: 'Quality', value: 2 },
      ],
    };
    const resource = made(fields);
    expect(resource).not.toHaveProperty('valueQuantity');
    expect(resource).not.toHaveProperty('dataAbsentReason');
    expect(resource.component).toEqual([
      { code: ours('itb-assessment-part', 'tardieu-r1', 'Angle of catch (R1)'), valueQuantity: quantity(20, 'deg') },
      { code: ours('itb-assessment-part', 'tardieu-r2', 'Passive range (R2)'), valueQuantity: quantity(75, 'deg') },
      {
        code: ours('itb-assessment-part', 'tardieu-quality', 'Quality of muscle reaction'),
        valueQuantity: quantity(2, '{score}'),
      },
    ]);
  });

  it('of spasms may state frequency and severity', () => {
    const { valueQuantity, component } = made({ scale: 'Penn', value: 3, parts: [{ part: 'severity', value: 1 }] });
    expect(valueQuantity).toEqual(quantity(3, '{score}'));
    expect(component).toEqual([
      {
        code: ours('itb-assessment-part', 'psfs-severity', 'Severity of spasms'),
        valueQuantity: quantity(1, '{score}'),
      },
    ]);
  });

  it('of occupational performance states both scores', () => {
    const parts = [
      { part: 'performance', value: 4.2 },
      { part: 'satisfaction', value: 3 },
    ];
    expect(made({ scale: 'COPM', parts }).component).toEqual([
      { code: ours('itb-assessment-part', 'copm-performance', 'Performance'), valueQuantity: quantity(4.2, '{score}') },
      { code: ours('itb-assessment-part', 'copm-satisfaction', 'Satisfaction'), valueQuantity: quantity(3, '{score}') },
    ]);
  });

  it('is about the pump where the report names it', () => {
    const result = written([implant, assess({ scale: 'MAS', value: 1, pump })]);
    const { focus } = only<Observation>(result, 'itb-assessment');
    expect(focus?.map(({ reference }) => nameOf(result, reference))).toEqual(['NGP710001H']);
  });

  it('without a score is written as such, and told', () => {
    const result = written([assess({ scale: 'FIM', note: 'too tired' })]);
    const resource = only<Observation>(result, 'itb-assessment');
    expect(resource.dataAbsentReason?.coding).toEqual([
      { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown', display: 'Unknown' },
    ]);
    expect(resource.note).toEqual([{ text: 'too tired' }]);
    expect(remarksOn(result, 'A')).toEqual([['score-missing', 'value', false]]);
    expect(readOn(result, 'A')).toEqual(['warning: the assessment states no score']);
  });
});

describe('an assessment is held', () => {
  const offScale = 'the value or its unit is not on the scale';
  const why = new Map([
    ['scale', 'the scale is not in the ConceptMap'],
    ['parts[0].part', 'the scale has no such part'],
  ]);

  it.each([
    ['on a scale that nobody knows', { scale: 'a scale', value: 1 }, 'code-unmapped', 'scale'],
    ['with a value off its scale', { scale: 'Penn', value: 7 }, 'value-not-on-scale', 'value'],
    ['with a value in another unit', { scale: 'Penn', value: 2, unit: 'mL' }, 'value-not-on-scale', 'value'],
    [
      'with a part that the scale has not',
      { scale: 'COPM', parts: [{ part: 'R1', value: 2 }] },
      'code-unmapped',
      'parts[0].part',
    ],
    [
      'with a part off its scale',
      {
        scale: 'COPM',
        parts: [
          { part: 'performance', value: 4 },
          { part: 'satisfaction', value: 11 },
        ],
      },
      'value-not-on-scale',
      'parts[1].value',
    ],
    [
      'with a part in another unit',
      { scale: 'Tardieu', parts: [{ part: 'R1', value: 4, unit: 'cm' }] },
      'value-not-on-scale',
      'parts[0].value',
    ],
  ])('%s', (_, fields, code, field) => {
    expect(remarks(fields)).toEqual({ remarks: [[code, field, true]], written: 0 });
    expect(readOn(written([assess(fields)]), 'A')).toEqual([`error: ${why.get(field) ?? offScale}`]);
  });
});
