/**
 * What a destination holds of ours against what was written there.
 *
 *   index of our links ─▶ search by identifier system, page by page ─▶ twice · changed · nobody's ─▶ what was not seen: missing
 *
 * A type that the server cannot search by our identifier is read link by link: then what nobody remembers is not found.
 */
import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import type { DestinationCapabilities } from '../sync/capability.ts';
import { compareWithHospital, inOurTerms } from '../sync/drift.ts';
import { isSuccess, issuesIn, type Reaction, reactionTo, vendorMeaning } from '../sync/failure.ts';
import { identityParameter, ourIdentity } from '../sync/identity-search.ts';
import { linksOf } from '../sync/links.ts';
import { type Asking, isFoundByIdentity, readAgain } from '../sync/look-up.ts';
import { eachPage } from '../sync/pages.ts';
import type { Link } from '../sync/plan.ts';
import { emittedKinds } from '../sync/routes.ts';
import { type LinkIndex, linkIndex } from './link-index.ts';

/**
 * `missing`: it was written and is gone. `changed`: what we wrote says something else there. `twice`: several resources
 * carry one identity of ours. `nobodys`: it carries an identity of ours that nobody remembers.
 */
export type DifferenceKind = 'missing' | 'changed' | 'twice' | 'nobodys';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly resourceType: ResourceType;
  /** The server's own id. */
  readonly serverId: string;
  readonly identity: string;
  /** Keyed id; absent: nobody's. */
  readonly patientId?: string | undefined;
  /** Top-level elements that say something else. */
  readonly elements?: readonly string[] | undefined;
}

/** What repair needs of a resource that was changed there. */
export interface Changed extends Difference {
  readonly kind: 'changed';
  readonly current: Resource;
  readonly versionId: string | null;
  readonly link: Link;
}

export interface OfType {
  readonly resourceType: ResourceType;
  readonly linked: number;
  /** `search`: all that is ours there was looked at. `links`: only what we remember. `part`: the search did not end. */
  readonly by: 'search' | 'links' | 'part';
}

export interface Comparing {
  readonly app: App;
  readonly runtime: DestinationRuntime;
  readonly capabilities: DestinationCapabilities;
  /** Only this patient's, link by link. */
  readonly patientIds?: readonly string[] | undefined;
  readonly found: (difference: Difference | Changed) => void;
  readonly progress: (count: number) => void;
}

/** Looks at everything of ours there. A reaction: the destination could not be asked. Nothing is changed. */
export async function compareAll(comparing: Comparing): Promise<readonly OfType[] | Reaction> {
  const { patientIds, capabilities } = comparing;
  const looked: OfType[] = [];
  let ask: 'search' | 'links' = patientIds === undefined ? 'search' : 'links';
  for (const type of kindsThere) {
    const canSearch = ask === 'search' && isFoundByIdentity(type, capabilities);
    const one = await compareType(comparing, type, canSearch ? 'search' : 'links');
    if ('kind' in one) return one;
    // Some servers search one patient at a time only: what they refused once is not asked of every type.
    if (canSearch && one.by === 'links') ask = 'links';
    looked.push(one);
  }
  return looked.filter(({ linked, by }) => linked > 0 || by === 'search');
}

/** What travels as FHIR: a message and an entry of the worklist cannot be read back. */
export const kindsThere = [...emittedKinds, 'DocumentReference'] as const satisfies readonly ResourceType[];

async function compareType(
  comparing: Comparing,
  type: ResourceType,
  by: 'search' | 'links',
): Promise<OfType | Reaction> {
  const { app, runtime, patientIds } = comparing;
  const { tenant, name } = runtime.destination;
  const index = await linkIndex(app.store.db, { tenant, destination: name }, type, patientIds);
  if (by === 'search') return bySearch(comparing, type, index);
  return (await byLinks(comparing, index)) ?? { resourceType: type, linked: index.size, by: 'links' };
}

/** At a hundred a page: two hundred thousand resources of one type. */
const mostPages = 2_000;
const pageSize = 100;

async function bySearch(comparing: Comparing, type: ResourceType, index: LinkIndex): Promise<OfType | Reaction> {
  const { app, runtime } = comparing;
  const query = `${identityParameter(type)}=${encodeURIComponent(`${app.identifierSystem}|`)}`;
  const pages = eachPage(
    runtime.client,
    runtime.destination.fhirBaseUrl,
    `${type}?${query}&_count=${pageSize}`,
    mostPages,
  );
  const seen = new Map<string, Set<string>>();
  let isCut = false;
  for (;;) {
    const { done, value } = await pages.next();
    if (!done) {
      isCut ||= vendorMeaning(value.flatMap(issuesIn), comparing.capabilities.vendorCodes) === 'partial';
      for (const resource of value) await lookAt(comparing, resource, index, seen);
      comparing.progress(value.length);
    } else if (typeof value === 'object') return unsearched(comparing, type, index, value);
    else {
      const by = value === 'whole' && !isCut ? 'search' : 'part';
      // What a search did not show to its end may be there all the same.
      if (by === 'search') tellMissing(comparing, type, index, seen);
      return { resourceType: type, linked: index.size, by };
    }
  }
}

type Answer = Parameters<typeof reactionTo>[0];

/** A server that does not search by a system alone refuses the request: then link by link. */
async function unsearched(
  comparing: Comparing,
  type: ResourceType,
  index: LinkIndex,
  answer: Answer,
): Promise<OfType | Reaction> {
  const isRefused =
    answer.kind === 'answered' && !isSuccess(answer.status) && answer.status >= 400 && answer.status < 500;
  const reaction = reactionTo(answer, 'reading', comparing.capabilities.vendorCodes);
  if (!isRefused || reaction.kind === 'retry' || reaction.kind === 'pause' || answer.status === 401) return reaction;
  return (await byLinks(comparing, index)) ?? { resourceType: type, linked: index.size, by: 'links' };
}

async function lookAt(
  comparing: Comparing,
  resource: Resource,
  index: LinkIndex,
  seen: Map<string, Set<string>>,
): Promise<void> {
  const { resourceType, id: serverId } = resource;
  const identity = ourIdentity(resource, comparing.app.identifierSystem);
  if (identity === undefined || serverId === undefined) return;
  const ids = seen.get(identity) ?? new Set();
  if (ids.has(serverId)) return;
  seen.set(identity, ids.add(serverId));
  const known = index.get(identity);
  const { found } = comparing;
  if (ids.size > 1) found({ kind: 'twice', resourceType, serverId, identity, patientId: known?.patientId });
  else if (!known) found({ kind: 'nobodys', resourceType, serverId, identity });
  else if (known.serverId === serverId)
    await compareOne(comparing, resource, identity, known.patientId, known.versionId);
}

function tellMissing(
  { found }: Comparing,
  type: ResourceType,
  index: LinkIndex,
  seen: ReadonlyMap<string, Set<string>>,
): void {
  for (const [identity, { serverId, patientId, state }] of index) {
    // Withdrawn and gone is as good as withdrawn.
    if (state === 'voided' || seen.get(identity)?.has(serverId)) continue;
    found({ kind: 'missing', resourceType: type, serverId, identity, patientId });
  }
}

async function byLinks(comparing: Comparing, index: LinkIndex): Promise<Reaction | undefined> {
  const { app, runtime, capabilities, found, progress } = comparing;
  const { client, destination } = runtime;
  const { identifierSystem } = app;
  const asking: Asking = { client, fhirBaseUrl: destination.fhirBaseUrl, identifierSystem, capabilities };
  for (const [identity, { serverId, patientId, state, resourceType, versionId }] of index) {
    const read = await readAgain(asking, { resourceType, serverId } as Link);
    progress(1);
    if (read && 'kind' in read) return read;
    if (read) await compareOne(comparing, read.resource, identity, patientId, versionId);
    else if (state !== 'voided') found({ kind: 'missing', resourceType, serverId, identity, patientId });
  }
  return undefined;
}

/** Under the version that we know nobody has changed it: only others are compared element by element. */
async function compareOne(
  { app, runtime, found }: Comparing,
  resource: Resource,
  identity: string,
  patientId: string,
  knownVersion: string | null,
): Promise<void> {
  const versionId = resource.meta?.versionId ?? null;
  if (versionId !== null && versionId === knownVersion) return;
  const { tenant, name, fhirBaseUrl } = runtime.destination;
  const { links } = await linksOf(app.store.db, { tenant, destination: name }, [patientId]);
  const link = links.get(identity);
  if (!link) return;
  const current = inOurTerms(resource, links.values(), fhirBaseUrl);
  const compared = compareWithHospital(link, current);
  if (compared.kind === 'same') return;
  const { resourceType, serverId } = link;
  const { elements } = compared;
  found({ kind: 'changed', resourceType, serverId, identity, patientId, elements, current, versionId, link });
}
