import { type App, openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { tenantName } from '../config-destination.ts';
import { type Decision, dismissItem, retryItem } from '../operate/review-decision.ts';
import { findReview, listReview, type ReviewFilter, type ReviewItem } from '../review/list.ts';
import { reviewLine } from '../review/review-line.ts';
import { operator } from './operator.ts';

const pageSize = 500;

/**
 * Prints what a human has to decide, one item a line. Says what is wrong and what to do; input that was refused and the
 * calculations that are for reviewers only stand in `payload`.
 */
export function listItems(
  configPath: string | undefined,
  filter: Omit<ReviewFilter, 'afterId' | 'limit'>,
): Promise<number> {
  return withApp(configPath, filter.tenant, async (app) => {
    let afterId = 0;
    let count = 0;
    for (;;) {
      const items = await listReview(app.store.db, { ...filter, afterId, limit: pageSize });
      for (const item of items) process.stdout.write(`${JSON.stringify(reviewLine(item))}\n`);
      count += items.length;
      if (items.length < pageSize) break;
      afterId = items.at(-1)?.id ?? afterId;
    }
    console.error(`${count} ${filter.state} ${count === 1 ? 'item' : 'items'}.`);
    return filter.state === 'open' && count > 0 ? 1 : 0;
  });
}

/** Prints one item, open or closed, for reading. */
export function showItem(configPath: string | undefined, tenant: string, id: number): Promise<number> {
  return withApp(configPath, tenant, async (app) => {
    const item = await findReview(app.store.db, tenant, id);
    if (!item) throw new ConfigError(`There is no item ${id}.`);
    process.stdout.write(`${JSON.stringify(reviewLine(item), null, 2)}\n`);
    console.error(nextSteps(item));
    return 0;
  });
}

export function retry(configPath: string | undefined, tenant: string, id: number): Promise<number> {
  return withApp(configPath, tenant, async (app) => told(await retryItem(app, { tenant, actor: operator() }, id), id));
}

/** `reason` is kept in the audit. */
export function dismiss(configPath: string | undefined, tenant: string, id: number, reason: string): Promise<number> {
  if (reason.trim() === '') throw new ConfigError('--reason says why, without names or record numbers.');
  return withApp(configPath, tenant, async (app) =>
    told(await dismissItem(app, { tenant, actor: operator() }, id, reason.trim()), id),
  );
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
