import type { Resource } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { isDone, type Reaction, reactionTo } from './failure.ts';
import type { Answer, FhirRequest } from './fhir-client.ts';
import type { Operation } from './plan.ts';
import { confirmed, failureOf, isTakenForLater, type Place, purposeOf, type Sent, writeOf } from './send-write.ts';

/** One operation as a request of its own, for servers that take no Bundle. */
export function requestOf(operation: Operation, place: Place): FhirRequest {
  const { method, path, resource, ifMatch, ifNoneExist } = writeOf(operation, place);
  return {
    method,
    path,
    body: resource,
    headers: {
      prefer: 'return=minimal',
      ...(ifMatch && { 'if-match': ifMatch }),
      ...(ifNoneExist && { 'if-none-exist': ifNoneExist }),
    },
  };
}

/** Reads the answer: the place and the version from its headers, else from the resource, where one is sent back. */
export function readSingle(operation: Operation, answer: Answer, place: Place): Sent {
  const failed = (reaction: Reaction): Sent => ({ links: [], failures: [failureOf(operation, reaction, answer)] });
  const react = () => reactionTo(answer, purposeOf(operation, place), place.capabilities.vendorCodes);
  if (answer.kind !== 'answered' || !isDone(answer)) return failed(react());
  if (isTakenForLater(operation, answer, place)) return failed(react());
  const { status, etag, location } = answer;
  const link = confirmed(operation, { status, etag, location, resource: sentBack(operation, answer.body) }, place);
  return link ? { links: [link], failures: [] } : failed(placeless);
}

/** Not an OperationOutcome, nor what a proxy writes. */
function sentBack(operation: Operation, body: unknown): Resource | undefined {
  const resource = body as Resource | undefined;
  const type = operation.kind === 'create' ? operation.item.resource.resourceType : operation.link.resourceType;
  return resource?.resourceType === type ? resource : undefined;
}

const placeless: Reaction = {
  kind: 'unknown',
  problem: problem('destination-unavailable', 'the destination did not say where it wrote it'),
};
