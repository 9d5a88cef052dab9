import type { ResourceType } from '@medplum/fhirtypes';

/**
 * The search parameter by which a type is found by our keyed identity. R4 Provenance has no identifier and R4 knows no
 * search of AdverseEvent by it: both carry the identity as a tag.
 */
export const identityParameter = (type: ResourceType): 'identifier' | '_tag' =>
  type === 'Provenance' || type === 'AdverseEvent' ? '_tag' : 'identifier';
