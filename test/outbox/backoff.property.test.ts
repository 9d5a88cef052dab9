import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryDelayMs } from '../../src/outbox/backoff.ts';

const limits = fc
  .record({ baseMs: fc.integer({ min: 1, max: 60_000 }), factor: fc.integer({ min: 1, max: 10_000 }) })
  .map(({ baseMs, factor }) => ({ baseMs, maxMs: baseMs * factor }));
const attempt = fc.integer({ min: 1, max: 5_000 });
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('waits a whole number of milliseconds between zero and the ceiling of the attempt', () => {
  fc.assert(
    fc.property(attempt, limits, fraction, (n, { baseMs, maxMs }, random) => {
      const delayMs = retryDelayMs(n, { baseMs, maxMs }, () => random);
      expect(Number.isSafeInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThanOrEqual(Math.min(maxMs, baseMs * 2 ** (n - 1)));
    }),
  );
});

it('reaches the whole range up to the ceiling, which doubles with each attempt until the maximum', () => {
  const almostOne = () => 1 - Number.EPSILON;
  const limits = { baseMs: 1_000, maxMs: 60_000 };
  const longest = [1, 2, 3, 6, 7, 8, 100].map((n) => retryDelayMs(n, limits, almostOne));
  expect(longest).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
  expect(retryDelayMs(7, limits, () => 0)).toBe(0);
});

it('never waits less for a larger draw or a later attempt', () => {
  fc.assert(
    fc.property(attempt, limits, fraction, fraction, (n, bounds, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      expect(retryDelayMs(n, bounds, () => low)).toBeLessThanOrEqual(retryDelayMs(n, bounds, () => high));
      expect(retryDelayMs(n, bounds, () => low)).toBeLessThanOrEqual(retryDelayMs(n + 1, bounds, () => low));
    }),
  );
});
