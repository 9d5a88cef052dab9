import type { Resource, ResourceType } from '@medplum/fhirtypes';
import { withdrawn as withdrawnResource } from '../fhir/withdrawn.ts';
import { withdrawnMessage } from './message/withdrawn-message.ts';

/** What a destination holds, as it says of itself that it was entered in error; undefined for a type that has no way to. */
export const withdrawn = (resource: Resource): Resource | undefined =>
  resource.resourceType === 'Binary' ? withdrawnMessage(resource) : withdrawnResource(resource);

/**
 * R4 gives AdverseEvent no status: it is deleted where the destination and our scopes allow it, else a human removes it.
 * Nothing else is ever deleted. Provenance only says what once was, and stays.
 */
export const isRemovedByHand = (type: ResourceType): boolean => type === 'AdverseEvent';
