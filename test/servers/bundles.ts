import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { newId } from '../../src/sandbox/resource-store.ts';
import { type Asked, readEntry } from './asked.ts';
import type { Reply } from './dialects.ts';

export type AnswerOne = (asked: Asked) => Reply;

/** Each entry by itself: what fails does not stop the others, and no reference leads from one to another. */
export function answerBatch({ entry = [] }: Bundle, answerOne: AnswerOne): Reply {
  return responseOf(
    'batch-response',
    entry.map((one) => answerOne(readEntry(one))),
  );
}

/** A transaction that is refused as a whole, with the answer of the entry that is to blame. */
export class WholeRefused extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super('the transaction is refused');
    this.reply = reply;
  }
}

/**
 * All entries or none. References by urn:uuid lead to what the entry creates, or to what its condition finds there.
 * `existing`: the address (`Type/id`) that a condition finds. Throws WholeRefused; the caller undoes what was written.
 */
export function answerTransaction(
  { entry = [] }: Bundle,
  answerOne: AnswerOne,
  existing: (type: string, criteria: string) => string | undefined,
): Reply {
  const asked = entry.map((one) => assigned(readEntry(one)));
  const places = new Map<string, string>();
  for (const [n, one] of asked.entries()) {
    const place = placeOf(one, existing);
    const { fullUrl } = entry[n] as BundleEntry;
    if (fullUrl && place) places.set(fullUrl, place);
  }
  const replies = asked.map((one) => answerOne(resolved(one, places)));
  const blamed = replies.find(({ status }) => status >= 400);
  if (blamed) throw new WholeRefused(blamed);
  return responseOf('transaction-response', replies);
}

const assigned = (asked: Asked): Asked => (asked.kind === 'create' ? { ...asked, assignedId: newId() } : asked);

function placeOf(asked: Asked, existing: (type: string, criteria: string) => string | undefined): string | undefined {
  if (asked.kind === 'update') return `${asked.type}/${asked.id}`;
  if (asked.kind !== 'create') return undefined;
  const found = asked.ifNoneExist === undefined ? undefined : existing(asked.type, asked.ifNoneExist);
  return found ?? `${asked.type}/${asked.assignedId}`;
}

const resolved = (asked: Asked, places: ReadonlyMap<string, string>): Asked =>
  'resource' in asked ? { ...asked, resource: replaced(asked.resource, places) as Resource } : asked;

function replaced(value: unknown, places: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, places));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'reference' && typeof member === 'string' ? (places.get(member) ?? member) : replaced(member, places),
    ]),
  );
}

function responseOf(type: 'batch-response' | 'transaction-response', replies: readonly Reply[]): Reply {
  const entry = replies.map(({ status, body, headers }): BundleEntry => {
    const response = { status: String(status), location: headers?.Location, etag: headers?.ETag };
    if (status >= 400) return { response: { status: String(status), outcome: body as OperationOutcome } };
    return { ...(body !== undefined && { resource: body as Resource }), response };
  });
  return { status: 200, body: { resourceType: 'Bundle', type, entry } };
}
