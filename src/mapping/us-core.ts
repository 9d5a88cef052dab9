import type { Resource } from '@medplum/fhirtypes';
import { usCoreProfile } from '../fhir/systems.ts';
import { validate } from '../fhir/validate.ts';
import type { DesiredResource } from './built.ts';

/** Claims a profile of US Core beside ours, only where the resource conforms to it: a claim is never a hope. */
export function withUsCoreClaim(item: DesiredResource): DesiredResource {
  const url = profileFor[item.resource.resourceType];
  if (!url) return item;
  const claiming = claim(item.resource, url);
  return validate(claiming).length === 0 ? { ...item, resource: claiming } : item;
}

const profileFor: Partial<Record<Resource['resourceType'], string>> = {
  Device: usCoreProfile.implantableDevice,
  MedicationRequest: usCoreProfile.medicationRequest,
};

/** Ours stays the first. */
function claim(resource: Resource, url: string): Resource {
  return { ...resource, meta: { ...resource.meta, profile: [...(resource.meta?.profile ?? []), url] } };
}
