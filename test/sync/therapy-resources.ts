import type { Device, MedicationAdministration, Observation, Provenance, Resource } from '@medplum/fhirtypes';
import type { Link } from '../../src/sync/plan.ts';
import { tailor } from '../../src/sync/tailor.ts';
import type { Tailored, Wanted } from '../../src/sync/tailored.ts';
import { contextOf } from './destination-context.ts';

/** A small therapy, as sync sees it: identities, references by `urn:uuid:`, groups by event. */

export const identifierSystem = 'https://w3id.org/itb-fhir/sid/test';
export const ourPatient = '99999999-0000-8000-8000-000000000000';

export const identityOf = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;

const subject = { reference: `Patient/${ourPatient}` };
const identified = (n: number) => [{ system: identifierSystem, value: identityOf(n) }];

export const pump = (n: number, serialNumber = 'S1'): Wanted => ({
  identity: identityOf(n),
  group: 0,
  resource: {
    resourceType: 'Device',
    identifier: identified(n),
    status: 'active',
    serialNumber,
    patient: subject,
  } as Device,
});

export const infusion = (n: number, group: number, device: number, end?: string): Wanted => ({
  identity: identityOf(n),
  group,
  resource: {
    resourceType: 'MedicationAdministration',
    identifier: identified(n),
    status: end ? 'completed' : 'in-progress',
    subject,
    medicationCodeableConcept: { text: 'baclofen' },
    effectivePeriod: { start: '2024-03-01T09:00:00Z', ...(end && { end }) },
    device: [{ reference: `urn:uuid:${identityOf(device)}` }],
  } as MedicationAdministration,
});

export const observation = (n: number, group: number, value = '2', focus?: number): Wanted => ({
  identity: identityOf(n),
  group,
  resource: {
    resourceType: 'Observation',
    identifier: identified(n),
    status: 'final',
    code: { text: 'score' },
    subject,
    valueString: value,
    ...(focus !== undefined && { focus: [{ reference: `urn:uuid:${identityOf(focus)}` }] }),
  } as Observation,
});

export const provenance = (n: number, group: number, target: number, recorded = '2024-03-01T10:00:00Z'): Wanted => ({
  identity: identityOf(n),
  group,
  resource: {
    resourceType: 'Provenance',
    meta: { tag: [{ system: identifierSystem, code: identityOf(n) }] },
    target: [{ reference: `urn:uuid:${identityOf(target)}` }],
    recorded,
    agent: [{ who: { display: 'clinic' } }],
  } as Provenance,
});

export const tailored = (...wanted: Wanted[]): Tailored[] => [...tailor(wanted, [], contextOf()).items];

/** The links of a destination that holds exactly these. */
export const linksTo = (items: readonly Tailored[], changes: Partial<Link> = {}): Map<string, Link> =>
  new Map(
    items.map((item, n) => [
      item.identity,
      {
        identity: item.identity,
        patientId: ourPatient,
        resourceType: item.resource.resourceType,
        serverId: `s${n + 1}`,
        versionId: '1',
        contentHash: item.contentHash,
        state: 'live',
        content: item.resource as Resource,
        ...changes,
      },
    ]),
  );
