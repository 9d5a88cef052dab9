/**
 * npm run bench [-- row … --long --json FILE --folder DIR]
 *
 * Every row first proves that its output is right, then measures in turns with a baseline, and prints both with their
 * conditions. A row whose proof fails prints no figure and makes the run fail.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Conditions, conditions, load } from './conditions.ts';
import { secondsSince } from './measure.ts';
import { conditionsText, resultText, summaryText } from './print.ts';
import { GateFailed, type Row, type RowResult, ratioOf } from './row.ts';
import { ambiguity } from './rows/ambiguity.ts';
import { append } from './rows/append.ts';
import { csv, csvMillion } from './rows/csv.ts';
import { deadDestination } from './rows/dead-destination.ts';
import { endToEnd } from './rows/end-to-end.ts';
import { fuzz } from './rows/fuzz.ts';
import { hl7v2 } from './rows/hl7v2.ts';
import { intake } from './rows/intake.ts';
import { kill } from './rows/kill.ts';
import { map } from './rows/map.ts';
import { oruToFhir } from './rows/oru-to-fhir.ts';
import { parse } from './rows/parse.ts';
import { reads, readsAtScale } from './rows/reads.ts';
import { start } from './rows/start.ts';
import { statusLag } from './rows/status-lag.ts';
import { stormOfFaults } from './rows/storm.ts';
import { sync, syncAblation } from './rows/sync.ts';
import { validate } from './rows/validate.ts';

const rows: readonly Row[] = [
  parse,
  append,
  map,
  validate,
  sync,
  syncAblation,
  endToEnd,
  csv,
  hl7v2,
  intake,
  statusLag,
  reads,
  readsAtScale,
  start,
  kill,
  stormOfFaults,
  ambiguity,
  deadDestination,
  csvMillion,
  fuzz,
  oruToFhir,
];

export type Outcome = { readonly row: string } & (RowResult | { readonly failed: string });

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { long: { type: 'boolean' }, json: { type: 'string' }, folder: { type: 'string', default: tmpdir() } },
});
const unknown = positionals.find((name) => rows.every((row) => row.name !== name));
if (unknown !== undefined) {
  console.error(`There is no row ${unknown}. The rows are: ${rows.map((row) => row.name).join(', ')}.`);
  process.exit(1);
}
const wanted = rows.filter((row) =>
  positionals.length > 0 ? positionals.includes(row.name) : !row.long || values.long,
);
const folder = mkdtempSync(join(resolve(values.folder), 'itb-fhir-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));

const started = performance.now();
const under = await conditions(folder);
console.log(conditionsText(under));
const outcomes: Outcome[] = [];
for (const row of wanted) {
  const outcome = await outcomeOf(row);
  outcomes.push(outcome);
  console.log(resultText(outcome));
}
const end = { loadAtEnd: load(), durationSeconds: Math.round(secondsSince(started)) };
console.log(summaryText(outcomes, end));
if (values.json) writeFileSync(values.json, `${JSON.stringify(report(under), undefined, 2)}\n`);
process.exit(outcomes.some((outcome) => 'failed' in outcome) ? 1 : 0);

async function outcomeOf(row: Row): Promise<Outcome> {
  const place = { folder: mkdtempSync(join(folder, `${row.name}-`)), postgresUrl: process.env.DATABASE_URL };
  try {
    return { row: row.name, ...(await row.run(place)) };
  } catch (error) {
    if (error instanceof GateFailed) return { row: row.name, failed: error.message };
    throw error;
  }
}

function report(measuredUnder: Conditions) {
  const withRatio = outcomes.map((outcome) =>
    'failed' in outcome
      ? outcome
      : { ...outcome, figures: outcome.figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) })) },
  );
  return { conditions: { ...measuredUnder, ...end }, rows: withRatio };
}
