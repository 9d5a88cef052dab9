import type { App } from './app.ts';
import { errorName } from './log.ts';
import { countPurgeable, type Purged, type PurgeLimits, purge } from './review/purge.ts';
import { appendAudit } from './store/audit.ts';

const dayMs = 86_400_000;

/** On the clock of the database, which wrote the times that are compared. */
async function limitsNow({ store, config }: App): Promise<PurgeLimits> {
  const nowMs = await store.nowMs();
  const { reviewDays, openReviewDays, messageDays } = config.retention;
  return {
    closedBeforeMs: nowMs - reviewDays * dayMs,
    openedBeforeMs: nowMs - openReviewDays * dayMs,
    receivedBeforeMs: nowMs - messageDays * dayMs,
  };
}

/** What would be removed now. */
export const purgeable = async (app: App): Promise<Purged> => countPurgeable(app.store.db, await limitsNow(app));

/** Removes what is over its time, and writes down how much. */
export async function purgeNow(app: App, actor: string): Promise<Purged> {
  const limits = await limitsNow(app);
  return app.store.transaction(async (trx) => {
    const purged = await purge(trx, limits);
    if (purged.closedItems + purged.openItems + purged.messages > 0) {
      const at = app.now().epochMilliseconds;
      await appendAudit(trx, { tenant: 'all', at, action: 'purge', actor, outcome: 'done', detail: { ...purged } });
    }
    return purged;
  });
}

export interface RetentionLoop {
  stop(): Promise<void>;
}

/** Purges by and by for as long as a service runs. A purge that fails is tried again with the next one. */
export function startRetention(app: App): RetentionLoop {
  let running = Promise.resolve();
  const go = () => {
    running = purgeNow(app, 'retention').then(
      () => undefined,
      (error: unknown) => app.log.error('purge failed', { code: errorName(error) }),
    );
  };
  const first = setTimeout(go, firstAfterMs);
  const regular = setInterval(go, everyMs);
  return {
    async stop() {
      clearTimeout(first);
      clearInterval(regular);
      await running;
    },
  };
}

/** A service that has just started has better things to do. */
const firstAfterMs = 60_000;
const everyMs = 3_600_000;
