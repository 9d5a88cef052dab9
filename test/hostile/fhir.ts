import type { Bundle } from '@medplum/fhirtypes';
import { canary } from '../canary/canary.ts';
import { story } from '../canary/events.ts';
import { bundleOf, patientNamed, writtenOf } from '../intake/fhir/again.ts';
import { eventOf, patientOf } from '../stories/story.ts';
import { type Case, casesOf, changed, cutOff, type Spoiled } from './spoiled.ts';

let count = 0;

/** What an adapter wrote of an implant and a refill, with a Patient, under ids of its own. */
function bundle(): string {
  const events = story(1_000 + ++count).map(eventOf);
  const patientId = patientOf(events[0] as (typeof events)[number]);
  const patient = { ...patientNamed(patientId, events, () => true), name: [{ text: canary.name }] };
  return JSON.stringify(bundleOf(writtenOf(events, patientId).resources, patient));
}

const spoil = (from: string | RegExp, to: string): string => changed(bundle(), from, to);

const withEntries = (change: (entry: NonNullable<Bundle['entry']>) => object[]): string => {
  const whole = JSON.parse(bundle()) as Bundle;
  return JSON.stringify({ ...whole, entry: change(whole.entry ?? []) });
};

const cases = (): Case[] => [
  ['nothing', 'body-empty', ''],
  ['null', undefined, 'null'],
  ['a list of numbers', undefined, '[1,2]'],
  ['an object that is no resource', undefined, '{}'],
  [
    'a resource of no type that there is',
    'fhir-not-resource',
    JSON.stringify({ resourceType: canary.reason, id: '1' }),
  ],
  ['a resource of the prototype', undefined, JSON.stringify({ resourceType: '__proto__' })],
  ['a resource type that is a list', undefined, JSON.stringify({ resourceType: ['Bundle'] })],
  ['a Bundle of nothing', 'body-empty', JSON.stringify({ resourceType: 'Bundle', type: 'collection' })],
  [
    'a Bundle whose entries are a text',
    undefined,
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: canary.name }),
  ],
  [
    'a Bundle whose entries are null',
    undefined,
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [null, {}, { resource: null }] }),
  ],
  [
    'a Bundle in a Bundle',
    undefined,
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: JSON.parse(bundle()) }] }),
  ],
  ['a Bundle of a deed', undefined, spoil('"type":"collection"', '"type":"batch"')],
  ['a good Bundle', 2, bundle()],
  ['a Bundle without its Patient', undefined, withEntries((entry) => entry.slice(1))],
  [
    'a Bundle without its devices',
    undefined,
    withEntries((entry) => entry.filter(({ resource }) => resource?.resourceType !== 'Device')),
  ],
  [
    'a Bundle without its Provenance',
    undefined,
    withEntries((entry) => entry.filter(({ resource }) => resource?.resourceType !== 'Provenance')),
  ],
  ['a Bundle that holds everything twice', undefined, withEntries((entry) => [...entry, ...entry])],
  [
    'a Bundle of two Patients of one id',
    undefined,
    withEntries((entry) => [
      ...entry,
      { ...entry[0], resource: { ...entry[0]?.resource, identifier: [{ system: 'urn:x', value: 'other' }] } },
    ]),
  ],
  ['a Bundle of the Patient alone', undefined, withEntries((entry) => entry.slice(0, 1))],
  ['a negative volume', undefined, spoil(/"value":38,/, '"value":-38,')],
  ['a number of 10,000 digits', undefined, spoil(/"value":38,/, `"value":${'9'.repeat(10_000)},`)],
  ['an exponent that overflows', undefined, spoil(/"value":38,/, '"value":1e999,')],
  ['a number as a text', undefined, spoil(/"value":38,/, '"value":"38",')],
  ['a dose in mg for ug', undefined, bundle().replaceAll('"code":"ug/d"', '"code":"mg/d"')],
  ['a concentration in mg for ug', undefined, bundle().replaceAll('"code":"ug/mL"', '"code":"mg/mL"')],
  ['February 30', undefined, bundle().replaceAll('2024-04-01T09:00:00', '2024-02-30T09:00:00')],
  ['times without an offset', undefined, bundle().replaceAll('2024-04-01T09:00:00Z', '2024-04-01T09:00:00')],
  ['no identifiers', undefined, bundle().replaceAll('"identifier":', '"identifiers":')],
  ['codes of nobody', undefined, bundle().replaceAll('"code":"', '"code":"zinnober-')],
  ['profiles of nobody', undefined, bundle().replaceAll('/StructureDefinition/', '/StructureDefinition/zinnober-')],
  ['references in a circle', undefined, bundle().replaceAll(/"reference":"Device\/[^"]*"/g, '"reference":"Bundle/1"')],
  ['references to nothing', undefined, bundle().replaceAll(/"reference":"/g, '"reference":"urn:nothing:')],
  ['references that are numbers', undefined, bundle().replaceAll(/"reference":"[^"]*"/g, '"reference":7')],
  ['subjects that are a text', undefined, bundle().replaceAll(/"subject":\{[^}]*\}/g, `"subject":"${canary.name}"`)],
  ['null for every status', undefined, bundle().replaceAll(/"status":"[^"]*"/g, '"status":null')],
  [
    'a list for every meta',
    undefined,
    bundle().replaceAll('"meta":{', '"meta":[{').replaceAll('},"identifier"', '}],"identifier"'),
  ],
  ['half a surrogate pair', 'field-format', bundle().replaceAll(canary.name, 'Zinnober\\ud800')],
  ['NUL in the record number', undefined, bundle().replaceAll(canary.recordNumber, `${canary.recordNumber}\\u0000`)],
  [
    'extensions nested 5,000 deep',
    undefined,
    spoil(
      '"resourceType":"Patient"',
      `"extension":${'[{"url":"x","extension":'.repeat(5_000)}[]${'}]'.repeat(5_000)},"resourceType":"Patient"`,
    ),
  ],
  [
    'resources contained 1,000 deep',
    undefined,
    spoil(
      '"resourceType":"Patient"',
      `"contained":${'[{"resourceType":"Patient","contained":'.repeat(1_000)}[]${'}]'.repeat(1_000)},"resourceType":"Patient"`,
    ),
  ],
  ['100,000 lists that are never closed', undefined, '['.repeat(100_000)],
  ['lists nested 100,000 deep', undefined, `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  [
    '20,000 resources of another kind',
    undefined,
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: Array.from({ length: 4_900 }, (_, n) => ({
        resource: { resourceType: 'Observation', id: `x${n}`, status: 'final', code: { text: canary.reason } },
      })),
    }),
  ],
];

export const spoiledFhir = (): Spoiled[] => casesOf('fhir', cases());

/** Of the whole after steps of some bytes, of its shortest resource after every byte. */
export const cutOffFhir = (): Spoiled[] => {
  const whole = bundle();
  const { entry = [] } = JSON.parse(bundle()) as Bundle;
  const resources = entry.slice(1).map(({ resource }) => JSON.stringify(resource));
  const [shortest = ''] = resources.toSorted((a, b) => a.length - b.length);
  return [...cutOff('fhir', Buffer.from(whole), 997), ...cutOff('fhir-ndjson', Buffer.from(shortest))];
};
