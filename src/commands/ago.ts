/** How long ago an instant was, as an operator says it: `12 s ago`, `3 h ago`. A dash where it never was. */
export function ago(instant: string | undefined, now: Temporal.Instant): string {
  return instant === undefined
    ? '–'
    : `${span(now.epochMilliseconds - Temporal.Instant.from(instant).epochMilliseconds)} ago`;
}

/** In the largest unit that it fills, rounded down. */
export function span(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const [largest] = units.filter(([length]) => seconds >= length);
  const [length, name] = largest ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${name}`;
}

const units: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];
