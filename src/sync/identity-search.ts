import type { Resource, ResourceType } from '@medplum/fhirtypes';

/**
 * The search parameter by which a type is found by our keyed identity. R4 Provenance has no identifier and R4 knows no
 * search of AdverseEvent by it: both carry the identity as a tag.
 */
export const identityParameter = (type: ResourceType): 'identifier' | '_tag' =>
  type === 'Provenance' || type === 'AdverseEvent' ? '_tag' : 'identifier';

/** `parameter=system|identity`, encoded: the only value of ours that may stand in a URL. */
export const identityQuery = (type: ResourceType, system: string, identities: readonly string[]): string =>
  `${identityParameter(type)}=${identities.map((identity) => encodeURIComponent(`${system}|${identity}`)).join(',')}`;

/** The identity under which a resource is ours; undefined: it is not. */
export function ourIdentity(resource: Resource, identifierSystem: string): string | undefined {
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
  return (
    identifiers.find((identifier) => identifier.system === identifierSystem)?.value ??
    resource.meta?.tag?.find((tag) => tag.system === identifierSystem)?.code
  );
}
