import { randomUUID } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import { indexKeys } from './search-index.ts';

/** A stored version: id, versionId and lastUpdated are always set. Frozen through and through, so that it can be handed out. */
export type Stored = Resource & { id: string; meta: { versionId: string; lastUpdated: string } };

/** What is at an address: the current version, nothing (`undefined`), or that it was deleted. */
export type Current = Stored | 'deleted' | undefined;

export interface ResourceStore {
  current(type: string, id: string): Current;
  /** All versions, newest first. */
  versions(type: string, id: string): readonly Stored[];
  /** Current resources of a type, in the order in which they were created. */
  all(type: string): Iterable<Stored>;
  /** Current resources of a type that have at least one of these index keys. */
  withKeys(type: string, keys: readonly string[]): Stored[];
  /** Stores a version. Content equal to the current version makes no new one. */
  put(resource: Resource & { id: string }): Stored;
  remove(type: string, id: string): void;
  /**
   * Runs the work, then checks each version that it wrote; if either throws, everything written is undone.
   * An inner transaction belongs to the outer one: its versions are checked at the outer end.
   */
  transaction<T>(work: () => Promise<T>, check: (written: Stored) => void): Promise<T>;
}

interface Written {
  undo: () => void;
  stored?: Stored;
}

/**
 * Resources in memory with an undo journal and an index of identifiers, tags and patients.
 * One request at a time uses it: the caller serialises.
 */
export function resourceStore(clock: () => number): ResourceStore {
  const slots = new Map<string, Map<string, Stored[]>>();
  const live = new Map<string, Map<string, Stored>>();
  const index = new Map<string, Set<string>>();
  let journal: Written[] | undefined;

  const slotsOf = (type: string) => slots.getOrInsertComputed(type, () => new Map<string, Stored[]>());
  const liveOf = (type: string) => live.getOrInsertComputed(type, () => new Map<string, Stored>());

  /** Makes `next` the current version at its address, and the index follow. Its own inverse with the arguments swapped. */
  function swap(type: string, id: string, before: Stored | undefined, next: Stored | undefined): void {
    for (const key of before ? indexKeys(before) : []) index.get(`${type} ${key}`)?.delete(id);
    for (const key of next ? indexKeys(next) : []) index.getOrInsertComputed(`${type} ${key}`, () => new Set()).add(id);
    if (next) liveOf(type).set(id, next);
    else liveOf(type).delete(id);
  }

  return {
    current: (type, id) => liveOf(type).get(id) ?? (slotsOf(type).get(id)?.length ? 'deleted' : undefined),
    versions: (type, id) => slotsOf(type).get(id)?.toReversed() ?? [],
    all: (type) => liveOf(type).values(),
    withKeys(type, keys) {
      const ids = new Set(keys.flatMap((key) => [...(index.get(`${type} ${key}`) ?? [])]));
      return [...ids].flatMap((id) => liveOf(type).get(id) ?? []);
    },

    put(resource) {
      const { resourceType: type, id } = resource;
      const before = liveOf(type).get(id);
      if (before && content(before) === content(resource)) return before;
      const versions = slotsOf(type).getOrInsertComputed(id, () => []);
      const meta = { ...resource.meta, versionId: String(versions.length + 1), lastUpdated: instant(clock()) };
      const stored = frozen({ ...structuredClone(resource), meta }) as Stored;
      versions.push(stored);
      swap(type, id, before, stored);
      journal?.push({
        stored,
        undo() {
          versions.pop();
          swap(type, id, stored, before);
        },
      });
      return stored;
    },

    remove(type, id) {
      const before = liveOf(type).get(id);
      swap(type, id, before, undefined);
      journal?.push({ undo: () => swap(type, id, undefined, before) });
    },

    async transaction(work, check) {
      if (journal) return work();
      const opened: Written[] = [];
      journal = opened;
      try {
        const result = await work();
        for (const { stored } of opened) if (stored) check(stored);
        return result;
      } catch (error) {
        for (const { undo } of opened.reverse()) undo();
        throw error;
      } finally {
        journal = undefined;
      }
    },
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(Object.freeze(value))) frozen(member);
  return value;
}

export const newId = (): string => randomUUID();

const instant = (epochMs: number): string =>
  Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ smallestUnit: 'millisecond' });

/** What a client said, without what the server adds. */
function content(resource: Resource): string {
  const { versionId, lastUpdated, ...meta } = resource.meta ?? {};
  return JSON.stringify(sorted({ ...resource, meta }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  );
}
