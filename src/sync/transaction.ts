import type { Bundle, BundleEntry, Resource, ResourceType } from '@medplum/fhirtypes';
import { identityIn, mapReferences, referenceTo } from '../fhir/references.ts';
import { isSuccess, type Reaction, reactionTo, reactionToStatus } from './failure.ts';
import type { Answer } from './fhir-client.ts';
import { identityParameter } from './identity-search.ts';
import { versionOf } from './look-up.ts';
import type { Link, Operation } from './plan.ts';

/**
 * One transaction for a batch of operations (FHIR R4 §3.1.0.11): references inside by urn:uuid, conditional create by
 * keyed identity, update by id with the version that we know.
 */
export function transactionOf(
  operations: readonly Operation[],
  links: ReadonlyMap<string, Link>,
  identifierSystem: string,
): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: operations.map((operation) => entryOf(operation, links, identifierSystem)),
  };
}

function entryOf(operation: Operation, links: ReadonlyMap<string, Link>, identifierSystem: string): BundleEntry {
  const resolved = mapReferences(resourceOf(operation), (reference) => {
    const link = links.get(identityIn(reference) ?? '');
    return link && `${link.resourceType}/${link.serverId}`;
  });
  const fullUrl = referenceTo(operation.identity);
  if (operation.kind === 'create') {
    const { resourceType } = resolved;
    const ifNoneExist = `${identityParameter(resourceType)}=${encodeURIComponent(`${identifierSystem}|${operation.identity}`)}`;
    return { fullUrl, resource: resolved, request: { method: 'POST', url: resourceType, ifNoneExist } };
  }
  const { resourceType, serverId, versionId } = operation.link;
  return {
    fullUrl,
    resource: { ...resolved, id: serverId } as Resource,
    request: {
      method: 'PUT',
      url: `${resourceType}/${serverId}`,
      ...(versionId !== null && { ifMatch: `W/"${versionId}"` }),
    },
  };
}

/** What an operation would have the destination hold. */
export const resourceOf = (operation: Operation): Resource =>
  operation.kind === 'void' ? operation.resource : operation.item.resource;

export interface TransactionResult {
  /** Links as the destination confirmed them, entry by entry. */
  readonly links: readonly Link[];
  /** What did not succeed; none: all did. */
  readonly reaction?: Reaction | undefined;
}

/**
 * Reads the answer entry by entry: a server without transactions may run it as a batch and answer 200 with refusals
 * inside, and what succeeded there is kept.
 */
export function readAnswer(operations: readonly Operation[], answer: Answer, patientId: string): TransactionResult {
  if (answer.kind !== 'answered' || !isSuccess(answer.status)) {
    return { links: [], reaction: reactionTo(answer, 'writing') };
  }
  const entries = (answer.body as Bundle)?.entry ?? [];
  if (entries.length !== operations.length) return { links: [], reaction: reactionTo(unreadable, 'writing') };
  const links: Link[] = [];
  let reaction: Reaction | undefined;
  for (const [n, operation] of operations.entries()) {
    const entry = entries[n] as BundleEntry;
    const status = Number.parseInt(entry.response?.status ?? '', 10);
    const link = isSuccess(status) ? confirmed(operation, entry, status, patientId) : undefined;
    if (link) links.push(link);
    else reaction ??= isRefusal(status) ? reactionToStatus(status) : reactionTo(unreadable, 'writing');
  }
  return { links, reaction };
}

/** A success without a place, or no status at all, says nothing: it may have been written. */
const isRefusal = (status: number): boolean => status >= 400;

const unreadable: Answer = {
  kind: 'unknown',
  problem: reactionToStatus(503).problem,
};

function confirmed(operation: Operation, entry: BundleEntry, status: number, patientId: string): Link | undefined {
  const { location, etag } = entry.response ?? {};
  const [, serverId, locatedVersion] = /([^/]+)(?:\/_history\/([^/]+))?$/.exec(stripped(location)) ?? [];
  const versionId = versionOf(etag) ?? locatedVersion ?? entry.resource?.meta?.versionId ?? null;
  if (operation.kind !== 'create') {
    const voided = operation.kind === 'void';
    return {
      ...operation.link,
      patientId,
      versionId,
      state: voided ? 'voided' : 'live',
      contentHash: voided ? operation.link.contentHash : operation.item.contentHash,
      content: resourceOf(operation),
    };
  }
  const id = entry.resource?.id ?? serverId;
  if (!id) return undefined;
  const { item, identity } = operation;
  return {
    identity,
    patientId,
    resourceType: item.resource.resourceType as ResourceType,
    serverId: id,
    versionId,
    // 200 on a conditional create means that it was there already, with a content that we have not seen.
    contentHash: status === 201 ? item.contentHash : null,
    state: 'live',
    content: item.resource,
  };
}

/** `Type/id/_history/v`, relative or absolute, to what follows the type. */
function stripped(location: string | undefined): string {
  const history = /([^/]+\/_history\/[^/]+)$/.exec(location ?? '');
  return history?.[1] ?? (location ?? '').split('/').at(-1) ?? '';
}
