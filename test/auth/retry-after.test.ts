import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/auth/retry-after.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');

test.each([
  ['seconds', { 'retry-after': '7' }, 7000],
  ['an HTTP date', { 'retry-after': 'Tue, 25 Jun 2024 10:02:00 GMT' }, 120_000],
  ['an HTTP date in the past', { 'retry-after': 'Tue, 25 Jun 2024 09:00:00 GMT' }, 0],
  ['an epoch in seconds, as bulk-data-server sends it', { 'retry-after': '1719309630' }, 30_000],
  ['an epoch in milliseconds', { 'retry-after': '1719309630000' }, 30_000],
  ['a week: never more than one hour', { 'retry-after': '604800' }, 3_600_000],
  ['a RateLimit reset without Retry-After, as Medplum sends it', { ratelimit: '"fhir";r=0;t=60' }, 60_000],
  ['Retry-After wins over RateLimit', { 'retry-after': '3', ratelimit: '"fhir";r=0;t=60' }, 3000],
  ['nothing', {}, undefined],
  ['words', { 'retry-after': 'tomorrow' }, undefined],
  ['a date that is none', { 'retry-after': 'Foo, 99 Bar 2024 GMT' }, undefined],
])('a server that states %s', (_what, headers, waitMs) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>), now)).toBe(waitMs);
});
