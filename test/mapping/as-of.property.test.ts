import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import type { Desired } from '../../src/mapping/desired.ts';
import { whenOf } from '../../src/therapy/when.ts';
import { asOf, desiredOf, patientOf } from '../stories/story.ts';
import { eventsOf, therapySteps, timeOf } from '../therapy/generate.ts';

/** What every server should hold depends on the instant at which it is asked for, and says when it will differ. */
const runs = { numRuns: 500 };

/** After all that was reported, also of what was mistyped as years ahead. */
const endOfTime = asOf.add({ hours: 24 * 3650 });

/** What every server should hold, comparable: identity and content. */
const live = ({ resources }: Desired) =>
  Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource]));

const patientOfAll = (events: readonly CanonicalEvent[]): string => patientOf(events[0] as CanonicalEvent);

describe('as of an instant', () => {
  /** Any instant from before the implant to two months after the last event, or years after it. */
  const minutesOn = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -60, max: 90_000 }) },
    { weight: 1, arbitrary: fc.constant(2_700_000) },
  );
  const at = fc.tuple(therapySteps.map(eventsOf), minutesOn, fc.nat()).map(([events, minutes, pick]) => ({
    events,
    at: timeOf(events[pick % events.length] as CanonicalEvent).add({ minutes }),
  }));
  const known = (events: readonly CanonicalEvent[], instant: Temporal.Instant) =>
    desiredOf(events, patientOfAll(events), instant);
  const said = (result: Desired) => [live(result), result.remarks.map(({ problem }) => problem)];

  it('no resource starts later', () => {
    fc.assert(
      fc.property(at, ({ events, at: instant }) => {
        for (const { resource, entry } of known(events, instant).resources) {
          for (const start of startsOf(resource)) {
            const { earliest } = whenOf(start, entry.when.zone);
            expect(Temporal.Instant.compare(earliest, instant)).not.toBe(1);
          }
        }
      }),
      runs,
    );
  });

  it('nothing changes before the next change, and then something does, unless a held report lies there', () => {
    fc.assert(
      fc.property(at, ({ events, at: instant }) => {
        const result = known(events, instant);
        const { nextChangeAt } = result;
        const before = nextChangeAt ? nextChangeAt.subtract({ milliseconds: 1 }) : endOfTime;
        expect(said(known(events, before))).toEqual(said(result));
        if (!nextChangeAt || isHeldAt(result, nextChangeAt)) return;
        expect(said(known(events, nextChangeAt))).not.toEqual(said(result));
      }),
      runs,
    );
  });
});

/** What is held is looked at again when it would begin or end, whether or not that then changes what is known. */
const isHeldAt = ({ remarks }: Desired, at: Temporal.Instant): boolean =>
  remarks.some(
    ({ held, entry }) => held && entry && [entry.when.earliest, endOf(entry.event)].some((one) => one?.equals(at)),
  );

const endOf = (event: object): Temporal.Instant | undefined =>
  'clearedAt' in event && event.clearedAt ? Temporal.Instant.from(event.clearedAt as string) : undefined;

function startsOf(resource: object): string[] {
  const { effectivePeriod, effectiveDateTime, performedDateTime, authoredOn } = resource as {
    effectivePeriod?: { start: string };
    effectiveDateTime?: string;
    performedDateTime?: string;
    authoredOn?: string;
  };
  return [effectivePeriod?.start, effectiveDateTime, performedDateTime, authoredOn].filter(
    (start) => start !== undefined,
  );
}
