import { type App, openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { tenantName } from '../config-destination.ts';
import type { Item, Unused } from '../intake/item.ts';
import { countReceipts, type Receipt, type ReceiptCounts } from '../intake/receipt.ts';
import { ingest } from '../pipeline.ts';
import { leaveEchoes } from '../receiving/echo.ts';
import { type Checkpoint, checkpointOf } from './import-checkpoint.ts';
import { type InputEnd, type InputOptions, openFiles } from './input-file.ts';
import { inputSets, setName } from './input-sets.ts';
import { byteProgress } from './progress.ts';
import { stopSignal } from './stop-signal.ts';

export interface ImportOptions extends InputOptions {
  readonly tenant: string;
  /** `where-it-stopped`: rows that an earlier import of the same file made durable are passed over. */
  readonly from: 'start' | 'where-it-stopped';
}

/** Events of one transaction: large enough to amortise the fsync, small enough to show progress. */
const batchSize = 200;

/** Appends files to the ledger, batch by batch. What is refused is kept for review. 1 if anything was, or if it was stopped. */
export async function importFiles(
  files: readonly string[],
  configPath: string | undefined,
  options: ImportOptions,
): Promise<number> {
  checkTenant(options.tenant);
  const app = await openApp(loadConfig(configPath));
  const stopped = { yes: false };
  stopSignal().then(() => {
    stopped.yes = true;
  }, undefined);
  try {
    const total = new Total();
    const sets = await inputSets(files, { ...options, sources: app.sources });
    for (const set of sets) if (!stopped.yes) await importOne(app, set, options, { total, stopped });
    console.error(inWords(total.counts));
    if (total.counts.refused > 0) console.error('Why is listed above. Send those again when they are corrected.');
    if (stopped.yes) console.error('Stopped. The same command goes on; with --resume it passes over what is durable.');
    return total.counts.refused > 0 || stopped.yes ? 1 : 0;
  } finally {
    await app.close();
  }
}

export function checkTenant(tenant: string): void {
  if (!tenantName.test(tenant)) throw new ConfigError('--tenant takes lower-case letters, digits and hyphens.');
}

interface Run {
  readonly total: Total;
  readonly stopped: { readonly yes: boolean };
}

async function importOne(
  app: App,
  paths: readonly string[],
  options: ImportOptions,
  { total, stopped }: Run,
): Promise<void> {
  const path = setName(paths);
  const checkpoint = await checkpointOf(app.store.db, path, options);
  const before = options.from === 'where-it-stopped' ? await checkpoint.read() : undefined;
  if (before === 'whole')
    return console.error(`${path} was imported to its end before. Without --resume it is read again.`);
  const { sources, codes, config } = app;
  const file = await openFiles(paths, { ...options, sources, codes, config, fromRow: before });
  if (before !== undefined) console.error(`${path}: goes on at row ${before}.`);
  const progress = byteProgress(file.sizeBytes);
  const batches = new Batches(app, path, options.tenant, checkpoint, total);
  try {
    for (;;) {
      const next = await file.parts.next();
      if (next.done) {
        await batches.end();
        return sayEnd(path, next.value, total);
      }
      for (let start = 0; start < next.value.items.length && !stopped.yes; start += batchSize) {
        await batches.add(next.value.items.slice(start, start + batchSize));
      }
      if (stopped.yes) return await batches.stop();
      progress.reach(next.value.bytes);
    }
  } finally {
    progress.stop();
  }
}

/** Small parts are put together, so that each transaction is worth its commit. */
class Batches {
  private readonly app: App;
  private readonly path: string;
  private readonly tenant: string;
  private readonly checkpoint: Checkpoint;
  private readonly total: Total;
  private waiting: Item[] = [];
  private sinceCheckpoint = 0;

  constructor(app: App, path: string, tenant: string, checkpoint: Checkpoint, total: Total) {
    this.app = app;
    this.path = path;
    this.tenant = tenant;
    this.checkpoint = checkpoint;
    this.total = total;
  }

  async add(items: readonly Item[]): Promise<void> {
    this.waiting.push(...items);
    while (this.waiting.length >= batchSize) await this.take(this.waiting.splice(0, batchSize));
  }

  async end(): Promise<void> {
    await this.take(this.waiting.splice(0));
    await this.checkpoint.whole();
  }

  /** What was not taken yet is read again the next time. */
  async stop(): Promise<void> {
    await this.reached();
  }

  private lastRow: number | undefined;

  private async take(items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    const { app, tenant } = this;
    const receipts = await ingest(app, await leaveEchoes(app, tenant, items), tenant);
    this.total.add(this.path, receipts);
    this.lastRow = items.at(-1)?.place.row ?? this.lastRow;
    this.sinceCheckpoint += items.length;
    if (this.sinceCheckpoint >= betweenCheckpoints) await this.reached();
  }

  private async reached(): Promise<void> {
    this.sinceCheckpoint = 0;
    if (this.lastRow !== undefined) await this.checkpoint.reached(this.lastRow);
  }
}

const betweenCheckpoints = 5_000;

class Total {
  readonly counts = { received: 0, accepted: 0, duplicates: 0, refused: 0, leftAlone: 0 };

  add(file: string, receipts: readonly Receipt[]): void {
    for (const { problems } of receipts)
      for (const found of problems) console.error(JSON.stringify({ file, ...found }));
    const more = countReceipts(receipts);
    for (const key of Object.keys(more) as (keyof ReceiptCounts)[]) this.counts[key] += more[key];
  }
}

function sayEnd(file: string, { unreadable, unused }: InputEnd, { counts }: Total): void {
  if (unreadable) {
    console.error(JSON.stringify({ file, ...unreadable }));
    counts.received++;
    counts.refused++;
  }
  for (const one of unused) console.error(`${file}: not used: ${unusedInWords(one)}.`);
}

export function unusedInWords({ path, count, decision, reason }: Unused): string {
  const why = { kept: 'kept as it is', ignored: 'ignored by decision', unknown: 'nobody decided what it means' };
  return `${path} (${count} ${count === 1 ? 'value' : 'values'}; ${reason ?? why[decision]})`;
}

function inWords({ received, accepted, duplicates, refused, leftAlone }: ReceiptCounts): string {
  const alone = leftAlone > 0 ? `, ${leftAlone} left alone` : '';
  return `${received} events: ${accepted} appended, ${duplicates} known already, ${refused} refused${alone}.`;
}
