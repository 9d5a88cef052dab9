import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { patientOf, therapyOf } from '../stories/story.ts';
import { eventsOf, exactSteps, type Step, therapySteps } from './generate.ts';
import { ByHand } from './volume-by-hand.ts';

const runs = { numRuns: 5000 };

function fold(steps: readonly Step[]): Timeline {
  const events = eventsOf(steps);
  return therapyOf(events, patientOf(events[0] as never));
}

/** Where the volume of each pump went, as the adapter counts it. */
const accountsOf = (therapy: Timeline) =>
  therapy.pumps.map(({ life, reservoir: { account, volumeMl } }) => ({
    key: life.key,
    filledMl: toNumber(account.filledMl, 15),
    deliveredMl: toNumber(account.deliveredMl, 15),
    bolusedMl: toNumber(account.bolusedMl, 15),
    primedMl: toNumber(account.primedMl, 15),
    removedMl: toNumber(account.removedMl, 15),
    leftMl: volumeMl && toNumber(volumeMl, 15),
  }));

describe('the volume of the reservoir', () => {
  it('is neither lost nor invented: what was filled was delivered, given as bolus, primed, removed, or is left', () => {
    fc.assert(
      fc.property(therapySteps, (steps) => {
        for (const { filledMl, leftMl, ...gone } of accountsOf(fold(steps))) {
          if (leftMl === undefined) continue;
          const all = gone.deliveredMl + gone.bolusedMl + gone.primedMl + gone.removedMl + leftMl;
          expect(Math.abs(filledMl - all)).toBeLessThanOrEqual(1e-9 * Math.max(1, filledMl));
          expect(leftMl).toBeGreaterThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it('goes where a count by hand of the segments, boluses, primes and fills says, pump by pump', () => {
    fc.assert(
      fc.property(exactSteps, (steps) => {
        const therapy = fold(steps);
        for (const { key, ...account } of accountsOf(therapy)) {
          const byHand = new ByHand(therapy, key);
          if (byHand.isDoubtful) continue;
          expect(account.leftMl === undefined).toBe(byHand.count.leftMl === undefined);
          if (account.leftMl === undefined) continue;
          for (const [where, volumeMl] of Object.entries(account)) {
            const counted = byHand.count[where as keyof typeof account] as number;
            expect(Math.abs((volumeMl as number) - counted), where).toBeLessThanOrEqual(
              1e-9 * Math.max(1, account.filledMl),
            );
          }
        }
      }),
      runs,
    );
  });
});
