import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import type { Desired } from '../../src/mapping/desired.ts';
import { desiredOf, patientOf } from '../stories/story.ts';
import { correctionOf, eventsOf, oneStep, saidRight, therapySteps, voidOf } from '../therapy/generate.ts';

/** What was reported wrong and then amended comes to what would have come of saying it right, or not at all, at first. */
const runs = { numRuns: 500 };

/** What every server should hold, comparable: identity and content. */
const live = ({ resources }: Desired) =>
  Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource]));

/** Without Provenance, `corrected` against `final` and the times of writing down, which tell how we came to know. */
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
        return [identity, said.status === 'corrected' ? { ...said, status: 'final' } : said];
      }),
  );

const generated = therapySteps.map(eventsOf);
const patientOfAll = (events: readonly CanonicalEvent[]): string => patientOf(events[0] as CanonicalEvent);
const now = (events: readonly CanonicalEvent[], patientId = patientOfAll(events)): Desired =>
  desiredOf(events, patientId);

const withVoid = (events: readonly CanonicalEvent[], eventId: string, ownId = 'VOID') => [
  ...events,
  voidOf(events, eventId, ownId),
];

describe('amendments', () => {
  const picked = fc.tuple(generated, fc.nat()).map(([events, pick]) => ({ events, n: pick % events.length }));

  it('a void comes to the same as if the event had never been reported, also of what was corrected or was of another', () => {
    fc.assert(
      fc.property(picked, oneStep, oneStep, ({ events, n }, first, second) => {
        const never = live(now(events.toSpliced(n, 1), patientOfAll(events)));
        const corrected = [...events, correctionOf(events, n, first)];
        const again = correctionOf(events, n, second, { ownId: 'AMEND-2', replaces: 'AMEND' });
        const ofAnother = correctionOf(events, n, first, { patient: 'MRN0701' });
        expect(live(now(withVoid(events, `G${n}`)))).toEqual(never);
        expect(live(now(withVoid([...corrected, again], `G${n}`)))).toEqual(never);
        expect(live(now([...events, ofAnother]))).toEqual(never);
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

  it('what is voided itself leaves no trace: the void of a void, and of a correction', () => {
    fc.assert(
      fc.property(picked, oneStep, ({ events, n }, instead) => {
        const before = live(now(events));
        expect(live(now(withVoid(withVoid(events, `G${n}`), 'VOID', 'VOID-2')))).toEqual(before);
        expect(live(now(withVoid([...events, correctionOf(events, n, instead)], 'AMEND')))).toEqual(before);
      }),
      runs,
    );
  });
});
