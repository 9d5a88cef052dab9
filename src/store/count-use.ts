import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from './store.ts';

/**
 * Counts one use of something, over all processes and restarts, and answers how often it was used by now: 1 for the
 * first. What counts no more is forgotten on the way.
 */
export async function countUse(store: Pick<Store, 'db'>, key: readonly string[], untilMs: number, nowMs: number) {
  await store.db.deleteFrom('used_token').where('until', '<', nowMs).execute();
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  const { uses } = await store.db
    .insertInto('used_token')
    .values({ digest, uses: 1, until: untilMs })
    .onConflict((conflict) =>
      conflict.column('digest').doUpdateSet(({ ref }) => ({ uses: sql<number>`${ref('used_token.uses')} + 1` })),
    )
    .returning('uses')
    .executeTakeFirstOrThrow();
  return uses;
}
