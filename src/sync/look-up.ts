import type { Bundle, Resource, ResourceType } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { mapReferences, referenceTo } from '../fhir/references.ts';
import { contentHash } from './content.ts';
import { isSuccess, type Reaction, reactionTo } from './failure.ts';
import type { FhirClient } from './fhir-client.ts';
import { identityParameter } from './identity-search.ts';
import type { Named } from './links.ts';
import type { Link } from './plan.ts';
import type { Tailored } from './tailored.ts';
import { isWithdrawn } from './withdrawal.ts';

/** What the destination holds under our identities, whatever we remember of it. */
export type Found = readonly Link[] | Reaction;

/** Identities in one search: keeps URLs under 4,000 characters. */
const identitiesInOneSearch = 25;

/** Searches by keyed identity, the only value of ours that may stand in a URL. Some types are found by tag. */
export async function searchByIdentity(
  client: FhirClient,
  identifierSystem: string,
  sought: readonly Named[],
  patientId: string,
): Promise<Found> {
  const links: Link[] = [];
  for (const [type, items] of Map.groupBy(sought, (item) => item.resourceType)) {
    for (let start = 0; start < items.length; start += identitiesInOneSearch) {
      const chunk = items.slice(start, start + identitiesInOneSearch);
      const answer = await client.send({ method: 'GET', path: searchPath(type, chunk, identifierSystem) });
      if (answer.kind !== 'answered' || !isSuccess(answer.status)) return reactionTo(answer, 'reading');
      const found = resourcesIn(answer.body).flatMap((resource) => identified(resource, identifierSystem, patientId));
      const twice = found.some((link, n) => found.findIndex((other) => other.identity === link.identity) !== n);
      if (twice) {
        const several = problem('identity-ambiguous', `several ${type} resources carry one identity`);
        return { kind: 'terminal', problem: several };
      }
      links.push(...found);
    }
  }
  return links;
}

/** Reads one linked resource again; undefined: it is gone. */
export async function readAgain(client: FhirClient, link: Link): Promise<Link | undefined | Reaction> {
  const answer = await client.send({ method: 'GET', path: `${link.resourceType}/${link.serverId}` });
  if (answer.kind === 'answered' && (answer.status === 404 || answer.status === 410)) return undefined;
  if (answer.kind !== 'answered' || !isSuccess(answer.status)) return reactionTo(answer, 'reading');
  const resource = answer.body as Resource;
  return {
    ...link,
    versionId: resource.meta?.versionId ?? versionOf(answer.etag),
    contentHash: null,
    content: resource,
  };
}

/**
 * Compares what was found with what is wanted: where they agree the link says so and nothing is written. References of
 * the server are turned back into identities first.
 */
export function recognise(
  found: readonly Link[],
  wanted: readonly Tailored[],
  links: ReadonlyMap<string, Link>,
): Link[] {
  const all = [...links.values(), ...found];
  const identityOf = new Map(all.map((link) => [`${link.resourceType}/${link.serverId}`, link.identity]));
  const wantedBy = new Map(wanted.map((item) => [item.identity, item]));
  return found.map((link) => {
    const item = wantedBy.get(link.identity);
    const content = mapReferences(link.content, (reference) => {
      const identity = identityOf.get(reference);
      return identity && referenceTo(identity);
    });
    const same = item && contentHash(content) === item.contentHash;
    return { ...link, content, contentHash: same ? item.contentHash : null };
  });
}

export const versionOf = (etag: string | undefined): string | null => /^(?:W\/)?"(.*)"$/.exec(etag ?? '')?.[1] ?? null;

function searchPath(type: ResourceType, items: readonly Named[], system: string): string {
  const tokens = items.map((item) => `${encodeURIComponent(system)}%7C${item.identity}`).join(',');
  return `${type}?${identityParameter(type)}=${tokens}&_count=${2 * identitiesInOneSearch}`;
}

function resourcesIn(body: unknown): Resource[] {
  return ((body as Bundle)?.entry ?? []).flatMap(({ resource }) => resource ?? []);
}

function identified(resource: Resource, system: string, patientId: string): Link[] {
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
  const identity =
    identifiers.find((identifier) => identifier.system === system)?.value ??
    resource.meta?.tag?.find((tag) => tag.system === system)?.code;
  if (!identity || !resource.id) return [];
  return [
    {
      identity,
      patientId,
      resourceType: resource.resourceType,
      serverId: resource.id,
      versionId: resource.meta?.versionId ?? null,
      contentHash: null,
      state: isWithdrawn(resource) ? 'voided' : 'live',
      content: resource,
    },
  ];
}
