import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { loadSources, mapFiles, schemaFile } from '../../../src/intake/source/load.ts';
import { sourceMap, sourceMapJsonSchema } from '../../../src/intake/source/schema.ts';
import { faultsOf, mappingsDir, refillList } from './site-map.ts';

const changed = (row: object) => ({ ...refillList, events: [{ type: 'refill', per: 'row', fields: [row] }] });

describe('a field map that cannot be used', () => {
  it.each([
    [{ from: 'x', to: 'fill.volumeMl' }, 'events[0].fields[0].unit: this field is in mL; say so'],
    [{ from: 'x', to: 'fill.volumeMl', unit: 'L' }, 'events[0].fields[0].unit: this field is in mL; say so'],
    [{ from: 'x', to: 'fill.volume' }, 'events[0].fields[0].to: events of type refill have no field fill.volume'],
    [{ from: 'x', to: 'test' }, 'events[0].fields[0].values: say which words mean true and false'],
    [{ from: 'x', to: 'reason', values: 'none' }, 'events[0].fields[0].values: there is no none in tables'],
    [{ from: 'x', to: 'reason', codeMap: 'none' }, 'events[0].fields[0].codeMap: there is no ConceptMap none'],
    [{ observation: 'x', to: 'reason' }, 'events[0].fields[0].observation: the map has no observations'],
    [
      { from: 'x', to: 'reason', unknown: ['?'] },
      'events[0].fields[0].unknown: this field cannot say so; leave it out',
    ],
    [
      { from: 'x', to: 'program.flexSteps[]', pattern: '{begin}' },
      'events[0].fields[0].pattern: members of this list have no field begin',
    ],
  ])('%j is told at its place in the file', (row, says) => {
    expect(faultsOf(changed(row))).toEqual([says]);
  });

  it('may state nothing clinical by itself', () => {
    const constant = (to: string) => sourceMap.safeParse(changed({ constant: 'baclofen', to })).success;
    expect(constant('fill.drug')).toBe(false);
    expect(constant('program.mode')).toBe(false);
    expect(constant('pump.manufacturer')).toBe(false);
    expect(constant('patient.identifier.system')).toBe(true);
    expect(constant('clinic.display')).toBe(true);
  });
});

describe('the field maps that ship', () => {
  const sources = () => loadSources(mappingsDir, loadCodes(mappingsDir));

  it('can be used, each under the name of its file', () => {
    expect(sources().all.map(({ name }) => join(mappingsDir, 'sources', `${name}.json`))).toEqual(
      mapFiles(mappingsDir),
    );
  });

  it('are found by what a message or a file is', () => {
    const of = (type: string, profiles: string[] = []) => sources().forHl7({ type, version: '2.5.1', profiles })?.name;
    expect([of('ORU^R01'), of('RAS^O17'), of('MDM^T02'), of('ADT^A08')]).toEqual([
      'oru-flowsheet',
      'ras-refill',
      'mdm-complication',
      undefined,
    ]);
    expect(of('ORU^R01', ['IHE_PCD_001'])).toBe('oru-pcd');
    expect(sources().forCsvHeader(['source_event_id', 'event_type'])).toBeUndefined();
  });

  it('name the schema that an editor completes them by, as it is now', () => {
    const written = JSON.parse(readFileSync(join(mappingsDir, 'sources', schemaFile), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(sourceMapJsonSchema())));
    for (const path of mapFiles(mappingsDir)) {
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ $schema: `./${schemaFile}` });
    }
  });
});
