import type { Resource } from '@medplum/fhirtypes';
import { afterEach, beforeEach } from 'vitest';
import type { App } from '../../src/app.ts';
import type { Fact } from '../../src/sync/facts.ts';
import type { FhirRequest } from '../../src/sync/fhir-client.ts';
import { openAdapter, type Settings } from '../flow/adapter.ts';
import { mrnSystem } from '../flow/events.ts';
import type { Between } from '../flow/faults.ts';
import { admit, type Hospital, ofDeployment, openHospital } from '../flow/hospital.ts';

/**
 * One sandbox hospital with one patient for each test of a file, and the adapter that `start` opens for it. What is
 * known of it besides, as facts: less than it can.
 */
export let hospital: Hospital;
export let app: App;

export function useOneHospital(): void {
  beforeEach(async () => {
    hospital = await openHospital();
    await admit(hospital, mrnSystem, ['A']);
  });
  afterEach(async () => {
    await app.close();
    await hospital.sandbox.close();
  });
}

export async function start(settings: Settings): Promise<void> {
  app = await openAdapter({ hospital }, settings);
}

export const ours = (type: Resource['resourceType']) =>
  ofDeployment(hospital.sandbox.resources(type), app.identifierSystem);

export const known = { source: 'this test', verified: true };
export const kinds = [
  'Device',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'Procedure',
  'Observation',
  'Provenance',
  'AdverseEvent',
  'DeviceUseStatement',
  'MedicationStatement',
  'CarePlan',
  'Condition',
];
export const noTransaction: Fact = { about: 'server', property: 'transaction', value: false, ...known };
export const noBatch: Fact = { about: 'server', property: 'batch', value: false, ...known };
export const noConditions: readonly Fact[] = kinds.map((about) => ({
  ...{ about, property: 'conditionalCreate', value: false, ...known },
}));
export const does = (about: string, ...value: ('create' | 'read' | 'update' | 'search-type')[]): Fact => ({
  ...{ about, property: 'interactions', value, ...known },
});

export const isCreateOf = (type: string, { method, path }: FhirRequest): boolean => method === 'POST' && path === type;

/** Answers the first request of a kind by what the fault makes of it. */
export function once(isMeant: (request: FhirRequest) => boolean, fault: Between): Between {
  let met = false;
  return (request, send) => {
    if (met || !isMeant(request)) return send(request);
    met = true;
    return fault(request, send);
  };
}
