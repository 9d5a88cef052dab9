import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { canonicalBase, extension, itb, profile } from '../../src/fhir/systems.ts';
import { root } from './examples.ts';

const folder = join(root, 'profiles/generated');
const generated = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as StructureDefinition | CodeSystem);

const definitions = generated.filter((it): it is StructureDefinition => it.resourceType === 'StructureDefinition');
const systems = generated.filter((it): it is CodeSystem => it.resourceType === 'CodeSystem');

describe('the published definitions', () => {
  test('define exactly the code systems that the code names', () => {
    expect(systems.map((it) => it.url).sort()).toEqual(Object.values(itb).sort());
  });

  test('define exactly the profiles that the code names', () => {
    const urls = definitions.filter((it) => it.type !== 'Extension').map((it) => it.url);
    expect(urls.sort()).toEqual(Object.values(profile).sort());
  });

  test('define exactly the extensions that the code names', () => {
    const urls = definitions.filter((it) => it.type === 'Extension').map((it) => it.url);
    expect(urls.sort()).toEqual(Object.values(extension).sort());
  });

  test('all lie under our canonical', () => {
    expect(generated.filter((it) => !it.url?.startsWith(`${canonicalBase}/`))).toEqual([]);
  });

  test('carry no time of the run, so that a build can be compared with what is committed', () => {
    expect(generated.filter((it) => 'date' in it)).toEqual([]);
  });

  test('define every code in words', () => {
    const bare = systems.flatMap((it) => it.concept ?? []).filter((it) => !it.display || !it.definition);
    expect(bare).toEqual([]);
  });

  test('state every rule of ours as an invariant of the whole resource, where validators look', () => {
    const nested = definitions
      .filter((it) => it.type !== 'Extension')
      .flatMap((it) => it.snapshot?.element.slice(1) ?? [])
      .flatMap((it) => it.constraint ?? [])
      .filter((it) => it.key?.startsWith('itb-'));
    expect(nested).toEqual([]);
  });
});
