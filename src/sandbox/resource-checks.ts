import { type TypedValueWithPath, validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { codesOf } from './base-definitions.ts';
import { refuse } from './refusal.ts';
import type { ResourceStore, Stored } from './resource-store.ts';
import { isServedType } from './served-types.ts';

/**
 * Refuses what is not a base R4 resource: elements, cardinality, JSON types, invariants, and codes outside a required
 * value set (those @medplum/core only collects). Profiles are not checked.
 */
export function checkStructure(resource: Resource): void {
  const tokens: Record<string, TypedValueWithPath[]> = {};
  validateResource(resource, { collect: { tokens } });
  for (const [valueSet, found] of Object.entries(tokens)) {
    const codes = codesOf(valueSet);
    const outside = found.find(({ type, value }) => type === 'code' && codes && !codes.has(value));
    if (outside) refuse('bad-request', 'code-invalid', `${outside.path} is not a code of its required value set`);
  }
}

/**
 * Refuses a reference that leads nowhere on this server, as a hospital with referential integrity does:
 * an id of another server, and a `urn:uuid:` that no entry of the bundle resolved.
 */
export function checkReferences(written: Stored, store: ResourceStore): void {
  for (const reference of references(written)) {
    const [type = '', id = ''] = reference.split('/');
    const dangling = reference.startsWith('urn:uuid:') || (isServedType(type) && !isHeld(store.current(type, id)));
    if (dangling) refuse('bad-request', 'not-found', `${written.resourceType} refers to a resource that is not here`);
  }
}

const isHeld = (current: ReturnType<ResourceStore['current']>) => typeof current === 'object';

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'reference' && typeof member === 'string' ? [member] : references(member),
  );
}
