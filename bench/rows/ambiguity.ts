import { isDeepStrictEqual } from 'node:util';
import { ambiguousSends } from '../../test/flow/ambiguity.ts';
import { inStep } from '../../test/flow/standing.ts';
import { spread } from '../measure.ts';
import { gate, type Row } from '../row.ts';

const size = { patients: 40, rounds: 15 };

/** Every write is applied, and its answer never arrives. */
export const ambiguity: Row = {
  name: 'ambiguity',
  long: true,
  async run() {
    const { ambiguous, writes, createdAgain, searches, standing, harm, seconds } = await ambiguousSends(size);
    gate(isDeepStrictEqual(standing, inStep), `not in step: ${JSON.stringify(standing)}`);
    gate(createdAgain === 0, `${createdAgain} creates were sent a second time`);
    const kinds = Object.entries(harm).map(([kind, count]) => `${count} × ${kind}`);
    return {
      figures: [
        {
          name: 'writes whose answer was lost',
          unit: 'sends',
          ours: spread([ambiguous]),
          note: `${writes} writes and ${searches} searches in all; ${kinds.join('; ')}`,
        },
        { name: 'until all were known again', unit: 's', ours: spread([seconds]) },
      ],
      gate: 'each was found again by search: none was created a second time, and no human is asked',
    };
  },
};
