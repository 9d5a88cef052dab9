import { expect, test } from 'vitest';
import { together } from '../../src/intake/together.ts';

/** Takes numbers, and remembers how they came. Odd ones that stand in `broken` fail whatever comes with them. */
function taker(broken: readonly number[] = []) {
  const calls: number[][] = [];
  const take = together(async (items: readonly number[]) => {
    calls.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (items.some((item) => broken.includes(item))) throw new Error(`cannot take ${items.length}`);
    return items.map((item) => `receipt ${item}`);
  });
  return { calls, take };
}

test('each sender gets the receipts of its own events, whoever else sent at the same time', async () => {
  const { calls, take } = taker();
  const all = await Promise.all([take([1, 2]), take([]), take([3]), take([4, 5, 6])]);
  expect(all).toEqual([['receipt 1', 'receipt 2'], [], ['receipt 3'], ['receipt 4', 'receipt 5', 'receipt 6']]);
  expect(calls).toEqual([[1, 2, 3, 4, 5, 6]]);
});

test('what comes while others are taken is taken next, together', async () => {
  const { calls, take } = taker();
  const first = take([1]);
  await new Promise(setImmediate);
  const later = [take([2]), take([3])];
  expect(await Promise.all([first, ...later])).toEqual([['receipt 1'], ['receipt 2'], ['receipt 3']]);
  expect(calls).toEqual([[1], [2, 3]]);
  expect(await take([4])).toEqual(['receipt 4']);
});

test('a failure is told to the sender whose events cannot be taken, and to nobody else', async () => {
  const { take } = taker([2]);
  const settled = await Promise.allSettled([take([1]), take([2]), take([3])]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(settled[2]).toEqual({ status: 'fulfilled', value: ['receipt 3'] });
  expect(await take([4])).toEqual(['receipt 4']);
});

test('a large batch goes by itself', async () => {
  const { calls, take } = taker();
  const many = Array.from({ length: 101 }, (_, n) => n);
  const [large, one] = await Promise.all([take(many), take([500])]);
  expect([large.length, one]).toEqual([101, ['receipt 500']]);
  expect(calls.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([1, 101]);
});
