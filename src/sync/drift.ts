import type { Identifier, Meta, Resource } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import { identityIn, mapReferences, referenceTo } from '../fhir/references.ts';
import { isWithdrawn } from '../fhir/withdrawn.ts';
import { contentHash } from './content.ts';
import type { DriftPolicy } from './destination.ts';
import { says } from './drift-says.ts';
import type { Link } from './plan.ts';
import type { Tailored } from './tailored.ts';

/** What the hospital put beside ours: top-level elements, and what it added to our identifiers and labels. */
export type Additions = Readonly<Record<string, unknown>>;

/** What a destination holds, against what we know that we wrote. */
export type Comparison =
  /** Ours stands: `base` is the one of our contents that is there. */
  | { readonly kind: 'same'; readonly base: Resource; readonly theirs: Additions | undefined }
  /** These top-level elements of ours say something else, or are gone. */
  | { readonly kind: 'changed'; readonly elements: readonly string[] };

/**
 * Compares what stands there with what we wrote, by our top-level elements. `current`: in our terms (`inOurTerms`).
 * Under the version that we know nobody has changed it: what differs then is how this server writes things down.
 */
export function compareWithHospital(link: Link, current: Resource): Comparison {
  const base = closest(basesOf(link), current);
  if (base) return { kind: 'same', base, theirs: additionsTo(base, current) };
  const isOurVersion = link.versionId !== null && current.meta?.versionId === link.versionId;
  if (isOurVersion) return { kind: 'same', base: link.content, theirs: additionsTo(link.content, current) };
  return { kind: 'changed', elements: changedElements(link.content, current) };
}

const basesOf = ({ content, sent = [] }: Link): readonly Resource[] => [content, ...sent];

/** The one that explains most of what is there: what an older one of ours had more is no addition of theirs. */
function closest(bases: readonly Resource[], current: Resource): Resource | undefined {
  const beyond = (base: Resource) => Object.keys(additionsTo(base, current) ?? {}).length;
  const standing = bases.filter((base) => changedElements(base, current).length === 0);
  return standing.toSorted((a, b) => beyond(a) - beyond(b))[0];
}

/** The resource with the identities that we know in place of this server's ids, in the form in which ours refer. */
export function inOurTerms(resource: Resource, links: Iterable<Link>, fhirBaseUrl: string): Resource {
  const identityOf = new Map([...links].map((link) => [`${link.resourceType}/${link.serverId}`, link.identity]));
  const base = `${fhirBaseUrl.replace(/\/$/, '')}/`;
  return mapReferences(resource, (reference) => {
    const local = reference.startsWith(base) ? reference.slice(base.length) : reference;
    const address = local.replace(/\/_history\/[^/]*$/, '');
    const identity = identityOf.get(address);
    if (identity) return referenceTo(identity);
    return identityIn(reference) === undefined ? address : undefined;
  });
}

/** What is found of a link there, and what a human should know of it. */
export interface Reconsidered {
  readonly link: Link;
  readonly problem?: Problem | undefined;
}

/**
 * What becomes of a link whose resource was read again. `current`: in our terms. `item`: what we want there now;
 * undefined: nothing. Where nobody changed ours the hospital's additions are kept; else the destination's policy says
 * whose content stands. What was never read before (no version is known) is not taken for changed.
 */
export function reconsider(
  link: Link,
  current: Resource,
  versionId: string | null,
  item: Tailored | undefined,
  policy: DriftPolicy,
): Reconsidered {
  const compared = compareWithHospital(link, current);
  if (compared.kind === 'same') return { link: asWritten(link, versionId, compared) };
  const isWanted = item !== undefined && contentHash(current) === item.contentHash;
  const theirs = additionsTo(Object.assign({}, ...basesOf(link)), current);
  if (isWanted || link.versionId === null) return { link: { ...asKnown(link, current, versionId), theirs } };
  const changed = { ...link, versionId, contentHash: item?.contentHash ?? null };
  const { resourceType } = link;
  switch (policy) {
    case 'ours':
      return {
        link: { ...changed, contentHash: null, state: 'live', theirs },
        problem: noted(`${resourceType} was changed there, and is written again as ours`, 'information'),
      };
    case 'theirs':
      return {
        link: { ...changed, state: item ? 'live' : 'voided' },
        problem: noted(`${resourceType} was changed there, and stays as it was changed`, 'information'),
      };
    case 'review':
      return { link: { ...changed, state: 'contested' }, problem: contested(resourceType) };
  }
}

export const contested = (resourceType: Resource['resourceType']): Problem =>
  noted(`${resourceType} was changed there and is left as it is`, 'warning');

/** Ours with what the hospital put beside it. Where both have an element, ours says what we say. */
export function withAdditions(ours: Resource, theirs: Additions | undefined): Resource {
  if (!theirs) return ours;
  const { identifier = [], meta, ...elements } = theirs as { identifier?: Identifier[]; meta?: Meta };
  const own = ours as Resource & { identifier?: Identifier[] };
  return {
    ...elements,
    ...own,
    ...(identifier.length > 0 && { identifier: [...(own.identifier ?? []), ...identifier] }),
    ...(meta && { meta: joined(own.meta, meta) }),
  } as Resource;
}

function asWritten(
  link: Link,
  versionId: string | null,
  { base, theirs }: Extract<Comparison, { kind: 'same' }>,
): Link {
  const sent = link.sent?.filter((each) => each !== base);
  return { ...asKnown(link, base, versionId), sent, theirs };
}

const asKnown = (link: Link, content: Resource, versionId: string | null): Link => ({
  ...link,
  versionId,
  content,
  contentHash: contentHash(content),
  state: isWithdrawn(content) ? 'voided' : 'live',
});

const noted = (message: string, severity: Problem['severity']): Problem =>
  problem('changed-at-destination', message, undefined, severity);

/** Of a resource, but not of its content: ids, versions and narrative are the server's, `recorded` is when it was noted. */
const notContent: ReadonlySet<string> = new Set(['id', 'text', 'implicitRules', 'recorded']);

function changedElements(ours: Resource, current: Resource): string[] {
  const there = current as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(ours).flatMap(([key, value]) => {
    if (notContent.has(key) || value === undefined) return [];
    return stands(key, there[key], value) ? [] : [key];
  });
}

function stands(key: string, theirs: unknown, ours: unknown): boolean {
  if (key === 'identifier' && Array.isArray(ours)) return beyond(ours as Identifier[], list(theirs)).length === 0;
  if (key !== 'meta') return says(theirs, ours);
  const [own, there] = [ours as Meta, theirs as Meta | undefined];
  return labels.every((label) => beyond(own[label] ?? [], list(there?.[label])).length === 0);
}

/** A server may keep no claims of profiles; what a resource is labelled as is content. */
const labels = ['tag', 'security'] as const;

function additionsTo(ours: Resource, current: Resource): Additions | undefined {
  const own = ours as Resource & { identifier?: Identifier[] };
  const there = current as Resource & { identifier?: Identifier[] };
  const elements = Object.entries(there).filter(([key]) => !(key in own) && !notContent.has(key) && key !== 'meta');
  const identifiers = 'identifier' in own ? beyond(list(there.identifier), list(own.identifier)) : [];
  const added = labels.flatMap((label) => {
    const items = beyond(there.meta?.[label] ?? [], own.meta?.[label] ?? []);
    return items.length > 0 ? [[label, items] as const] : [];
  });
  const theirs = {
    ...Object.fromEntries(elements),
    ...(identifiers.length > 0 && { identifier: identifiers }),
    ...(added.length > 0 && { meta: Object.fromEntries(added) }),
  };
  return Object.keys(theirs).length > 0 ? theirs : undefined;
}

interface Token {
  readonly system?: string;
  readonly value?: string;
  readonly code?: string;
}

/** Those of `items` that are not in `others`. */
function beyond<T extends Token>(items: readonly T[], others: readonly Token[]): T[] {
  const tokenOf = ({ system = '', value = '', code = '' }: Token) => `${system}|${value}|${code}`;
  const known = new Set(others.map(tokenOf));
  return items.filter((item) => !known.has(tokenOf(item)));
}

const list = (value: unknown): readonly Token[] => (Array.isArray(value) ? value : []);

function joined(ours: Meta | undefined, theirs: Meta): Meta {
  return {
    ...ours,
    ...Object.fromEntries(
      labels.flatMap((label) => (theirs[label] ? [[label, [...(ours?.[label] ?? []), ...theirs[label]]]] : [])),
    ),
  };
}
