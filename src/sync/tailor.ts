import { grants, grantsInPart, parseScopes } from '../auth/scopes.ts';
import { mapReferences, withoutReferences } from '../fhir/references.ts';
import { contentHash } from './content.ts';
import type { Tailored, Wanted } from './tailored.ts';

/**
 * What this destination can hold: the types that one of its scopes lets us write, and without references to the others.
 * The patient is the destination's own. Pure.
 */
export function tailor(
  wanted: readonly Wanted[],
  patientId: string,
  patientServerId: string,
  scopes?: readonly string[],
): Tailored[] {
  const ours = `Patient/${patientId}`;
  return writable(wanted, scopes).map(({ identity, resource, group, changedIn }) => {
    const adapted = mapReferences(resource, (reference) =>
      reference === ours ? `Patient/${patientServerId}` : undefined,
    );
    return { identity, group, changedIn, resource: adapted, contentHash: contentHash(adapted), channel: 'fhir' };
  });
}

function writable(wanted: readonly Wanted[], scopes: readonly string[] | undefined): readonly Wanted[] {
  if (!scopes) return wanted;
  const granted = parseScopes(scopes.join(' ')).scopes;
  const mayCreate = ({ resource }: Wanted) => {
    const creating = { resource: resource.resourceType, interaction: 'create' } as const;
    return grants(granted, creating) || grantsInPart(granted, creating).length > 0;
  };
  const left = new Set(wanted.filter((item) => !mayCreate(item)).map(({ identity }) => identity));
  if (left.size === 0) return wanted;
  return wanted
    .filter(({ identity }) => !left.has(identity))
    .map((item) => ({ ...item, resource: withoutReferences(item.resource, left) }))
    .filter(({ resource }) => resource.resourceType !== 'Provenance' || resource.target);
}
