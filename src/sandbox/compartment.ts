import type { Provenance, Reference, Resource } from '@medplum/fhirtypes';
import type { ResourceStore } from './resource-store.ts';
import { personOf } from './search-index.ts';

/**
 * Whether a resource is this patient's. R4's patient compartment leaves out Device, Medication and the targets of a
 * Provenance; here a Device is its patient's, a Medication belongs to whoever was given it or has it prescribed, and a Provenance to
 * the patient of all its targets.
 */
export function belongsTo(resource: Resource, patient: string, store: ResourceStore): boolean {
  if (resource.resourceType === 'Patient') return resource.id === patient;
  if (resource.resourceType === 'Medication') return isUsedFor(`Medication/${resource.id}`, patient, store);
  if (resource.resourceType === 'Provenance') return areAllOf(resource, patient, store);
  return personOf(resource) === `Patient/${patient}`;
}

function isUsedFor(medication: string, patient: string, store: ResourceStore): boolean {
  const uses = ['MedicationAdministration', 'MedicationRequest', 'MedicationStatement'].flatMap((type) =>
    store.withKeys(type, [`person Patient/${patient}`]),
  );
  return uses.some((use) => 'medicationReference' in use && use.medicationReference?.reference === medication);
}

function areAllOf({ target }: Provenance, patient: string, store: ResourceStore): boolean {
  return target.every(({ reference = '' }: Reference) => {
    const [type = '', id = ''] = reference.split('/');
    const [latest] = type === 'Provenance' ? [] : store.versions(type, id);
    return latest !== undefined && belongsTo(latest, patient, store);
  });
}
