import type { Patient, Resource } from '@medplum/fhirtypes';
import { identityIn, mapReferences } from '../../fhir/references.ts';

/**
 * Desired resources as a reader of files wants them: the identity is the id, references are `Type/id`. The Patient is
 * our keyed id alone: who it is stays at the hospital.
 */
export function asResources(
  patientId: string,
  desired: readonly { identity: string; resource: Resource }[],
): Resource[] {
  const typeOf = new Map(desired.map(({ identity, resource }) => [identity, resource.resourceType]));
  const patient: Patient = { resourceType: 'Patient', id: patientId };
  const resources = desired.map(({ identity, resource }) =>
    mapReferences({ ...resource, id: identity }, (reference) => {
      const target = identityIn(reference);
      const type = target && typeOf.get(target);
      return type && `${type}/${target}`;
    }),
  );
  return [patient, ...resources];
}
