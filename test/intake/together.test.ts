import { expect, test } from 'vitest';
import { together } from '../../src/intake/together.ts';

/** Takes lists of numbers, and remembers how they came. Those with a number that stands in `broken` fail whatever comes with them. */
function taker(broken: readonly number[] = []) {
  const calls: number[][][] = [];
  const { take, waiting } = together(
    async (batches: readonly (readonly number[])[]) => {
      calls.push(batches.map((batch) => [...batch]));
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (batches.flat().some((item) => broken.includes(item))) throw new Error(`cannot take ${batches.length}`);
      return batches.map((batch) => `receipt of ${batch.join(' ')}`);
    },
    (batch) => batch.length,
  );
  return { calls, take, waiting };
}

test('each sender gets the receipt of its own batch, whoever else sent at the same time', async () => {
  const { calls, take } = taker();
  const all = await Promise.all([take([1, 2]), take([]), take([3]), take([4, 5, 6])]);
  expect(all).toEqual(['receipt of 1 2', 'receipt of ', 'receipt of 3', 'receipt of 4 5 6']);
  expect(calls).toEqual([[[1, 2], [], [3], [4, 5, 6]]]);
});

test('what comes while others are taken is taken next, together', async () => {
  const { calls, take } = taker();
  const first = take([1]);
  await new Promise(setImmediate);
  const later = [take([2]), take([3])];
  expect(await Promise.all([first, ...later])).toEqual(['receipt of 1', 'receipt of 2', 'receipt of 3']);
  expect(calls).toEqual([[[1]], [[2], [3]]]);
  expect(await take([4])).toBe('receipt of 4');
});

test('a failure is told to the sender whose batch cannot be taken, and to nobody else', async () => {
  const { take } = taker([2]);
  const settled = await Promise.allSettled([take([1]), take([2]), take([3])]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(settled[2]).toEqual({ status: 'fulfilled', value: 'receipt of 3' });
  expect(await take([4])).toBe('receipt of 4');
});

test('a batch of 100 goes with others, a larger one by itself', async () => {
  const { calls, take } = taker();
  const many = (count: number) => Array.from({ length: count }, (_, n) => n);
  await Promise.all([take(many(101)), take(many(100)), take([500])]);
  const sizes = calls.map((batches) => batches.map(({ length }) => length));
  expect(sizes.toSorted((a, b) => a.length - b.length)).toEqual([[101], [100, 1]]);
});

test('a large batch that cannot be taken fails alone', async () => {
  const { take } = taker([7]);
  const large = Array.from({ length: 101 }, (_, n) => n);
  const settled = await Promise.allSettled([take(large), take([500])]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('it says how many are not durable yet, and since when the first of them waits', async () => {
  const { take, waiting } = taker([2]);
  expect(waiting()).toEqual({ count: 0, sinceMs: undefined });
  const before = performance.now();
  const all = [take([1]), take([2]), take(Array.from({ length: 101 }, (_, n) => n + 10))];
  expect(waiting()).toEqual({ count: 3, sinceMs: expect.any(Number) });
  expect(waiting().sinceMs).toBeGreaterThanOrEqual(before);
  expect(waiting().sinceMs).toBeLessThanOrEqual(performance.now());
  await Promise.allSettled(all);
  expect(waiting()).toEqual({ count: 0, sinceMs: undefined });
});
