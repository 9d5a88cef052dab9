/** "Ended is survivor", as one source reported it. */
export interface Merge {
  readonly survivor: string;
  readonly ended: string;
  readonly occurredAt: string;
  readonly sequence: number;
  readonly system: string;
  readonly eventId: string;
}

/**
 * The last survivor of every patient that a merge ended. Merges are applied in order of occurrence: of two that end
 * the same patient the later counts, and one that would close a circle is ignored.
 */
export function survivorsAfter(merges: readonly Merge[]): ReadonlyMap<string, string> {
  const into = new Map<string, string>();
  for (const { survivor, ended } of merges.toSorted(compareMerges)) {
    if (!passes(survivor, ended, into)) into.set(ended, survivor);
  }
  return new Map([...into.keys()].map((ended) => [ended, lastOf(ended, into)]));
}

function lastOf(patient: string, into: ReadonlyMap<string, string>): string {
  let last = patient;
  for (let next = into.get(last); next !== undefined; next = into.get(last)) last = next;
  return last;
}

function passes(from: string, through: string, into: ReadonlyMap<string, string>): boolean {
  for (let at: string | undefined = from; at !== undefined; at = into.get(at)) {
    if (at === through) return true;
  }
  return false;
}

function compareMerges(a: Merge, b: Merge): number {
  return (
    startMs(a.occurredAt) - startMs(b.occurredAt) ||
    a.sequence - b.sequence ||
    compareText(a.system, b.system) ||
    compareText(a.eventId, b.eventId)
  );
}

/** A partial date counts from its first moment in UTC. */
function startMs(occurredAt: string): number {
  if (occurredAt.includes('T')) return Temporal.Instant.from(occurredAt).epochMilliseconds;
  const day = `${occurredAt}${'-01-01'.slice(occurredAt.length - 4)}`;
  return Temporal.Instant.from(`${day}T00:00Z`).epochMilliseconds;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
