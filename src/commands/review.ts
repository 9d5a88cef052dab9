import { randomUUID } from 'node:crypto';
import { type App, openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { tenantName } from '../config-destination.ts';
import { retriedInWords, retryMany } from '../operate/retry-many.ts';
import { type Decision, dismissItem, retryItem } from '../operate/review-decision.ts';
import { type ShownItem, shownItem } from '../operate/shown-item.ts';
import { countByCode } from '../review/count.ts';
import { listReview, type ReviewItem } from '../review/list.ts';
import type { Matching } from '../review/matching.ts';
import { reviewLine } from '../review/review-line.ts';
import { stages } from '../views/admin/review/question.ts';
import { markedText } from './marked-text.ts';
import { operator } from './operator.ts';
import { progress } from './progress.ts';

const pageSize = 500;

/** Items as the command line names them. */
export interface AskedItems {
  readonly tenant: string;
  readonly code?: string;
  readonly source?: string;
  readonly stage?: string;
  readonly patient?: string;
  readonly destination?: string;
  readonly words?: string;
  /** In days. */
  readonly within?: number;
  readonly before?: number;
}

/** Prints what a human has to decide, one item a line: what is wrong and what to do. */
export function listItems(
  configPath: string | undefined,
  asked: AskedItems,
  state: 'open' | 'closed',
): Promise<number> {
  return withApp(configPath, asked.tenant, async (app) => {
    const matching = matchingOf(asked, state, app.now().epochMilliseconds);
    let afterId = 0;
    let count = 0;
    for (;;) {
      const items = await listReview(app.store.db, { ...matching, afterId, limit: pageSize });
      for (const item of items) process.stdout.write(`${JSON.stringify(reviewLine(item))}\n`);
      count += items.length;
      if (items.length < pageSize) break;
      afterId = items.at(-1)?.id ?? afterId;
    }
    console.error(`${count} ${state} ${count === 1 ? 'item' : 'items'}.`);
    return state === 'open' && count > 0 ? 1 : 0;
  });
}

/** Prints one item, open or closed, with what was sent. */
export function showItem(
  configPath: string | undefined,
  tenant: string,
  id: number,
  form: 'text' | 'json',
): Promise<number> {
  return withApp(configPath, tenant, async (app) => {
    const who = { issuer: 'command-line', subject: operator() };
    const found = await shownItem(app, { tenant, id, who, requestId: randomUUID() });
    if (!found) throw new ConfigError(`There is no item ${id}.`);
    process.stdout.write(form === 'json' ? `${JSON.stringify(asJson(found), null, 2)}\n` : asText(found));
    console.error(nextSteps(found.item));
    return 0;
  });
}

const asJson = ({ item, ...inside }: ShownItem) => ({ ...reviewLine(item), ...inside });

function asText({ item, payload, forReviewers, problems, says }: ShownItem): string {
  const facts = Object.entries({ ...reviewLine(item), forReviewers }).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  const places = [item.problem, ...problems].flatMap(({ place }) => place ?? []);
  const sent = payload === undefined ? [says ?? ''] : ['', markedText(payload, item.format, places)];
  return `${[...facts, ...sent].join('\n')}\n`;
}

export function retry(configPath: string | undefined, tenant: string, id: number): Promise<number> {
  return withApp(configPath, tenant, async (app) => told(await retryItem(app, { tenant, actor: operator() }, id), id));
}

/** Every open item that is asked for. `these`: something has to narrow them. */
export function retryMatching(
  configPath: string | undefined,
  asked: AskedItems,
  extent: 'all' | 'these',
): Promise<number> {
  const { tenant, ...narrowing } = asked;
  if (extent === 'these' && Object.keys(narrowing).length === 0) {
    throw new ConfigError('Name an item, or say which (--code, --source, …), or --all.');
  }
  return withApp(configPath, tenant, async (app) => {
    const matching = matchingOf(asked, 'open', app.now().epochMilliseconds);
    const counts = await countByCode(app.store.db, matching);
    const total = counts.reduce((sum, { count }) => sum + Number(count), 0);
    const bar = progress(total, 'items');
    let shown = 0;
    const retried = await retryMany(app, { tenant, actor: operator() }, matching, {
      tell: ({ tried }) => {
        bar.step(tried - shown);
        shown = tried;
      },
    });
    bar.stop();
    console.error(retriedInWords(retried));
    return retried.done === retried.tried ? 0 : 1;
  });
}

/** `reason` is kept in the audit. */
export function dismiss(configPath: string | undefined, tenant: string, id: number, reason: string): Promise<number> {
  if (reason.trim() === '') throw new ConfigError('--reason says why, without names or record numbers.');
  return withApp(configPath, tenant, async (app) =>
    told(await dismissItem(app, { tenant, actor: operator() }, id, reason.trim()), id),
  );
}

const dayMs = 86_400_000;

function matchingOf(asked: AskedItems, state: 'open' | 'closed', nowMs: number): Matching {
  const { tenant, code, source, patient: patientId, destination, words, within, before } = asked;
  const stage = stages.find((one) => one === asked.stage);
  if (asked.stage !== undefined && stage === undefined)
    throw new ConfigError(`--stage is one of ${stages.join(', ')}.`);
  return {
    ...{ tenant, state, stage, code, source, patientId, destination, words },
    openedFromMs: within === undefined ? undefined : nowMs - within * dayMs,
    openedBeforeMs: before === undefined ? undefined : nowMs - before * dayMs,
  };
}

function told({ outcome, says }: Decision, id: number): number {
  if (outcome === 'not-found') throw new ConfigError(`There is no item ${id}.`);
  console.error(`Item ${id}: ${says}`);
  return outcome === 'done' ? 0 : 1;
}

function nextSteps({ id, closedAtMs, resolution }: ReviewItem): string {
  if (closedAtMs !== null) return `It is closed (${resolution}).`;
  return `Then: itb-fhir review retry ${id}, or itb-fhir review dismiss ${id} --reason "…".`;
}

async function withApp(
  configPath: string | undefined,
  tenant: string,
  work: (app: App) => Promise<number>,
): Promise<number> {
  if (!tenantName.test(tenant)) throw new ConfigError('--tenant takes lower-case letters, digits and hyphens.');
  const app = await openApp(loadConfig(configPath));
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
