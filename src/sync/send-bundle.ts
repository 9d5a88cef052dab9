import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { referenceTo } from '../fhir/references.ts';
import { isDone, isSuccess, type Reaction, reactionTo, reactionToStatus } from './failure.ts';
import type { Answer } from './fhir-client.ts';
import type { Operation } from './plan.ts';
import {
  confirmationIn,
  confirmed,
  failureOf,
  isTakenForLater,
  type Place,
  purposeOf,
  type Sent,
  writeOf,
} from './send-write.ts';

/**
 * Operations in one Bundle. A transaction (FHIR R4 §3.1.0.11.2) happens as a whole, and its entries refer to each other
 * by urn:uuid; in a batch each entry stands alone, so that whatever one refers to has to be there before.
 */
export function bundleOf(type: 'transaction' | 'batch', operations: readonly Operation[], place: Place): Bundle {
  return { resourceType: 'Bundle', type, entry: operations.map((operation) => entryOf(operation, place)) };
}

function entryOf(operation: Operation, place: Place): BundleEntry {
  const { method, path: url, resource, ifMatch, ifNoneExist } = writeOf(operation, place);
  const request = { method, url, ...(ifMatch && { ifMatch }), ...(ifNoneExist && { ifNoneExist }) };
  return { fullUrl: referenceTo(operation.identity), resource, request };
}

/**
 * Reads the answer entry by entry: a server without transactions may run one as a batch and answer 200 with refusals
 * inside, and what succeeded there is kept.
 */
export function readBundle(operations: readonly Operation[], answer: Answer, place: Place): Sent {
  const { vendorCodes } = place.capabilities;
  const failAll = (reaction: Reaction): Sent => ({
    links: [],
    failures: operations.map((operation) => failureOf(operation, reaction, answer)),
  });
  if (answer.kind !== 'answered' || !isDone(answer)) return failAll(reactionTo(answer, 'writing', vendorCodes));
  const entries = (answer.body as Bundle | undefined)?.entry;
  // Taken and not yet run, cut short, or something else in place of an answer: it may have been written.
  if (!Array.isArray(entries) || entries.length !== operations.length) return failAll(unreadable);
  const read = operations.map((operation, n) => readEntry(operation, entries[n] as BundleEntry, place));
  return { links: read.flatMap(({ links }) => links), failures: read.flatMap(({ failures }) => failures) };
}

function readEntry(operation: Operation, entry: BundleEntry, place: Place): Sent {
  const status = Number.parseInt(entry.response?.status ?? '', 10);
  const outcome = entry.response?.outcome ?? outcomeIn(entry.resource);
  const answered = { kind: 'answered', status, body: outcome } as const;
  const failed = (reaction: Reaction): Sent => ({ links: [], failures: [failureOf(operation, reaction, answered)] });
  const isWaiting = isTakenForLater(operation, { status, location: entry.response?.location }, place);
  if (status >= 300 || isWaiting || (isSuccess(status) && !isDone({ status, body: outcome }))) {
    return failed(
      reactionToStatus({ status, body: outcome }, purposeOf(operation, place), place.capabilities.vendorCodes),
    );
  }
  const link = isSuccess(status) ? confirmed(operation, confirmationIn(entry, status), place) : undefined;
  // A success without a place, or no status at all, says nothing.
  return link ? { links: [link], failures: [] } : failed(unreadable);
}

const outcomeIn = (resource: Resource | undefined): Resource | undefined =>
  resource?.resourceType === 'OperationOutcome' ? resource : undefined;

const unreadable: Reaction = {
  kind: 'unknown',
  problem: problem('destination-unavailable', 'the destination did not say what became of it'),
};
