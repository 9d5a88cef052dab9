import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { codeMapOf } from '../../../src/intake/source/code-maps.ts';
import { type CodeMaps, compile, type Source } from '../../../src/intake/source/compile.ts';
import { mapRecord } from '../../../src/intake/source/map-record.ts';
import { recordOf } from '../../../src/intake/source/record.ts';
import { sourceMap } from '../../../src/intake/source/schema.ts';

export const mappingsDir = resolve(import.meta.dirname, '..', '..', '..', 'mappings');

/** Field maps written for a test, over the ConceptMaps that ship. */
export const codeMaps = (): CodeMaps => {
  const codes = loadCodes(mappingsDir);
  return (ids) => {
    try {
      const maps = [ids]
        .flat()
        .map((id) => JSON.parse(readFileSync(join(mappingsDir, 'conceptmaps', `${id}.json`), 'utf8')));
      return codeMapOf(
        maps.flatMap(({ url, group }) => group.map((it: object) => ({ ...it, url }))),
        codes,
      );
    } catch {
      return undefined;
    }
  };
};

export const faultsOf = (map: object): readonly string[] => {
  const compiled = compile(sourceMap.parse(map), codeMaps());
  return 'faults' in compiled ? compiled.faults : [];
};

export function sourceOf(map: object): Source {
  const compiled = compile(sourceMap.parse(map), codeMaps());
  if ('faults' in compiled) throw new Error(compiled.faults.join('\n'));
  return compiled;
}

/** A clinic's list of refills. */
export const refillList = {
  name: 'refill-list',
  version: '1',
  description: 'refills of a clinic',
  format: 'csv',
  match: { columns: ['id', 'when', 'ml'] },
  timeZone: 'America/Chicago',
  source: { system: 'urn:x-clinic', eventId: '{id}' },
  units: { 'mcg/mL': 'ug/mL' },
  tables: { yesNo: { Y: true, N: false } },
  amendment: {
    from: 'status',
    values: { new: 'new', corrected: 'correction', deleted: 'void', draft: 'ignore' },
    names: 'of',
    reason: 'why',
  },
  events: [
    {
      type: 'refill',
      per: 'row',
      fields: [
        { from: 'when', to: 'occurredAt', required: true },
        { from: 'mrn', to: 'patient.identifier.value', required: true },
        { constant: 'urn:x-mrn', to: 'patient.identifier.system' },
        { from: 'ml', to: 'fill.volumeMl', unit: 'mL', required: true },
        { from: 'conc', to: 'fill.concentrationUgPerMl', unit: 'ug/mL', unitFrom: 'conc_unit' },
        { from: 'left', to: 'residual.measuredMl', unit: 'mL', unknown: ['?'] },
        { from: 'attempts', to: 'needleAttempts' },
        { from: 'test', to: 'test', values: 'yesNo' },
        { from: 'recorded', to: 'recordedAt', whenPartial: 'leave-out' },
      ],
    },
  ],
  kept: ['room'],
  ignored: [{ path: 'colour', reason: 'for the eye' }],
} as const;

const complete = { id: 'R1', when: '2026-11-03 10:15', mrn: 'M1', ml: '20', conc: '2000', conc_unit: 'mcg/mL' };

/** Reads one row, with what the test changes of it; an empty cell is no value. */
export function readRow(changes: Readonly<Record<string, string>> = {}, map: object = refillList) {
  const row = { ...complete, ...changes };
  const values = Object.entries(row).flatMap(([path, text]) =>
    text === '' ? [] : [{ path, text, place: { row: 2, field: path } }],
  );
  const read = mapRecord(sourceOf(map), recordOf(values), { format: 'csv', payload: 'the row', place: { row: 2 } });
  return { ...read, item: read.items[0] };
}

/** Codes and places of what is wrong with a row. */
export function problemsOf(changes: Readonly<Record<string, string>>, map?: object): string[] {
  const { item } = readRow(changes, map);
  const problems = item && 'problems' in item ? item.problems : [];
  return problems.map(({ code, place }) => `${place?.field} ${code}`);
}
