import { describe, expect, test } from 'vitest';
import { formatOf } from '../../src/commands/input-format.ts';
import { csvOf, doseChange, shippedSources } from '../intake/csv/tables.ts';

const formatIn = (text: string | Buffer, path = '-', stated: object = {}) =>
  formatOf(path, Buffer.from(text as string), { sources: shippedSources(), ...stated });

const event = { schemaVersion: 1, type: 'void', extra: { resourceType: 'Patient' } };
const bundle = { meta: { tag: [{ code: 'schemaVersion' }] }, resourceType: 'Bundle', entry: [] };

describe('the format of a file is known', () => {
  test.each([
    ['an HL7 v2 message', 'MSH|^~\\&|A|B\rPID|1\r', 'hl7v2'],
    ['an HL7 v2 message in its frame', '\x0bMSH|^~\\&|A|B\r', 'hl7v2'],
    ['a batch of HL7 v2', 'FHS|^~\\&\r', 'hl7v2'],
    ['one event', JSON.stringify(event), 'json'],
    ['an array of events', JSON.stringify([event], null, 2), 'json'],
    ['events, one a line', `${JSON.stringify(event)}\n${JSON.stringify(event)}\n`, 'ndjson'],
    ['a Bundle', JSON.stringify(bundle, null, 2), 'fhir'],
    ['an array of resources', JSON.stringify([bundle]), 'fhir'],
    ['resources, one a line', `${JSON.stringify(bundle)}\n${JSON.stringify(bundle)}\n`, 'fhir'],
    ['CSV whose header a field map knows', csvOf([doseChange()], ';'), 'csv'],
    ['CSV with a mark', `\uFEFF${csvOf([doseChange()])}`, 'csv'],
    ['what is nothing of all that', 'not json, at all', 'json'],
    ['nothing', '', 'json'],
  ])('%s', (_what, text, format) => {
    expect(formatIn(text)).toBe(format);
  });

  test('by the name of the file, by its field map, or as stated', () => {
    expect(formatIn('a,b\n', 'rows.CSV')).toBe('csv');
    expect(formatIn('{"a":\n', 'rows.ndjson')).toBe('ndjson');
    expect(formatIn('a,b\n', 'x', { source: 'redcap' })).toBe('csv');
    expect(formatIn('{', 'x', { source: 'ras-refill' })).toBe('hl7v2');
    expect(formatIn('{', 'x.csv', { source: 'redcap', format: 'json' })).toBe('json');
  });

  test('UTF-16 is CSV', () => {
    expect(formatIn(Buffer.from('\uFEFFa,b', 'utf16le'))).toBe('csv');
  });
});
