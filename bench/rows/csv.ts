import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse';
import { loadCodes } from '../../src/fhir/codes.ts';
import { readCsv } from '../../src/intake/csv/read.ts';
import { loadSources } from '../../src/intake/source/load.ts';
import { writeCsvFile } from '../csv-file.ts';
import { alternate, secondsSince } from '../measure.ts';
import { type Figure, gate, type Row, type Workplace } from '../row.ts';

const mappingsDir = join(import.meta.dirname, '../../mappings');

/** Rows of a CSV file → canonical events, and from the file to the ledger, each row checked. */
export const csv: Row = {
  name: 'csv',
  async run(place) {
    const file = join(place.folder, 'rows.csv');
    await writeCsvFile(file, 20_000);
    const read = await alternate({ ours: () => readOnce(file, 20_000), alone: () => parseOnce(file, 20_000) });
    const imported = await importOnce(place, file, 20_000);
    const note = 'the parser gives cells and checks nothing in them';
    return {
      figures: [
        {
          ...{ name: 'CSV row to canonical event', unit: 'rows/s', ours: read.ours, note },
          baseline: { name: 'csv-parse alone', spread: read.alone },
        },
        ...imported,
      ],
      gate: 'every row is an event, and in the ledger once',
    };
  },
};

/** A million rows in constant memory. */
export const csvMillion: Row = {
  name: 'csv-million',
  long: true,
  async run(place) {
    const file = join(place.folder, 'rows.csv');
    await writeCsvFile(file, 1_000_000);
    return { figures: await importOnce(place, file, 1_000_000), gate: 'every row is in the ledger once' };
  },
};

async function readOnce(file: string, rows: number): Promise<number> {
  const sources = loadSources(mappingsDir, loadCodes(mappingsDir, { packs: [] }));
  const start = performance.now();
  let events = 0;
  for await (const items of readCsv(createReadStream(file), { sources })) {
    events += items.filter((item) => 'event' in item).length;
  }
  gate(events === rows, 'a row is no event');
  return rows / secondsSince(start);
}

async function parseOnce(file: string, rows: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  for await (const _cells of createReadStream(file).pipe(parse({ from: 2 }))) count++;
  gate(count === rows, 'the parser lost a row');
  return rows / secondsSince(start);
}

/** The real command in a process of its own: what it makes durable a second, and the most memory it took. */
async function importOnce({ folder }: Workplace, file: string, rows: number): Promise<Figure[]> {
  const store = join(folder, 'import.sqlite');
  const start = performance.now();
  const child = fork(join(import.meta.dirname, '../import-child.ts'), [file], {
    cwd: folder,
    env: { ...process.env, ITB_FHIR_STORE_URL: `sqlite:${store}` },
    silent: true,
  });
  const [{ exitCode, peakMb }] = (await once(child, 'message')) as [{ exitCode: number; peakMb: number }];
  const seconds = secondsSince(start);
  await once(child, 'exit');
  gate(exitCode === 0, 'a row was refused');
  const database = new DatabaseSync(store, { readOnly: true });
  const durable = database.prepare('select count(*) as n from event').get() as { n: number };
  database.close();
  gate(durable.n === rows, 'a row is not in the ledger, or twice');
  const note = `${rows} rows, with the start of the process`;
  return [
    { name: 'import: CSV row to durable event', unit: 'rows/s', ours: only(rows / seconds), note },
    { name: 'import: peak memory', unit: 'MB', ours: only(peakMb), note },
  ];
}

const only = (value: number) => ({ median: value, low: value, high: value });
