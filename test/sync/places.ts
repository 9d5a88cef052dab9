import type { ResourceType } from '@medplum/fhirtypes';
import type { DestinationCapabilities, ResourceCapability } from '../../src/sync/capability.ts';
import { contentHash } from '../../src/sync/content.ts';
import type { Place } from '../../src/sync/send-write.ts';
import type { Tailored, Wanted } from '../../src/sync/tailored.ts';
import { able, capabilitiesOf } from './destination-context.ts';
import { identifierSystem, ourPatient } from './therapy-resources.ts';

/** Destinations as sending sees them. */

const kinds: readonly ResourceType[] = [
  'AdverseEvent',
  'AllergyIntolerance',
  'CarePlan',
  'Condition',
  'Device',
  'DeviceUseStatement',
  'DocumentReference',
  'Flag',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'Provenance',
];

/** A server that can do this with every kind of resource. */
export const everyKind = (resource: ResourceCapability): DestinationCapabilities =>
  capabilitiesOf(Object.fromEntries(kinds.map((kind) => [kind, resource])));

/** A server with conditional creates and versions; nothing said: one that holds nothing yet. */
export const placeOf = (changes: Partial<Place> = {}): Place => ({
  links: new Map(),
  identifierSystem,
  capabilities: everyKind(able(undefined, { conditionalCreate: true })),
  patientId: ourPatient,
  ...changes,
});

/** As tailoring leaves what a server takes as it is. */
export const itemsOf = (...wanted: readonly Wanted[]): Tailored[] =>
  wanted.map((item) => ({ ...item, contentHash: contentHash(item.resource), channel: 'fhir' }));
