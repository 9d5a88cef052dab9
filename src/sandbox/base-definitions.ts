import { readdirSync, readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle } from '@medplum/core';
import type { Bundle, Resource, StructureDefinition, ValueSetExpansionContains } from '@medplum/fhirtypes';

const folder = new URL('../../profiles/r4/', import.meta.url);
const valueSets = new Map<string, ReadonlySet<string>>();
let loaded = false;

/** Loads the base R4 definitions once for the process (@medplum/core keeps them globally). Throws if there are none. */
export function loadBaseDefinitions(): void {
  if (loaded) return;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const resources = files.flatMap((name) => resourcesIn(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
  const structures = resources.filter(
    (each): each is StructureDefinition => each.resourceType === 'StructureDefinition',
  );
  if (structures.length === 0) throw new Error('profiles/r4 holds no StructureDefinition: run `npm run profiles`');
  indexStructureDefinitionBundle(structures);
  for (const each of resources) {
    if (each.resourceType !== 'ValueSet' || !each.url || !each.expansion?.contains) continue;
    valueSets.set(each.url, new Set(codesIn(each.expansion.contains)));
  }
  loaded = true;
}

/** The codes of an R4 value set, or undefined when its expansion is not among the definitions. */
export const codesOf = (valueSet: string): ReadonlySet<string> | undefined =>
  valueSets.get(valueSet.split('|')[0] ?? '');

function resourcesIn(file: Bundle | Resource | Resource[]): Resource[] {
  if (Array.isArray(file)) return file;
  return file.resourceType === 'Bundle' ? (file.entry ?? []).flatMap(({ resource }) => resource ?? []) : [file];
}

function codesIn(contains: ValueSetExpansionContains[]): string[] {
  return contains.flatMap(({ code, contains: inner }) => [...(code ? [code] : []), ...codesIn(inner ?? [])]);
}
