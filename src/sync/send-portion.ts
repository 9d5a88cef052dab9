import { referredIdentities } from '../fhir/references.ts';
import { linkOfOperation, type Operation, type Plan, resourceOf } from './plan.ts';

/** What of a plan travels next. */

export interface Limits {
  readonly entries: number;
  /** Of the resources of one request, as JSON; infinite where the destination states none. */
  readonly bytes: number;
}

/** Groups for one transaction: at most so many, within the limits. A group that fits is never split. */
export function firstBatch(groups: Plan, limits: Limits, mostGroups: number): Operation[] {
  const batch: Operation[] = [];
  let bytes = 0;
  for (const group of groups.slice(0, mostGroups)) {
    const groupBytes = bytesOf(group, limits);
    const fits = batch.length + group.length <= limits.entries && bytes + groupBytes <= limits.bytes;
    if (!fits) return batch.length > 0 ? batch : firstSlice(group, limits);
    batch.push(...group);
    bytes += groupBytes;
  }
  return batch;
}

/**
 * Operations that may travel beside each other in any order: nothing refers to what another of them creates, and
 * closing goes before opening. Empty: what is left refers to each other in a circle.
 */
export function firstWave(groups: Plan, limits: Limits): Operation[] {
  const unborn = new Set(
    groups.flat().flatMap((operation) => (operation.kind === 'create' ? [operation.identity] : [])),
  );
  const isReady = (operation: Operation) => !referencesOf(operation).some((identity) => unborn.has(identity));
  const closing = groups.flatMap((group) =>
    group.filter((operation) => operation.kind !== 'create' && isReady(operation)),
  );
  if (closing.length > 0) return firstSlice(closing, limits);
  const early = untilClosing(groups).filter(isReady);
  // A closing may refer to what a later event creates: then that has to go first.
  const opening = early.length > 0 ? early : groups.flatMap((group) => beforeClosing(group).filter(isReady));
  return firstSlice(opening, limits);
}

/** What a later event opens waits for what an earlier one still has to close. */
function untilClosing(groups: Plan): readonly Operation[] {
  const first = groups.findIndex((group) => beforeClosing(group).length < group.length);
  return first === -1 ? groups.flat() : groups.slice(0, first + 1).flatMap(beforeClosing);
}

/** A group has what a closing refers to before it, and what it makes room for after it. */
function beforeClosing(group: readonly Operation[]): readonly Operation[] {
  const closing = group.findIndex(({ kind }) => kind !== 'create');
  return closing === -1 ? group : group.slice(0, closing);
}

/** As many as the limits take, and always one: what is too large alone is for the destination to refuse. */
function firstSlice(operations: readonly Operation[], limits: Limits): Operation[] {
  const slice: Operation[] = [];
  let bytes = 0;
  for (const operation of operations) {
    bytes += bytesOf([operation], limits);
    if (slice.length > 0 && (slice.length === limits.entries || bytes > limits.bytes)) break;
    slice.push(operation);
  }
  return slice;
}

/** What stands around a resource in a Bundle. */
const entryBytes = 500;

function bytesOf(operations: readonly Operation[], { bytes }: Limits): number {
  if (bytes === Number.POSITIVE_INFINITY) return 0;
  return operations.reduce((sum, operation) => sum + entryBytes + contentBytes(operation), 0);
}

const contentBytes = (operation: Operation): number =>
  [resourceOf(operation), ...linkOfOperation(operation).map(({ theirs }) => theirs ?? {})].reduce(
    (sum, part) => sum + Buffer.byteLength(JSON.stringify(part)),
    0,
  );

/** A plan is looked through once for each of its waves. */
const referred = new WeakMap<Operation, readonly string[]>();

function referencesOf(operation: Operation): readonly string[] {
  const known = referred.get(operation) ?? referredIdentities(resourceOf(operation));
  referred.set(operation, known);
  return known;
}
