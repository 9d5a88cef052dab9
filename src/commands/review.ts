import { openApp } from '../app.ts';
import { ConfigError, loadConfig, tenantName } from '../config.ts';
import { listReview, type ReviewFilter, type ReviewItem } from '../review/list.ts';

const pageSize = 500;

/**
 * Prints what a human has to decide, one item a line. Says what is wrong and what to do; input that was refused and the
 * calculations that are for reviewers only stand in `payload`.
 */
export async function review(
  configPath: string | undefined,
  filter: Pick<ReviewFilter, 'tenant' | 'patientId' | 'state'>,
): Promise<number> {
  if (!tenantName.test(filter.tenant)) throw new ConfigError('--tenant takes lower-case letters, digits and hyphens.');
  const app = await openApp(loadConfig(configPath));
  try {
    let afterId = 0;
    let count = 0;
    for (;;) {
      const items = await listReview(app.store.db, { ...filter, afterId, limit: pageSize });
      for (const item of items) process.stdout.write(`${JSON.stringify(lineOf(item))}\n`);
      count += items.length;
      if (items.length < pageSize) break;
      afterId = items.at(-1)?.id ?? afterId;
    }
    console.error(`${count} ${filter.state} ${count === 1 ? 'item' : 'items'}.`);
    return filter.state === 'open' && count > 0 ? 1 : 0;
  } finally {
    await app.close();
  }
}

function lineOf({ dedupeKey: _, problem, openedAtMs, closedAtMs, sinceMs, ...item }: ReviewItem) {
  const at = (ms: number | null | undefined) =>
    typeof ms === 'number' ? Temporal.Instant.fromEpochMilliseconds(ms).toString() : undefined;
  return { ...item, ...problem, since: at(sinceMs), openedAt: at(openedAtMs), closedAt: at(closedAtMs) };
}
