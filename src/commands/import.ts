import { SingleBar } from 'cli-progress';
import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { tenantName } from '../config-destination.ts';
import type { Item } from '../intake/item.ts';
import { readEvents, readLine } from '../intake/json.ts';
import { countReceipts, type Receipt, type ReceiptCounts } from '../intake/receipt.ts';
import { ingest } from '../pipeline.ts';
import { isNdjson, isNdjsonName, linesOf, openInput, readAll } from './read-input.ts';

const nothing: ReceiptCounts = { received: 0, accepted: 0, duplicates: 0, refused: 0, leftAlone: 0 };

type Accept = (items: readonly Item[]) => Promise<readonly Receipt[]>;

/** Events of one transaction: large enough to amortise the fsync, small enough to show progress. */
const batchSize = 200;
const limits = { maxEvents: Number.POSITIVE_INFINITY, maxDepth: 20 };

export async function importFiles(
  files: readonly string[],
  configPath: string | undefined,
  tenant: string,
  mode: 'append' | 'dry-run',
): Promise<number> {
  if (!tenantName.test(tenant)) throw new ConfigError('--tenant takes lower-case letters, digits and hyphens.');
  if (mode === 'dry-run') {
    const total = await run(files, async (items) => items.map(wouldBe));
    console.error(
      `${total.received} events: ${total.accepted} usable, ${total.refused} would be refused. Nothing was kept.`,
    );
    return total.refused > 0 ? 1 : 0;
  }
  const app = await openApp(loadConfig(configPath));
  try {
    const { received, accepted, duplicates, refused } = await run(files, (items) => ingest(app, items, tenant));
    console.error(`${received} events: ${accepted} appended, ${duplicates} known already, ${refused} refused.`);
    if (refused > 0) console.error('Why is listed above. Send those again when they are corrected.');
    return refused > 0 ? 1 : 0;
  } finally {
    await app.close();
  }
}

async function run(files: readonly string[], accept: Accept): Promise<ReceiptCounts> {
  const total = { ...nothing };
  for (const file of files) add(total, await importOne(file, accept));
  return total;
}

async function importOne(file: string, accept: Accept): Promise<ReceiptCounts> {
  const total = { ...nothing };
  const take = async (items: readonly Item[]) => {
    const receipts = await accept(items);
    for (const { problems } of receipts)
      for (const found of problems) console.error(JSON.stringify({ file, ...found }));
    add(total, countReceipts(receipts));
  };
  if (isNdjsonName(file)) await importLines(file, take);
  else {
    const text = await readAll(file);
    const items = readEvents(text, isNdjson(file, text) ? 'ndjson' : 'json', limits);
    if ('problem' in items) {
      console.error(JSON.stringify({ file, ...items.problem }));
      return { ...nothing, received: 1, refused: 1 };
    }
    for (let start = 0; start < items.length; start += batchSize) await take(items.slice(start, start + batchSize));
  }
  return total;
}

/** A file of any length in constant memory, with progress on a terminal. */
async function importLines(file: string, take: (items: readonly Item[]) => Promise<void>): Promise<void> {
  const { stream, sizeBytes } = await openInput(file);
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value} of {total} bytes', clearOnComplete: true });
  const visible = process.stderr.isTTY === true && sizeBytes !== undefined;
  if (visible) bar.start(sizeBytes, 0);
  let batch: Item[] = [];
  for await (const { text, row } of linesOf(stream, file)) {
    batch.push(readLine(text, row, limits));
    if (visible) bar.increment(Buffer.byteLength(text) + 1);
    if (batch.length < batchSize) continue;
    await take(batch);
    batch = [];
  }
  if (batch.length > 0) await take(batch);
  if (visible) bar.stop();
}

function wouldBe(item: Item): Receipt {
  if ('problems' in item) return { outcome: 'refused', place: item.place, problems: item.problems };
  if ('leftAlone' in item) return { outcome: 'left-alone', place: item.place, problems: [item.leftAlone] };
  return { outcome: 'accepted', place: item.place, eventId: item.event.source.eventId, problems: [] };
}

function add(total: { -readonly [Key in keyof ReceiptCounts]: number }, more: ReceiptCounts): void {
  total.received += more.received;
  total.accepted += more.accepted;
  total.duplicates += more.duplicates;
  total.refused += more.refused;
  total.leftAlone += more.leftAlone;
}
