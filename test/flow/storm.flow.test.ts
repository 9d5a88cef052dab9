import { expect, it } from 'vitest';
import { inStep } from './standing.ts';
import { storm } from './storm.ts';

/** Repeats the storm of a failure. */
const seed = Number(process.env.ITB_STORM_SEED ?? Date.now() % 1_000_000);

it('a storm of faults, kills and duplicates ends with what is wanted at the hospital: none lost, none twice, none stale', async () => {
  console.log(`ITB_STORM_SEED=${seed}`);
  const plan = { patients: 20, reportsOfEach: 15, kills: 3, harmed: 0.25, seed, longestRestMs: 60_000 };
  const report = await storm(plan);
  console.log(JSON.stringify(report));
  expect(report.reports).toBe(300);
  expect(report.lost).toBe(0);
  expect(report.standing, `ITB_STORM_SEED=${seed}`).toEqual(inStep);
  expect(Object.keys(report.harm).length).toBeGreaterThan(15);
}, 150_000);
