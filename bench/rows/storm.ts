import { isDeepStrictEqual } from 'node:util';
import { inStep } from '../../test/flow/standing.ts';
import { storm } from '../../test/flow/storm.ts';
import { spread } from '../measure.ts';
import { gate, type Row } from '../row.ts';

const seed = Number(process.env.ITB_STORM_SEED ?? Date.now() % 1_000_000);

const plan = { patients: 200, reportsOfEach: 25, kills: 20, harmed: 0.2, seed, longestRestMs: 600_000 };

/** Two processes on one PostgreSQL, killed in turn, and a line to the hospital that does harm all along. */
export const stormOfFaults: Row = {
  name: 'storm',
  long: true,
  async run() {
    console.log(`\nITB_STORM_SEED=${seed}`);
    const { reports, acknowledged, lost, standing, harm, requests, seconds } = await storm(plan);
    gate(lost === 0, `seed ${seed}: ${lost} of ${reports} reports are not in the ledger`);
    gate(isDeepStrictEqual(standing, inStep), `seed ${seed}: not in step: ${JSON.stringify(standing)}`);
    const kinds = Object.entries(harm);
    const faults = kinds.reduce((sum, [, count]) => sum + count, 0);
    return {
      figures: [
        {
          name: 'faults on the line to the hospital',
          unit: 'faults',
          ours: spread([faults]),
          note: `of ${requests} requests; ${kinds.map(([kind, count]) => `${count} × ${kind}`).join('; ')}`,
        },
        { name: 'kill -9 of one of two processes', unit: 'kills', ours: spread([plan.kills]) },
        { name: 'from the first report to rest', unit: 's', ours: spread([seconds]) },
      ],
      gate:
        `seed ${seed}: ${reports} reports of ${plan.patients} patients in no order, ${acknowledged} with those that ` +
        'came twice: at the hospital nothing is lost, nothing twice, nothing stale, and no human is asked',
    };
  },
};
