const longestWaitMs = 3_600_000;

/**
 * The wait that a server asks for, in milliseconds, clamped to 0 … 1 h; undefined when it states none.
 * Reads Retry-After as seconds or HTTP date (RFC 9110 §10.2.3), as the epoch number that bulk-data-server sends,
 * and the reset time of a RateLimit header (`"default";r=0;t=60`, Medplum), which comes without Retry-After.
 */
export function retryAfterMs(headers: Headers, now: Temporal.Instant): number | undefined {
  const stated = headers.get('retry-after')?.trim();
  const waitMs = stated === undefined ? rateLimitMs(headers.get('ratelimit')) : waitUntilMs(stated, now);
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 0), longestWaitMs);
}

function waitUntilMs(stated: string, now: Temporal.Instant): number | undefined {
  if (/^\d+(\.\d+)?$/.test(stated)) return numberMs(Number(stated), now);
  if (!stated.endsWith('GMT')) return undefined;
  // Temporal does not read the HTTP date format; Date.parse is used as a parser only.
  const epochMs = Date.parse(stated);
  return Number.isNaN(epochMs) ? undefined : epochMs - now.epochMilliseconds;
}

/** No server asks for thirty years: a number that large is an epoch, in seconds or in milliseconds. */
function numberMs(value: number, now: Temporal.Instant): number {
  if (value < 1e9) return value * 1000;
  return (value < 1e12 ? value * 1000 : value) - now.epochMilliseconds;
}

function rateLimitMs(header: string | null): number | undefined {
  const seconds = header?.match(/;\s*t=(\d+)/)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
