import { describe, expect, it } from 'vitest';
import {
  components,
  escaped,
  fieldOf,
  hl7Time,
  segment,
  segmentsOf,
  withFields,
} from '../../../src/sync/message/er7.ts';

describe('text in HL7 v2', () => {
  it.each([
    ['a|b', 'a\\F\\b'],
    ['a^b', 'a\\S\\b'],
    ['a&b', 'a\\T\\b'],
    ['a~b', 'a\\R\\b'],
    ['a\\b', 'a\\E\\b'],
    ['\\F\\', '\\E\\F\\E\\'],
    ['a\r\nb\nc\rd', 'a\\.br\\b\\.br\\c\\.br\\d'],
    ['a\u000bb\u001cc\td', 'a\\X0B\\b\\X1C\\c\\X09\\d'],
    ['é – µ', 'é – µ'],
  ])('%j is %j', (text, er7) => expect(escaped(text)).toBe(er7));
});

describe('a time in HL7 v2', () => {
  it.each([
    ['2024-06-25T10:00:00-04:00', '20240625100000-0400'],
    ['2024-06-25T10:00:07.250Z', '20240625100007+0000'],
    ['2024-06-25', '20240625'],
    ['2024-06', '202406'],
    ['2024', '2024'],
  ])('%s is %s', (fhir, hl7) => expect(hl7Time(fhir)).toBe(hl7));
});

describe('a segment', () => {
  it('has its fields in their places, and nothing after the last', () => {
    expect(segment('OBX', { 2: 'NM', 5: '1', 7: undefined })).toBe('OBX||NM|||1');
    expect(segment('PV1', {})).toBe('PV1');
  });

  it('has components that end with the last one stated', () => {
    expect(components('a', undefined, 'c^d', undefined)).toBe('a^^c\\S\\d');
    expect(components(undefined)).toBe('');
  });
});

describe('a message', () => {
  const er7 = 'MSH|^~\\&|A|B\rPID|1||x\r\nOBX|1|a\rOBX|2\n';

  it('is its segments, whatever ends a line', () =>
    expect(segmentsOf(er7)).toEqual(['MSH|^~\\&|A|B', 'PID|1||x', 'OBX|1|a', 'OBX|2']));

  it('has fields by their numbers, the separator being the first of its header', () => {
    expect(fieldOf(er7, 'MSH', 3)).toBe('A');
    expect(fieldOf(er7, 'PID', 3)).toBe('x');
    expect(fieldOf(er7, 'OBX', 2)).toBe('a');
    expect(fieldOf(er7, 'PI', 1)).toBeUndefined();
    expect(fieldOf(er7, 'ZZZ', 1)).toBeUndefined();
  });

  it('can have fields of all segments of a name replaced', () => {
    expect(withFields(er7, 'OBX', { 3: 'D' })).toBe('MSH|^~\\&|A|B\rPID|1||x\rOBX|1|a|D\rOBX|2||D\r');
    expect(withFields(er7, 'MSH', { 3: 'C', 6: 'F' })).toBe('MSH|^~\\&|C|B||F\rPID|1||x\rOBX|1|a\rOBX|2\r');
  });
});
