import { describe, expect, it } from 'vitest';
import { type ProblemCode, problem, problemCodes } from '../../../src/event/problem.ts';
import { flagNotes, ofDelivery, ofFill } from '../../../src/mapping/flag-notes.ts';
import { pump, report } from '../../therapy/reports.ts';
import { made } from '../made.ts';

const notedOf = (about: ReadonlySet<ProblemCode>) => {
  const { therapy } = made([report('pump-stop', 'A', '2024-03-01T10:00:00-05:00', { pump })]);
  const [entry] = therapy.entries;
  if (!entry) throw new Error('the stop is no entry');
  const noted = (code: ProblemCode) => flagNotes([{ problem: problem(code, 'this was seen'), entry }], about).note;
  return Object.keys(problemCodes).filter((code) => noted(code as ProblemCode) !== undefined);
};

describe('of what is flagged', () => {
  it('a reader of a dose reads what may make it another than was programmed', () => {
    expect(notedOf(ofDelivery).toSorted()).toEqual([
      'bridge-differs',
      'concentration-change-without-bridge',
      'concentration-mismatch',
      'dose-change-beyond-limits',
      'dose-contradicts-flow',
      'dose-outside-usual-range',
      'flex-steps-over-model',
      'flow-outside-model',
      'previous-program-differs',
      'rate-contradicts-dose',
      'reports-disagree',
      'unreported-program-change',
    ]);
  });

  it('a reader of a fill reads what may make it another than was filled', () => {
    expect(notedOf(ofFill).toSorted()).toEqual([
      'concentration-mismatch',
      'fill-over-capacity',
      'fill-volume-differs',
      'lot-expired',
      'product-contradicts-concentration',
      'refill-repeated',
      'reports-disagree',
    ]);
  });

  it('each is one note, what was seen and what to do, without the dose that might result', () => {
    const { therapy } = made([report('pump-stop', 'A', '2024-03-01T10:00:00-05:00', { pump })]);
    const entry = therapy.entries[0];
    if (!entry) throw new Error('the stop is no entry');
    const forReviewers = { programmedUgPerDay: 100, possibleUgPerDay: 400, ratio: 4 };
    const flags = [
      { problem: problem('fill-over-capacity', 'more was filled than the reservoir holds'), entry },
      { problem: problem('lot-missing', 'no lot is named'), entry },
      { problem: problem('concentration-mismatch', 'two concentrations are stated.'), entry, forReviewers },
    ];
    expect(flagNotes(flags, ofFill)).toEqual({
      note: [
        { text: 'More was filled than the reservoir holds. Check the volume and the model.' },
        { text: 'Two concentrations are stated. Check the pump with its programmer.' },
      ],
    });
    expect(flagNotes(flags, new Set())).toEqual({});
  });
});
