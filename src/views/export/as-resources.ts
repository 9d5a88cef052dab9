import type { Patient, Resource } from '@medplum/fhirtypes';

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
  const resources = desired.map(({ identity, resource }) => {
    const text = JSON.stringify({ ...resource, id: identity }).replaceAll(
      /"urn:uuid:([0-9a-f-]{36})"/g,
      (whole, target) => {
        const type = typeOf.get(target);
        return type ? `"${type}/${target}"` : whole;
      },
    );
    return JSON.parse(text) as Resource;
  });
  return [patient, ...resources];
}
