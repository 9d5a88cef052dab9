import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { serialiser } from '../../src/sandbox/serialiser.ts';

test('works run one after the other, in order, and a failing one does not stop the next', async () => {
  const oneAtATime = serialiser();
  const steps: string[] = [];
  const work = (name: string, waitMs: number) => async () => {
    steps.push(`${name} starts`);
    await delay(waitMs);
    steps.push(`${name} ends`);
    if (name === 'second') throw new Error('failed');
    return name;
  };
  const all = [work('first', 5), work('second', 1), work('third', 0)].map(oneAtATime);
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(steps).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} starts`, `${name} ends`]));
});
