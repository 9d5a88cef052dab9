import type { Bundle, Resource, ResourceType } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import type { DestinationCapabilities } from './capability.ts';
import { isDone, isForeign, isSuccess, issuesIn, type Reaction, reactionTo, vendorMeaning } from './failure.ts';
import type { Answer, FhirClient } from './fhir-client.ts';
import { identityParameter, identityQuery, ourIdentity } from './identity-search.ts';
import type { Named } from './links.ts';
import { type Paged, readPages } from './pages.ts';
import type { Link } from './plan.ts';

/** How a destination is asked what it holds. */
export interface Asking {
  readonly client: FhirClient;
  readonly fhirBaseUrl: string;
  readonly identifierSystem: string;
  readonly capabilities: DestinationCapabilities;
  /** The destination's own Patient, where it is known. */
  readonly patientServerId?: string | undefined;
}

/** What the destination holds under an identity of ours, as it says it itself. */
export interface Seen {
  readonly identity: string;
  readonly resource: Resource;
}

/** Identities in one search: keeps URLs under 4,000 characters. */
const identitiesInOneSearch = 25;
/** Of answers that repeat themselves or never end. */
const mostPages = 20;

/** Whether a search by keyed identity tells that a resource of this type is there, or that it is not. */
export function isFoundByIdentity(type: ResourceType, capabilities: DestinationCapabilities): boolean {
  const resource = capabilities.resources.get(type);
  if (!resource?.interactions.has('search-type')) return false;
  // What is found to be there when it is created need not be declared as a search parameter.
  return resource.conditionalCreate || resource.searchParameters.has(identityParameter(type));
}

/** What a search tells. `partial`: what it does not show may be there all the same. */
export interface Sighting {
  readonly seen: readonly Seen[];
  readonly extent: 'whole' | 'partial';
}

/** Searches by keyed identity, the only value of ours that may stand in a URL. Some types are found by tag. */
export async function searchByIdentity(asking: Asking, sought: readonly Named[]): Promise<Sighting | Reaction> {
  const seen: Seen[] = [];
  let extent: Sighting['extent'] = 'whole';
  for (const [type, items] of Map.groupBy(sought, (item) => item.resourceType)) {
    for (let start = 0; start < items.length; start += identitiesInOneSearch) {
      const found = await searchOnce(asking, type, items.slice(start, start + identitiesInOneSearch));
      if ('kind' in found) return found;
      seen.push(...found.seen);
      if (found.extent === 'partial') extent = 'partial';
    }
  }
  return { seen, extent };
}

/** Only where a search is refused without it: a merged patient may still be two patients there. */
function ofPatient({ capabilities, patientServerId }: Asking, type: ResourceType): string[] {
  const takesPatient = capabilities.resources.get(type)?.searchParameters.has('patient') === true;
  if (!capabilities.searchNeedsPatient || !takesPatient || patientServerId === undefined) return [];
  return [`patient=${encodeURIComponent(patientServerId)}`];
}

/** Longer pages where the server lets us ask for them; the rest is followed page by page anyway. */
export const pageSize = ({ capabilities }: Pick<Asking, 'capabilities'>, type: ResourceType): string =>
  capabilities.resources.get(type)?.searchParameters.has('_count') ? '&_count=100' : '';

/** A search to its last page. A server that leaves some out says so by a code of its own, or by pages without end. */
export async function searchPages(
  { client, fhirBaseUrl, capabilities: { vendorCodes } }: Asking,
  path: string,
): Promise<Paged | Reaction> {
  let isCut = false;
  const bundles: FhirClient = {
    send: async (request) => {
      const answer = await client.send(request);
      if (answer.kind !== 'answered' || !isSuccess(answer.status)) return answer;
      const bundle = answer.body as Bundle | undefined;
      // Something answered in place of the server, which must not count as "not there": a login page, a proxy.
      if (bundle?.resourceType !== 'Bundle') return { kind: 'unknown', problem: unreadable.problem };
      const outcomes = (bundle.entry ?? []).flatMap(({ resource }) => issuesIn(resource));
      isCut ||= vendorMeaning(outcomes, vendorCodes) === 'partial';
      return answer;
    },
  };
  const read = await readPages(bundles, fhirBaseUrl, path, mostPages);
  if ('kind' in read) return final(reactionTo(read, 'reading', vendorCodes));
  return isCut ? { ...read, extent: 'partial' } : read;
}

/** A search that is refused as a request is not mended by asking again. */
const final = (reaction: Reaction): Reaction =>
  reaction.kind === 'conflict' ? { kind: 'terminal', problem: reaction.problem } : reaction;

/** Whether the destination shows single resources of this type. */
export const isReadable = (type: ResourceType, { resources }: DestinationCapabilities): boolean =>
  resources.get(type)?.interactions.has('read') === true;

/** Reads one linked resource again; undefined: it is gone. */
export async function readAgain(
  { client, capabilities }: Asking,
  link: Link,
): Promise<{ readonly resource: Resource; readonly versionId: string | null } | undefined | Reaction> {
  const answer = await client.send({ method: 'GET', path: `${link.resourceType}/${link.serverId}` });
  if (isGone(answer)) return undefined;
  if (answer.kind !== 'answered' || !isDone(answer)) return reactionTo(answer, 'reading', capabilities.vendorCodes);
  const resource = answer.body as Resource | undefined;
  if (resource?.resourceType !== link.resourceType) return unreadable;
  return { resource, versionId: resource.meta?.versionId ?? versionOf(answer.etag) };
}

/** A proxy that knows no such page says nothing of what is there. */
export const isGone = (answer: Answer): boolean =>
  answer.kind === 'answered' && (answer.status === 404 || answer.status === 410) && !isForeign(answer);

export const versionOf = (etag: string | undefined): string | null => /^(?:W\/)?"(.*)"$/.exec(etag ?? '')?.[1] ?? null;

/** Something answered in place of the server: a login page, a proxy. */
export const unreadable = {
  kind: 'retry',
  problem: problem('destination-unavailable', 'the destination answered with something else than what was asked'),
} as const satisfies Reaction;

async function searchOnce(asking: Asking, type: ResourceType, items: readonly Named[]): Promise<Sighting | Reaction> {
  const { identifierSystem } = asking;
  const sought = new Set(items.map(({ identity }) => identity));
  const query = [identityQuery(type, identifierSystem, [...sought]), ...ofPatient(asking, type)].join('&');
  const read = await searchPages(asking, `${type}?${query}${pageSize(asking, type)}`);
  if ('kind' in read) return read.kind === 'partial' ? { seen: [], extent: 'partial' } : read;
  const seen = read.resources.flatMap((resource): Seen[] => {
    const identity = resource.resourceType === type ? ourIdentity(resource, identifierSystem) : undefined;
    return identity && resource.id && sought.has(identity) ? [{ identity, resource }] : [];
  });
  if (new Set(seen.map(({ identity }) => identity)).size < seen.length) {
    const several = problem('identity-ambiguous', `several ${type} resources carry one identity`);
    return { kind: 'terminal', about: 'identity', problem: several };
  }
  return { seen, extent: read.extent };
}
