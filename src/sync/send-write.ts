import type { BundleEntry, Resource, ResourceType } from '@medplum/fhirtypes';
import { identityIn, mapReferences } from '../fhir/references.ts';
import type { DestinationCapabilities } from './capability.ts';
import { withAdditions } from './drift.ts';
import { isSuccess, isUnapplied, type Purpose, type Reaction } from './failure.ts';
import { identityQuery } from './identity-search.ts';
import { isFoundByIdentity, versionOf } from './look-up.ts';
import { type Link, type Operation, resourceOf } from './plan.ts';

/** One operation as a write, whether it travels alone or in a Bundle; and what the answer to it confirms. */

/** What writing needs to know of the destination and of what it holds. */
export interface Place {
  readonly links: ReadonlyMap<string, Link>;
  readonly identifierSystem: string;
  readonly capabilities: DestinationCapabilities;
  /** Whose the links are that come of it. */
  readonly patientId: string;
}

/** An operation, and why it did not succeed. */
export interface Failure {
  readonly operation: Operation;
  readonly reaction: Reaction;
  /** `no`: certainly not. Absent: nobody knows. */
  readonly applied?: 'no' | undefined;
}

export const failureOf = (
  operation: Operation,
  reaction: Reaction,
  answer: Parameters<typeof isUnapplied>[0],
): Failure => ({
  operation,
  reaction,
  ...(isUnapplied(answer) && reaction.kind !== 'already-there' && { applied: 'no' as const }),
});

/** Links as the destination confirmed them, and what it did not confirm. */
export interface Sent {
  readonly links: readonly Link[];
  readonly failures: readonly Failure[];
}

export interface Write {
  readonly method: 'POST' | 'PUT';
  /** `Type` or `Type/id`. */
  readonly path: string;
  readonly resource: Resource;
  /** An entity tag: the version that we know. */
  readonly ifMatch?: string | undefined;
  /** A search that finds it, if it is there already. */
  readonly ifNoneExist?: string | undefined;
}

/** References to what is there by `Type/id`; ours with what the hospital put beside it. */
export function writeOf(operation: Operation, place: Place): Write {
  const { links, capabilities, identifierSystem } = place;
  const additions = operation.kind === 'create' ? undefined : operation.link.theirs;
  const resource = mapReferences(withAdditions(resourceOf(operation), additions), (reference) => {
    const link = links.get(identityIn(reference) ?? '');
    return link && `${link.resourceType}/${link.serverId}`;
  });
  if (operation.kind === 'create') {
    const { resourceType } = resource;
    const isConditional = isConditionalCreate(resourceType, capabilities);
    return {
      method: 'POST',
      path: resourceType,
      resource,
      ifNoneExist: isConditional ? identityQuery(resourceType, identifierSystem, [operation.identity]) : undefined,
    };
  }
  const { resourceType, serverId, versionId } = operation.link;
  const isMatched = versionId !== null && capabilities.ifMatch !== 'ignored';
  return {
    method: 'PUT',
    path: `${resourceType}/${serverId}`,
    resource: { ...resource, id: serverId } as Resource,
    ifMatch: isMatched ? `W/"${versionId}"` : undefined,
  };
}

/** What a refusal of it may mean. */
export const purposeOf = (operation: Operation, { capabilities }: Place): Purpose =>
  operation.kind === 'create' && isConditionalCreate(resourceOf(operation).resourceType, capabilities)
    ? 'creating'
    : 'writing';

/** What a server says of one write that it has done. */
export interface Confirmation {
  readonly status: number;
  readonly location?: string | undefined;
  readonly etag?: string | undefined;
  /** The resource as it stands there, where it is sent back. */
  readonly resource?: Resource | undefined;
}

/** The link that a success confirms. Undefined: it does not tell where the resource is. */
export function confirmed(operation: Operation, said: Confirmation, place: Place): Link | undefined {
  const [, serverId, locatedVersion] = /([^/]+)(?:\/_history\/([^/]+))?$/.exec(stripped(said.location)) ?? [];
  const versionId = versionOf(said.etag) ?? locatedVersion ?? said.resource?.meta?.versionId ?? null;
  const { patientId } = place;
  if (operation.kind !== 'create') {
    const voided = operation.kind === 'void';
    return {
      ...operation.link,
      patientId,
      versionId,
      state: voided ? 'voided' : 'live',
      contentHash: voided ? operation.link.contentHash : operation.item.contentHash,
      content: resourceOf(operation),
      sent: undefined,
      mappingVersion: undefined,
    };
  }
  const id = said.resource?.id ?? serverId;
  if (!id || !isSuccess(said.status)) return undefined;
  const { item, identity } = operation;
  const { resourceType } = item.resource;
  // 200 on a conditional create means that it was there already, with a content that we have not seen.
  const isNew = said.status === 201 || !isConditionalCreate(resourceType, place.capabilities);
  return {
    identity,
    patientId,
    resourceType,
    serverId: id,
    versionId,
    contentHash: isNew ? item.contentHash : null,
    state: 'live',
    content: item.resource,
  };
}

/**
 * An update that waits at the server is the same whenever it is applied. A create has no place yet, or one at which
 * nothing is, until a search shows it; where none does, the place that was named has to do.
 */
export function isTakenForLater(
  operation: Operation,
  { status, location }: Pick<Confirmation, 'status' | 'location'>,
  { capabilities }: Place,
): boolean {
  if (status !== 202 || operation.kind !== 'create') return false;
  return !location || isFoundByIdentity(resourceOf(operation).resourceType, capabilities);
}

/** The parts of a Bundle's entry that say what became of it. */
export const confirmationIn = ({ response, resource }: BundleEntry, status: number): Confirmation => ({
  status,
  location: response?.location,
  etag: response?.etag,
  resource,
});

const isConditionalCreate = (type: ResourceType, { resources }: DestinationCapabilities): boolean =>
  resources.get(type)?.conditionalCreate === true;

/** `Type/id/_history/v`, relative or absolute, to what follows the type. */
function stripped(location: string | undefined): string {
  const history = /([^/]+\/_history\/[^/]+)$/.exec(location ?? '');
  return history?.[1] ?? (location ?? '').split('/').at(-1) ?? '';
}
