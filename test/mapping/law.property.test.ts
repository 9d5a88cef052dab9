import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import type { RecordedEvent } from '../../src/therapy/amendments.ts';
import { history } from '../../src/therapy/history.ts';
import { timeline } from '../../src/therapy/timeline.ts';
import { whenOf } from '../../src/therapy/when.ts';
import {
  asOf,
  desiredOf,
  mappingContext,
  patientOf,
  patientsOf,
  recordedOf,
  reportedEvents,
  settings,
  storyNames,
} from '../stories/story.ts';
import { correctionOf, eventsOf, oneStep, saidRight, therapySteps, timeOf, voidOf } from '../therapy/generate.ts';

/**
 * The law, for the pure half of the service: any order, any repetition, any split into batches, late reports, voids and
 * corrections come to the same desired resources.
 */
const runs = { numRuns: 200 };

/** What every server should hold, comparable: identity and content. */
const live = ({ resources }: Desired) =>
  Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource]));

/** Without Provenance and the times at which somebody wrote it down, which tell how we came to know. */
const clinical = (result: Desired) =>
  Object.fromEntries(
    Object.entries(live(result))
      .filter(([, { resourceType }]) => resourceType !== 'Provenance')
      .map(([identity, resource]) => {
        const {
          issued: _,
          recordedDate: _date,
          dateAsserted: _asserted,
          ...said
        } = resource as typeof resource & Record<string, unknown>;
        return [identity, said];
      }),
  );

const generated = therapySteps.map(eventsOf);
const patientOfAll = (events: readonly CanonicalEvent[]): string => patientOf(events[0] as CanonicalEvent);
const now = (events: readonly CanonicalEvent[]): Desired => desiredOf(events, patientOfAll(events));

/** Every event at least once, some again, in any order, cut anywhere into batches. */
function deliveryOf(events: readonly CanonicalEvent[]): fc.Arbitrary<CanonicalEvent[][]> {
  const all = fc.shuffledSubarray([...events], { minLength: events.length });
  const again = fc.array(fc.constantFrom(...events), { maxLength: 6 });
  return fc
    .tuple(all, again, fc.integer({ min: 1, max: 8 }))
    .chain(([first, repeats, size]) =>
      fc
        .shuffledSubarray([...first, ...repeats], { minLength: first.length + repeats.length })
        .map((sent) => sent.flatMap((_, n) => (n % size === 0 ? [sent.slice(n, n + size)] : []))),
    );
}

/** As a ledger takes it: batch after batch, each with its own time of receipt; what came before is a duplicate. */
function ledgerOf(batches: readonly CanonicalEvent[][]): RecordedEvent[] {
  const records = batches.flatMap((batch, n) => recordedOf(batch, asOf.subtract({ hours: batches.length - n })));
  const known = new Map<string, RecordedEvent>();
  for (const record of records) {
    const { system, eventId } = record.event.source;
    const key = `${system} ${eventId}`;
    if (!known.has(key)) known.set(key, record);
  }
  return [...known.values()];
}

function desiredOfLedger(records: readonly RecordedEvent[], patientId: string): Desired {
  return desired(timeline(history(records, patientId, settings), asOf, settings), mappingContext(patientId));
}

describe('any order, any repetition, any batches', () => {
  const stories = new Map(
    storyNames.map((name) => {
      const events = reportedEvents(name);
      return [name, { events, result: patientsOf(events).map((id) => desiredOf(events, id)) }] as const;
    }),
  );

  it('come to the resources of the story, for each of its patients', () => {
    const delivery = fc
      .constantFrom(...storyNames)
      .chain((name) => fc.tuple(fc.constant(name), deliveryOf(stories.get(name)?.events ?? [])));
    fc.assert(
      fc.property(delivery, ([name, batches]) => {
        const records = ledgerOf(batches);
        for (const expected of stories.get(name)?.result ?? []) {
          expect(live(desiredOfLedger(records, expected.patientId))).toEqual(live(expected));
        }
      }),
      runs,
    );
  });

  it('come to the same resources and remarks, for any therapy with an amendment: a late report is as one in time', () => {
    const withAmendment = fc
      .tuple(generated, fc.nat(), oneStep, fc.boolean())
      .map(([events, pick, step, isVoid]) => {
        const n = pick % events.length;
        return [...events, isVoid ? voidOf(events, `G${n}`) : correctionOf(events, n, step)];
      })
      .chain((events) => fc.tuple(fc.constant(events), deliveryOf(events)));
    fc.assert(
      fc.property(withAmendment, ([events, batches]) => {
        const result = desiredOfLedger(ledgerOf(batches), patientOfAll(events));
        expect(live(result)).toEqual(live(now(events)));
        expect(result.remarks).toEqual(now(events).remarks.map((remark) => expect.objectContaining(remarkOf(remark))));
      }),
      runs,
    );
  });
});

const remarkOf = ({ problem, held }: Desired['remarks'][number]) => ({ problem, held });

describe('amendments', () => {
  const picked = fc.tuple(generated, fc.nat()).map(([events, pick]) => ({ events, n: pick % events.length }));

  it('a void comes to the same as if the event had never been reported', () => {
    fc.assert(
      fc.property(picked, ({ events, n }) => {
        const patientId = patientOfAll(events);
        const voided = desiredOf([...events, voidOf(events, `G${n}`)], patientId);
        expect(live(voided)).toEqual(live(desiredOf(events.toSpliced(n, 1), patientId)));
      }),
      runs,
    );
  });

  it('a void of a void comes to the same as if neither had been reported', () => {
    fc.assert(
      fc.property(picked, ({ events, n }) => {
        const amended = [...events, voidOf(events, `G${n}`), voidOf(events, 'VOID', 'VOID-2')];
        expect(live(now(amended))).toEqual(live(now(events)));
      }),
      runs,
    );
  });

  it('a correction comes to the same, under the same identities, as saying it right at first', () => {
    fc.assert(
      fc.property(picked, oneStep, ({ events, n }, instead) => {
        const corrected = now([...events, correctionOf(events, n, instead)]);
        expect(clinical(corrected)).toEqual(clinical(now(saidRight(events, n, instead))));
      }),
      runs,
    );
  });

  it('a voided correction restores what it replaced', () => {
    fc.assert(
      fc.property(picked, oneStep, ({ events, n }, instead) => {
        const amended = [...events, correctionOf(events, n, instead), voidOf(events, 'AMEND')];
        expect(live(now(amended))).toEqual(live(now(events)));
      }),
      runs,
    );
  });
});

describe('as of an instant', () => {
  /** Any instant from before the implant to two months after the last event. */
  const at = fc.tuple(generated, fc.integer({ min: -60, max: 90_000 }), fc.nat()).map(([events, minutes, pick]) => ({
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

  it('the next change is exactly when the resources next change', () => {
    fc.assert(
      fc.property(at, ({ events, at: instant }) => {
        const result = known(events, instant);
        const { nextChangeAt } = result;
        const before = nextChangeAt ? nextChangeAt.subtract({ milliseconds: 1 }) : asOf;
        expect(said(known(events, before))).toEqual(said(result));
        if (nextChangeAt) expect(said(known(events, nextChangeAt))).not.toEqual(said(result));
      }),
      runs,
    );
  });
});

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
