import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, ConceptMap } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { conceptMap, loadCodes, mapSource } from '../../src/fhir/codes.ts';
import { external, itb } from '../../src/fhir/systems.ts';

const root = join(import.meta.dirname, '../..');
const mappings = join(root, 'mappings');
const codes = loadCodes(mappings);

interface Row {
  system: string;
  code: string;
  display: string;
  licence: string;
}

const rows: Row[] = ['codes.json', 'codes-own.json'].flatMap((name) =>
  JSON.parse(readFileSync(join(mappings, name), 'utf8')),
);

const maps: ConceptMap[] = readdirSync(join(mappings, 'conceptmaps')).map((name) =>
  JSON.parse(readFileSync(join(mappings, 'conceptmaps', name), 'utf8')),
);

describe('the code tables', () => {
  test('give a code its display', () => {
    expect(codes.coding(itb.procedure, 'pump-refill')).toEqual({
      system: itb.procedure,
      code: 'pump-refill',
      display: 'Refill of pump reservoir',
    });
  });

  test('do not know a code that a sender made up', () => {
    expect(codes.lookUp(itb.complication, 'made-up')).toBeUndefined();
  });

  test('refuse a code that is not in them: it would be emitted without licence and display', () => {
    expect(() => codes.coding(external.rxnorm, '1292')).toThrow('No row');
  });

  test('leave out the RxNorm codes that nobody has verified', () => {
    const unverified = rows.filter((row) => row.system === external.rxnorm && ['308517', '1292'].includes(row.code));
    expect(unverified).toEqual([]);
  });

  test('name every code once', () => {
    const keys = rows.map(({ system, code }) => `${system} ${code}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('ship SNOMED CT codes of the International Patient Set and no other', () => {
    expect(codes.isShipped(external.snomed, '473023007')).toBe(true);
    expect(codes.isShipped(external.snomed, '230744007')).toBe(false);
  });

  test('ship nothing that they do not hold', () => {
    expect(codes.isShipped(external.loinc, '1-8')).toBe(false);
  });

  test('hold exactly the codes of our published CodeSystems, with the same displays', () => {
    const folder = join(root, 'profiles/generated');
    const published = readdirSync(folder)
      .filter((name) => name.startsWith('CodeSystem-'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CodeSystem)
      .flatMap(({ url, concept = [] }) => concept.map(({ code, display }) => ({ system: url, code, display })));
    const own = rows
      .filter((row) => row.licence === 'own')
      .map(({ system, code, display }) => ({ system, code, display }));
    expect(own).toEqual(published);
  });
});

describe('the concept maps', () => {
  test('translate the scale names of sources', () => {
    expect(codes.translate(conceptMap.sourceScale, mapSource.scale, 'NRS')?.code).toBe('pain-nrs');
  });

  test('pass nothing through that is not mapped', () => {
    expect(codes.translate(conceptMap.sourceScale, mapSource.scale, 'mas')).toBeUndefined();
  });

  test('give a kinked catheter a wider SNOMED CT code from the free set', () => {
    expect(codes.translate(conceptMap.itbToSnomed, itb.complication, 'catheter-kink')).toEqual({
      system: external.snomed,
      code: '473023007',
      display: 'Complication associated with device',
    });
  });

  test('give a licensed SNOMED CT code only to a site that switched the pack on', () => {
    const licensed = loadCodes(mappings, { packs: ['snomed'] });
    expect(codes.translate(conceptMap.itbToSnomed, itb.administration, 'intrathecal')).toBeUndefined();
    expect(licensed.translate(conceptMap.itbToSnomed, itb.administration, 'intrathecal')?.code).toBe('72607000');
  });

  test('have no RxNorm code for 500 ug/mL', () => {
    expect(codes.translate(conceptMap.ndcToRxnorm, external.ndc, '72888-145-36')).toBeUndefined();
    expect(codes.translate(conceptMap.ndcToRxnorm, external.ndc, '25021-679-20')?.code).toBe('1666613');
  });

  test('are those that the code or a field map names', () => {
    const folder = join(mappings, 'sources');
    const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'source.schema.json');
    const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
    const named = texts.flatMap((text) => [...text.matchAll(/"(source-[a-z-]+)"/g)].map(([, id]) => id));
    const urls = named.map((id) => `https://w3id.org/itb-fhir/ConceptMap/${id}`);
    expect(maps.map((map) => map.url).sort()).toEqual([...new Set([...Object.values(conceptMap), ...urls])].sort());
  });

  test('have a row in the tables, with the same display, for every target', () => {
    const targets = maps.flatMap((map) =>
      (map.group ?? []).flatMap(({ target: system, element }) =>
        element.flatMap(({ target = [] }) => target.map(({ code, display }) => ({ system, code, display }))),
      ),
    );
    const known = targets.map(({ system, code }) => codes.lookUp(system as string, code as string));
    expect(targets).toEqual(known);
  });

  test('map only codes of ours that exist', () => {
    const sources = maps
      .flatMap((map) => map.group ?? [])
      .filter(({ source }) => source?.includes('/CodeSystem/'))
      .flatMap(({ source, element }) =>
        element.map(({ code, display }) => ({ system: source as string, code: code as string, display })),
      );
    expect(sources).toEqual(sources.map(({ system, code }) => codes.lookUp(system, code)));
  });

  test('fail loudly where the caller names a map that does not exist', () => {
    expect(() => codes.translate('https://w3id.org/itb-fhir/ConceptMap/none', mapSource.scale, 'MAS')).toThrow(
      'No ConceptMap',
    );
  });
});
