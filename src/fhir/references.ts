import type { Resource } from '@medplum/fhirtypes';

/** References between resources of ours: `urn:uuid:<identity>` until a server has given them an id. */

const prefix = 'urn:uuid:';

export const referenceTo = (identity: string): string => `${prefix}${identity}`;

/** The identity that a reference names; undefined for one to something of the server's own. */
export const identityIn = (reference: string): string | undefined =>
  reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;

/** The identities that a resource refers to. */
export function referredIdentities(resource: Resource): string[] {
  return referencesIn(resource).flatMap((reference) => identityIn(reference) ?? []);
}

/** Rewrites every reference; undefined leaves one as it is. */
export function mapReferences<R extends Resource>(resource: R, change: (reference: string) => string | undefined): R {
  return rewrite(resource, change) as R;
}

/** Without the elements at its top, and the items of their lists, that refer to nothing but these identities. */
export function withoutReferences<R extends Resource>(resource: R, identities: ReadonlySet<string>): R {
  const isDropped = (value: unknown): boolean => {
    const references = referencesIn(value);
    return references.length > 0 && references.every((reference) => identities.has(identityIn(reference) ?? ''));
  };
  const kept = Object.entries(resource).flatMap(([key, value]) => {
    if (!Array.isArray(value)) return isDropped(value) ? [] : [[key, value]];
    const items = value.filter((item) => !isDropped(item));
    return items.length < value.length && items.length === 0 ? [] : [[key, items]];
  });
  return Object.fromEntries(kept) as R;
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (isReference(key, child) ? [child] : referencesIn(child)));
}

function rewrite(value: unknown, change: (reference: string) => string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      isReference(key, child) ? (change(child) ?? child) : rewrite(child, change),
    ]),
  );
}

/** Only `Reference.reference` is one: a text of a clinician that looks like a reference stays a text. */
const isReference = (key: string, child: unknown): child is string => key === 'reference' && typeof child === 'string';
