import { databaseNowMs } from '../store/database-clock.ts';
import type { ReviewDecisionTable } from '../store/schema-intake.ts';
import type { Db, Trx } from '../store/store.ts';

/** What somebody decided about one item. */
export interface DecisionRecord {
  readonly itemId: number;
  readonly actor: string;
  readonly action: ReviewDecisionTable['action'];
  readonly outcome: string;
  /** Without names or record numbers. */
  readonly reason?: string | undefined;
}

export interface DecisionMade extends DecisionRecord {
  readonly atMs: number;
}

export async function recordDecision(trx: Trx, { itemId, reason, ...decision }: DecisionRecord): Promise<void> {
  const at = await databaseNowMs(trx);
  await trx
    .insertInto('review_decision')
    .values({ item_id: itemId, at, ...decision, reason: reason ?? null })
    .execute();
}

/** In their order. An item may open again after it was closed, so there may be many. */
export async function decisionsOf(db: Db, itemId: number): Promise<readonly DecisionMade[]> {
  const rows = await db
    .selectFrom('review_decision')
    .selectAll()
    .where('item_id', '=', itemId)
    .orderBy('seq')
    .execute();
  return rows.map(({ item_id, at, actor, action, outcome, reason }) => ({
    ...{ itemId: item_id, atMs: at, actor, action, outcome },
    ...(reason !== null && { reason }),
  }));
}
