import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Merge, survivorsAfter } from '../../src/ledger/survivors.ts';

const patient = fc.constantFrom('A', 'B', 'C', 'D', 'E');
const merges: fc.Arbitrary<Merge[]> = fc.uniqueArray(
  fc.record({
    survivor: patient,
    ended: patient,
    occurredAt: fc.constantFrom('2023', '2024-01', '2024-01-01', '2024-01-01T00:00:00Z', '2024-06-01T10:00:00-04:00'),
    sequence: fc.nat(2),
    system: fc.constant('urn:clinic'),
    eventId: fc.string({ minLength: 1, maxLength: 3 }),
  }),
  { selector: ({ eventId }) => eventId, maxLength: 8 },
);

it('comes to the same survivors in whatever order merges are read', () => {
  fc.assert(
    fc.property(merges, fc.infiniteStream(fc.nat()), (all, random) => {
      const shuffled = all
        .map((merge) => ({ merge, rank: random.next().value }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ merge }) => merge);
      expect(survivorsAfter(shuffled)).toEqual(survivorsAfter(all));
    }),
  );
});

it('names as survivor only a patient who survives', () => {
  fc.assert(
    fc.property(merges, (all) => {
      const survivors = survivorsAfter(all);
      for (const [ended, survivor] of survivors) {
        expect(survivor).not.toBe(ended);
        expect(survivors.has(survivor)).toBe(false);
      }
    }),
  );
});

it('follows every merge when no two end the same patient and none closes a circle', () => {
  const chain = ['B', 'C', 'D'].map((survivor, n) => ({
    survivor,
    ended: 'ABC'[n] as string,
    occurredAt: '2024',
    sequence: 0,
    system: 'urn:clinic',
    eventId: String(9 - n),
  }));
  expect(survivorsAfter(chain)).toEqual(
    new Map([
      ['A', 'D'],
      ['B', 'D'],
      ['C', 'D'],
    ]),
  );
});
