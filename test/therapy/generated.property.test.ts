import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flexStepMinutes, type Program } from '../../src/event/program.ts';
import { add, ml, noVolume, subtract, toNumber } from '../../src/therapy/quantity.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { patientOf, therapyOf } from '../stories/story.ts';
import { eventsOf, measurableProgram, type Step, therapySteps } from './generate.ts';

/** Laws of the clinic's arithmetic, on invented therapies. */
const runs = { numRuns: 300 };

function fold(steps: readonly Step[]): Timeline {
  const events = eventsOf(steps);
  return therapyOf(events, patientOf(events[0] as never));
}

describe('delivery', () => {
  it('runs at one programme at a time: segments have a length, follow each other and never overlap', () => {
    fc.assert(
      fc.property(therapySteps, (steps) => {
        const { segments, asOf } = fold(steps);
        segments.forEach(({ start, end = asOf }, n) => {
          expect(Temporal.Instant.compare(start, end)).toBe(-1);
          const next = segments[n + 1];
          if (next) expect(Temporal.Instant.compare(end, next.start)).not.toBe(1);
        });
        expect(segments.filter(({ end }) => !end).length).toBeLessThanOrEqual(1);
        expect(segments.slice(0, -1).filter(({ end }) => !end)).toEqual([]);
      }),
      runs,
    );
  });

  it('neither loses nor invents drug: filled is delivered, given as bolus, primed, removed, or left', () => {
    fc.assert(
      fc.property(therapySteps, (steps) => {
        for (const { reservoir } of fold(steps).pumps) {
          const { filledMl, deliveredMl, bolusedMl, primedMl, removedMl } = reservoir.account;
          if (reservoir.volumeMl === undefined) continue;
          const gone = [deliveredMl, bolusedMl, primedMl, removedMl, reservoir.volumeMl].reduce(add, noVolume);
          expect(Math.abs(toNumber(subtract(filledMl, gone), 15))).toBeLessThanOrEqual(1e-9);
        }
      }),
      runs,
    );
  });

  it('moves what an independent count of the segments says, while the reservoir lasts', () => {
    const fill = { volumeMl: 1e6, concentrationUgPerMl: 2000 };
    const doses = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), measurableProgram), { maxLength: 6 });
    fc.assert(
      fc.property(measurableProgram, doses, (first, changes) => {
        const therapy = fold([
          { gapMinutes: 0, body: { type: 'implant', fill, program: first } },
          ...changes.map(([gapMinutes, program]) => ({ gapMinutes, body: { type: 'dose-change', program } })),
        ]);
        const counted = therapy.segments.reduce((sum, segment) => {
          const zone = segment.openedBy.when.zone;
          return sum + countedMl(segment.program, segment.start, segment.end ?? therapy.asOf, zone);
        }, 0);
        const delivered = toNumber(therapy.pumps[0]?.reservoir.account.deliveredMl ?? ml(-1), 9);
        expect(Math.abs(delivered - counted)).toBeLessThan(1e-5);
      }),
      runs,
    );
  });
});

/** Day by day and step by step, in plain numbers: another way to the same volume. */
function countedMl(program: Program, start: Temporal.Instant, end: Temporal.Instant, zone: string): number {
  if (!('doseUgPerDay' in program) || !program.doseUgPerDay || !program.concentrationUgPerMl) return 0;
  const minutesPerDay = 1440;
  const length = (end.epochMilliseconds - start.epochMilliseconds) / 60_000;
  if (program.mode !== 'flex') return (program.doseUgPerDay / program.concentrationUgPerMl) * (length / minutesPerDay);
  const offset = start.toZonedDateTimeISO(zone).offsetNanoseconds / 60_000_000_000;
  const from = start.epochMilliseconds / 60_000 + offset;
  const to = from + length;
  let ug = 0;
  for (let day = Math.floor(from / minutesPerDay) - 1; day * minutesPerDay < to; day++) {
    for (const step of program.flexSteps) {
      const [hour, minute] = step.start.split(':').map(Number) as [number, number];
      const begins = day * minutesPerDay + hour * 60 + minute;
      const overlap = Math.min(to, begins + flexStepMinutes(step)) - Math.max(from, begins);
      if (overlap > 0) ug += step.doseUg * (overlap / flexStepMinutes(step));
    }
  }
  return ug / program.concentrationUgPerMl;
}
