import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import type { RecordedEvent } from '../../src/therapy/amendments.ts';
import { history } from '../../src/therapy/history.ts';
import { timeline } from '../../src/therapy/timeline.ts';
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
import { correctionOf, eventsOf, oneStep, therapySteps, voidOf } from '../therapy/generate.ts';

/**
 * The law, for the pure half of the service: any order, any repetition, any split into batches and late reports
 * come to the same desired resources.
 */
const runs = { numRuns: 500 };

/** What every server should hold, comparable: identity and content. */
const live = ({ resources }: Desired) =>
  Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource]));

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
  it('come to the resources of the story, for each of its patients', () => {
    const stories = new Map(storyNames.map((name) => [name, storyOf(name)]));
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

function storyOf(name: string) {
  const events = reportedEvents(name);
  return { events, result: patientsOf(events).map((id) => desiredOf(events, id)) };
}

const remarkOf = ({ problem, held }: Desired['remarks'][number]) => ({ problem, held });
