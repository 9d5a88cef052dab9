import type { ReviewItem } from './list.ts';

/** One item as a human reads it: the problem's own words beside what it is about, times as ISO 8601 instants, nothing that is sealed. */
export function reviewLine(item: ReviewItem) {
  const { dedupeKey: _, payload: __, problem, openedAtMs, closedAtMs, sinceMs, ...rest } = item;
  return { ...rest, ...problem, since: at(sinceMs), openedAt: at(openedAtMs), closedAt: at(closedAtMs) };
}

const at = (ms: number | null | undefined): string | undefined =>
  typeof ms === 'number' ? Temporal.Instant.fromEpochMilliseconds(ms).toString() : undefined;
