import { getDataType, type InternalTypeSchema } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import type { Controls, Summary } from './search-controls.ts';

/** What `_summary` and `_elements` leave of a resource, as JSON text. */
export function cut(content: string, { summary = 'false', elements }: Controls): string {
  if (summary === 'false' && elements === undefined) return content;
  const resource = JSON.parse(content) as Resource;
  const schema = getDataType(resource.resourceType);
  const wanted = elements ?? wantedBy[summary](schema);
  const kept = new Set([...always, ...wanted, ...(schema.mandatoryProperties ?? [])]);
  const left = Object.entries(resource).filter(([property]) => kept.has(elementOf(property, schema)));
  const meta = { ...resource.meta, tag: [...(resource.meta?.tag ?? []), subsetted] };
  return JSON.stringify({ ...Object.fromEntries(left), meta });
}

/** What says of all the others how they are meant, whatever was asked for: an entry made in error must not lose its status. */
const always = [
  'resourceType',
  'id',
  'meta',
  'implicitRules',
  'modifierExtension',
  'status',
  'clinicalStatus',
  'verificationStatus',
];

const elementsOf = ({ elements }: InternalTypeSchema): string[] =>
  Object.keys(elements).map((name) => name.replace('[x]', ''));

const wantedBy: Readonly<Record<Summary, (schema: InternalTypeSchema) => Iterable<string>>> = {
  true: ({ summaryProperties }) => summaryProperties ?? [],
  text: () => ['text'],
  data: (schema) => elementsOf(schema).filter((name) => name !== 'text'),
  count: () => [],
  false: elementsOf,
};

/** The element that a property of the JSON holds: `effective` of `effectivePeriod`, `status` of `_status`. */
function elementOf(property: string, { elements }: InternalTypeSchema): string {
  const name = property.replace(/^_/, '');
  const cuts = [...name.matchAll(/[A-Z]/g)].map(({ index }) => name.slice(0, index));
  return cuts.find((start) => Object.hasOwn(elements, `${start}[x]`)) ?? name;
}

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };
