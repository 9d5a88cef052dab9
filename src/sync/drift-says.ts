import { isDeepStrictEqual } from 'node:util';

/**
 * Whether what a server gives back still says what we wrote. Servers write the same instant in another zone, add the
 * display of a code or of a reference, and name elements by ids: none of that says something else.
 */
export function says(theirs: unknown, ours: unknown): boolean {
  if (Array.isArray(ours)) return Array.isArray(theirs) && sameItems(theirs, ours);
  if (isObject(ours)) return isObject(theirs) && sameMembers(theirs, ours);
  return isDeepStrictEqual(theirs, ours) || isSameInstant(theirs, ours);
}

const sameItems = (theirs: readonly unknown[], ours: readonly unknown[]): boolean =>
  theirs.length === ours.length && ours.every((item, n) => says(theirs[n], item));

function sameMembers(theirs: Members, ours: Members): boolean {
  const added = Object.keys(theirs).filter((key) => ours[key] === undefined);
  return Object.keys(ours).every((key) => says(theirs[key], ours[key])) && added.every((key) => mayBeAdded(key, ours));
}

/** Beside a code, a reference or anything else of ours. */
const mayBeAdded = (key: string, ours: Members): boolean =>
  key === 'id' ||
  (key === 'display' && ('code' in ours || 'reference' in ours)) ||
  (key === 'type' && 'reference' in ours);

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function isSameInstant(theirs: unknown, ours: unknown): boolean {
  if (typeof theirs !== 'string' || typeof ours !== 'string' || !instant.test(theirs) || !instant.test(ours))
    return false;
  try {
    return Temporal.Instant.compare(theirs, ours) === 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
