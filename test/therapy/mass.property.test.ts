import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { Segment } from '../../src/therapy/records.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import {
  bridgedTherapy,
  Clinic,
  concentrations,
  doseUgPerDay,
  msPerDay,
  tubingMl,
  zone,
} from './clinic-with-known-tubing.ts';
import { Pipe } from './pipe.ts';
import { fold } from './reports.ts';
import { flexUg } from './volume-by-hand.ts';

/**
 * No drug appears and none is lost between reservoir and patient. Tubing and catheter are a pipe: what leaves the
 * reservoir pushes as much out at the tip, oldest first. So at every instant
 *
 *     drug that left the reservoir + drug that was in the pipe − drug that is in it now = drug that reached the patient,
 *
 * and where each change of the concentration has a bridge of exactly the pipe's volume, what reached the patient is what
 * the segments and boluses say. Not covered: a bolus during a bridge, or a stop that cuts one off.
 */
const runs = { numRuns: 500 };

/** Drug that reached the patient up to each instant, if all that left the reservoir went through the pipe. */
function reachedUg(states: readonly Timeline[], pipe: Pipe): number[] {
  let before = { flowedMl: 0, givenMl: 0 };
  let reached = 0;
  let left = 0;
  let concentration = 0;
  return states.map((state) => {
    const account = state.pumps[0]?.reservoir.account;
    if (!account) throw new Error('the pump is known from its implant on');
    const flowedMl = toNumber(account.deliveredMl, 15);
    const givenMl = toNumber(account.bolusedMl, 15) + toNumber(account.primedMl, 15);
    const flowed = flowedMl - before.flowedMl;
    reached += pipe.push(flowed, concentration);
    left += flowed * concentration;
    concentration = state.fills.at(-1)?.fill.concentrationUgPerMl ?? 0;
    reached += pipe.push(givenMl - before.givenMl, concentration);
    left += (givenMl - before.givenMl) * concentration;
    before = { flowedMl, givenMl };
    expect(Math.abs(left - pipe.ug() - reached)).toBeLessThan(1e-6 * Math.max(1, left));
    return reached;
  });
}

/** Drug that segments and boluses say: dose by time. */
function statedUg({ segments, boluses, asOf }: Timeline): number {
  const infused = segments.map((segment) => segmentUg(segment, asOf));
  return [...infused, ...boluses.map((bolus) => toNumber(bolus.doseUg, 12))].reduce((sum, ug) => sum + ug, 0);
}

function segmentUg({ role, program: set, start, end, programmedBy }: Segment, asOf: Temporal.Instant): number {
  const until = (end ?? asOf).epochMilliseconds;
  if (!('doseUgPerDay' in set) || set.doseUgPerDay === undefined) return Number.NaN;
  if (set.mode !== 'flex' || role === 'bridge')
    return set.doseUgPerDay * ((until - start.epochMilliseconds) / msPerDay);
  const programmedAt = programmedBy.when.earliest.toZonedDateTimeISO(zone);
  return flexUg(set, start.epochMilliseconds, until, programmedAt.offsetNanoseconds / 1e6);
}

/** What reviewers are told of the drug that still filled the pipe: another dose, for so long. */
function differenceUg({ flags, asOf }: Timeline): number {
  const told = flags.flatMap(({ problem, forReviewers }) =>
    problem.code === 'concentration-change-without-bridge' && forReviewers ? [forReviewers] : [],
  );
  return told.reduce((sum, { possibleUgPerDay, programmedUgPerDay, from, until }) => {
    const end = Math.min(until?.epochMilliseconds ?? Number.NaN, asOf.epochMilliseconds);
    return sum + (possibleUgPerDay - programmedUgPerDay) * ((end - (from?.epochMilliseconds ?? Number.NaN)) / msPerDay);
  }, 0);
}

describe('the mass of drug', () => {
  it('reaches the patient as segments and boluses say, at every event, where each concentration change has its bridge', () => {
    fc.assert(
      fc.property(bridgedTherapy, ({ concentration, dose, catheterMl, acts: all }) => {
        const clinic = new Clinic(concentration, dose, catheterMl);
        for (const one of all) clinic.perform(one);
        const last = clinic.instants.at(-1) as Temporal.Instant;
        const instants = [...clinic.instants, last.add({ hours: 7 }), last.add({ hours: 2000 })];
        const states = instants.map((at) => fold(clinic.events, at.toString()));
        const reached = reachedUg(states, new Pipe(tubingMl + catheterMl));
        for (const [n, state] of states.entries()) {
          const stated = statedUg(state);
          expect(Math.abs((reached[n] as number) - stated), state.asOf.toString()).toBeLessThan(
            1e-6 * Math.max(100, stated),
          );
        }
      }),
      runs,
    );
  });

  it('differs from the segments by what reviewers are told, where the concentration changed without a bridge', () => {
    const changes = fc.array(fc.tuple(concentrations, doseUgPerDay, fc.integer({ min: 1, max: 90 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(concentrations, doseUgPerDay, changes, (first, dose, exchanged) => {
        const catheterMl = 0.185;
        const clinic = new Clinic(first, dose, catheterMl);
        for (const [concentration, next, percent] of exchanged) clinic.exchangeUnbridged(concentration, next, percent);
        const states = clinic.instants.map((at) => fold(clinic.events, at.toString()));
        const reached = reachedUg(states, new Pipe(tubingMl + catheterMl));
        for (const [n, state] of states.entries()) {
          const expected = statedUg(state) + differenceUg(state);
          expect(Math.abs((reached[n] as number) - expected), state.asOf.toString()).toBeLessThan(0.1);
        }
      }),
      runs,
    );
  });
});
