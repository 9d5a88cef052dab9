/**
 * How long to wait before attempt + 1: exponential with full jitter, so that many patients of one destination do not
 * return at the same moment. `attempt` counts from 1; `random` returns a number in [0, 1).
 */
export function retryDelayMs(
  attempt: number,
  limits: { readonly baseMs: number; readonly maxMs: number },
  random: () => number,
): number {
  const ceilingMs = Math.min(limits.maxMs, limits.baseMs * 2 ** (attempt - 1));
  return Math.floor(random() * (ceilingMs + 1));
}
