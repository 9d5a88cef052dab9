import { expect, it } from 'vitest';
import { ambiguousSends } from './ambiguity.ts';
import { inStep } from './standing.ts';

it('a write whose answer was lost is looked for: nothing is created a second time, and nobody has to look', async () => {
  const report = await ambiguousSends({ patients: 20, rounds: 4 });
  expect(report.standing).toEqual(inStep);
  expect(report.ambiguous).toBeGreaterThanOrEqual(100);
  expect(report.createdAgain).toBe(0);
  expect(report.searches).toBeGreaterThanOrEqual(80);
  expect(Object.keys(report.harm)).toHaveLength(5);
});
