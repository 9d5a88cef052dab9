import type { CodeableConcept, Coding, DocumentReference, Resource, ResourceType } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import type { DestinationCapabilities } from './capability.ts';
import { says } from './drift-says.ts';
import type { Reaction } from './failure.ts';
import { ourIdentity } from './identity-search.ts';
import type { Pending } from './links.ts';
import { type Asking, pageSize, type Seen, searchPages } from './look-up.ts';

/** Where a server finds nothing by our identity: by the patient and what is said of them. */

export type SeenByContent =
  | { readonly kind: 'seen'; readonly seen: Seen }
  | { readonly kind: 'not-there' }
  /** The server leaves some out: it may be there. */
  | { readonly kind: 'untold' };

/** Whether what the search shows tells that it is there, or that it is not. */
export const isFoundByContent = (type: ResourceType, capabilities: DestinationCapabilities): boolean =>
  comparedOf[type] !== undefined &&
  capabilities.resources.get(type)?.interactions.has('search-type') === true &&
  capabilities.resources.get(type)?.searchParameters.has('patient') === true;

/**
 * Looks for what was sent among what the destination holds of the patient: our own identifier where the server keeps it,
 * else the same code, time and value. `linked`: addresses of what we know already, which are not it.
 */
export async function searchByContent(
  asking: Asking,
  pending: Pending,
  patientServerId: string,
  linked: ReadonlySet<string>,
): Promise<SeenByContent | Reaction> {
  const read = await searchPages(asking, pathFor(pending, patientServerId, asking.capabilities));
  if ('kind' in read) return read.kind === 'partial' ? { kind: 'untold' } : read;
  const others = read.resources.filter(
    ({ resourceType, id }) => resourceType === pending.resourceType && id && !linked.has(`${resourceType}/${id}`),
  );
  const own = others.filter((resource) => ourIdentity(resource, asking.identifierSystem) === pending.identity);
  const unnamed = others.filter((resource) => ourIdentity(resource, asking.identifierSystem) === undefined);
  const alike =
    own.length > 0 ? own : unnamed.filter((resource) => pending.sent.some((sent) => isAlike(resource, sent)));
  const [resource, ...more] = alike;
  if (more.length > 0) {
    const several = problem(
      'identity-ambiguous',
      `several ${pending.resourceType} resources may be the one that was sent`,
    );
    return { kind: 'terminal', about: 'identity', problem: several };
  }
  if (resource) return { kind: 'seen', seen: { identity: pending.identity, resource } };
  return { kind: read.extent === 'whole' ? 'not-there' : 'untold' };
}

/** The patient and the days, else the code: a server may keep none of our codes, and then finds nothing by them. */
function pathFor(
  { resourceType, sent }: Pending,
  patientServerId: string,
  capabilities: DestinationCapabilities,
): string {
  const parameters = capabilities.resources.get(resourceType)?.searchParameters ?? new Set();
  const query = [`patient=${encodeURIComponent(patientServerId)}`];
  const days = sent.flatMap((resource) => dayOf(resource) ?? []).sort(Temporal.PlainDate.compare);
  const [first, last] = [days[0], days.at(-1)];
  if (parameters.has('date') && first && last && days.length === sent.length) {
    // A day to each side: the server may count days in a zone of its own.
    query.push(`date=ge${first.subtract({ days: 1 })}`, `date=le${last.add({ days: 1 })}`);
  } else {
    const codes = new Set(sent.flatMap((resource) => tokensOf(codeOf(resource))));
    if (parameters.has('code') && codes.size > 0) query.push(`code=${[...codes].map(encodeURIComponent).join(',')}`);
  }
  return `${resourceType}?${query.join('&')}${pageSize({ capabilities }, resourceType)}`;
}

/** The elements that tell one from another of its type. */
const comparedOf: Readonly<Partial<Record<ResourceType, RegExp>>> = {
  Observation: /^(effective|value|component$|dataAbsentReason$)/,
  Procedure: /^performed/,
  DocumentReference: /^date$/,
};

function isAlike(theirs: Resource, ours: Resource): boolean {
  const compared = comparedOf[ours.resourceType] as RegExp;
  const said = Object.entries(ours).filter(([key]) => compared.test(key));
  const there = theirs as unknown as Readonly<Record<string, unknown>>;
  return (
    hasCode(codeOf(theirs), codeOf(ours)) &&
    said.every(([key, value]) => says(there[key], value)) &&
    sameText(theirs, ours)
  );
}

/** A document is told from another of its day by its text. */
function sameText(theirs: Resource, ours: Resource): boolean {
  if (ours.resourceType !== 'DocumentReference') return true;
  const titleOf = ({ content }: DocumentReference) => content?.[0]?.attachment?.title;
  return titleOf(theirs as DocumentReference) === titleOf(ours);
}

const codeOf = (resource: Resource): CodeableConcept | undefined =>
  resource.resourceType === 'DocumentReference' ? resource.type : (resource as { code?: CodeableConcept }).code;

/** A server may keep only some of the codings, or none and the text. */
function hasCode(theirs: CodeableConcept | undefined, ours: CodeableConcept | undefined): boolean {
  const own = new Set(tokensOf(ours));
  if (own.size > 0 && tokensOf(theirs).length > 0) return tokensOf(theirs).some((token) => own.has(token));
  return theirs?.text === ours?.text;
}

const tokensOf = (concept: CodeableConcept | undefined): string[] =>
  (concept?.coding ?? []).map(({ system = '', code = '' }: Coding) => `${system}|${code}`);

function dayOf(resource: Resource): Temporal.PlainDate | undefined {
  const { effectiveDateTime, performedDateTime, effectivePeriod, performedPeriod, date } = resource as Timed;
  const stated = effectiveDateTime ?? performedDateTime ?? effectivePeriod?.start ?? performedPeriod?.start ?? date;
  return stated && /^\d{4}-\d\d-\d\d/.test(stated) ? Temporal.PlainDate.from(stated.slice(0, 10)) : undefined;
}

interface Timed {
  readonly effectiveDateTime?: string;
  readonly performedDateTime?: string;
  readonly effectivePeriod?: { readonly start?: string };
  readonly performedPeriod?: { readonly start?: string };
  readonly date?: string;
}
