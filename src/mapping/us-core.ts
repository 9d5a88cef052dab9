import type { Resource } from '@medplum/fhirtypes';
import { usCoreProfile } from '../fhir/systems.ts';
import { conformsToUsCore } from '../fhir/validate.ts';
import type { DesiredResource } from './built.ts';

/** Claims a profile of US Core beside ours, only where the resource conforms to it: a claim is never a hope. */
export function withUsCoreClaim(item: DesiredResource): DesiredResource {
  const url = profileFor[item.resource.resourceType];
  return url && conformsToUsCore(item.resource, url) ? { ...item, resource: claim(item.resource, url) } : item;
}

const profileFor: Partial<Record<Resource['resourceType'], string>> = {
  Device: usCoreProfile.implantableDevice,
  MedicationRequest: usCoreProfile.medicationRequest,
};

/** Ours stays the first. */
function claim(resource: Resource, url: string): Resource {
  return { ...resource, meta: { ...resource.meta, profile: [...(resource.meta?.profile ?? []), url] } };
}
