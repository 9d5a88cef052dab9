import { readLine } from '../../src/intake/json.ts';
import { alternate, repeatedFor } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { readAll, sampleStories } from '../stories.ts';

/** JSON text → canonical event, on one thread. */
export const parse: Row = {
  name: 'parse',
  async run() {
    const lines = sampleStories().flat();
    const limits = { maxEvents: lines.length, maxDepth: 20 };
    readAll(lines);
    const [first = ''] = lines;
    const misspelt = readLine(first.replace('"occurredAt"', '"ocurredAt"'), 1, limits);
    gate('problems' in misspelt && misspelt.problems.length === 2, 'a misspelt field is not refused by its name');

    const { ours, json } = await alternate({
      ours: () => repeatedFor(500, () => lines.map((line, n) => readLine(line, n, limits)).length),
      json: () => repeatedFor(500, () => lines.map((line) => JSON.parse(line)).length),
    });
    const baseline = { name: 'JSON.parse alone: checks nothing', spread: json };
    return {
      figures: [{ name: 'parse', unit: 'events/s', ours, baseline }],
      gate: `all ${lines.length} sample events are read; a misspelt field is refused`,
    };
  },
};
