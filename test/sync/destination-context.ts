import type { ResourceType } from '@medplum/fhirtypes';
import type { DestinationCapabilities, ResourceCapability } from '../../src/sync/capability.ts';
import type { ProjectionSettings } from '../../src/sync/destination.ts';
import type { Interaction } from '../../src/sync/facts.ts';
import type { Link } from '../../src/sync/plan.ts';
import type { Routes, Tier } from '../../src/sync/routes.ts';
import type { TailorContext } from '../../src/sync/tailored.ts';
import { identifierSystem, ourPatient } from './therapy-resources.ts';

/** Destinations as tailoring sees them: what their server can do, and how each kind of resource travels there. */

const everything: readonly Interaction[] = ['create', 'read', 'update', 'search-type'];

/** What a server can do with one kind of resource; nothing said: all, and nothing special. */
export const able = (
  interactions: readonly Interaction[] = everything,
  more: Partial<ResourceCapability> = {},
): ResourceCapability => ({
  interactions: new Set(interactions),
  conditionalCreate: false,
  conditionalUpdate: false,
  updateCreate: false,
  versioning: 'versioned-update',
  searchParameters: new Set(['identifier']),
  profiles: [],
  codingPolicy: 'any',
  voidBy: 'update-status',
  ...more,
});

export function capabilitiesOf(
  resources: Readonly<Partial<Record<ResourceType, ResourceCapability>>>,
): DestinationCapabilities {
  return {
    statement: { hash: 'h', fetchedAtMs: 0, fhirVersion: '4.0.1' },
    transaction: true,
    batch: true,
    ifMatch: 'supported',
    vendorCodes: {},
    discrete: 'on',
    resources: new Map(Object.entries(resources) as [ResourceType, ResourceCapability][]),
    problems: [],
  };
}

const kinds = [
  'AdverseEvent',
  'AllergyIntolerance',
  'CarePlan',
  'Condition',
  'Device',
  'Flag',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'Provenance',
] as const satisfies readonly ResourceType[];

/** Every kind of ours by one tier, but for these. */
export function routesOf(
  tier: Tier,
  others: Readonly<Partial<Record<ResourceType, Tier>>> = {},
  report: Routes['report'] = 'document',
): Routes {
  const byType = kinds.map((kind) => [kind, { tier: others[kind] ?? tier, reason: 'as the test says' }] as const);
  return { sending: 'transaction', byType: new Map(byType), report };
}

/** Nothing said: a server that takes everything as it is, and holds nothing yet. */
export function contextOf(changes: Partial<TailorContext> = {}): TailorContext {
  return {
    patientId: ourPatient,
    patientServerId: 'p1',
    patientIdentifiers: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0001', patientId: ourPatient }],
    capabilities: capabilitiesOf(Object.fromEntries([...kinds, 'DocumentReference'].map((kind) => [kind, able()]))),
    routes: routesOf('graph'),
    settings: {} satisfies ProjectionSettings,
    identifierSystem,
    ownDevices: new Map<string, string>(),
    links: new Map<string, Link>(),
    ...changes,
  };
}
