import type { ExpressionBuilder } from 'kysely';
import type { Database } from '../store/schema.ts';
import type { Db, Trx } from '../store/store.ts';

/** What is over its time, counted or removed. */
export interface Purged {
  /** Closed items whose message is taken away; what was resolved goes as a whole. */
  readonly closedItems: number;
  /** Open items whose message is taken away; they stay open. */
  readonly openItems: number;
  readonly messages: number;
}

/** Until when (epoch milliseconds) what was closed, opened, received is over its time. */
export interface PurgeLimits {
  readonly closedBeforeMs: number;
  readonly openedBeforeMs: number;
  readonly receivedBeforeMs: number;
}

export async function countPurgeable(db: Db, limits: PurgeLimits): Promise<Purged> {
  const count = async (query: { executeTakeFirstOrThrow(): Promise<{ count: number }> }) =>
    Number((await query.executeTakeFirstOrThrow()).count);
  const items = db.selectFrom('review_item').select((select) => select.fn.countAll<number>().as('count'));
  return {
    closedItems: await count(
      items
        .where('closed_at', '<', limits.closedBeforeMs)
        .where((item) => item.or([item('payload', 'is not', null), item('resolution', '=', 'resolved')])),
    ),
    openItems: await count(
      items
        .where('closed_at', 'is', null)
        .where('opened_at', '<', limits.openedBeforeMs)
        .where('payload', 'is not', null),
    ),
    messages: await count(
      db
        .selectFrom('message')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('state', '=', 'done')
        .where('received_at', '<', limits.receivedBeforeMs)
        .where(nobodyWorksWithIt(limits.openedBeforeMs)),
    ),
  };
}

type Messages = ExpressionBuilder<Database, 'message'>;

/** Whoever tries an open item again has to know who sent it, and hence what it may report. */
const nobodyWorksWithIt = (openedBeforeMs: number) => (message: Messages) =>
  message.not(
    message.exists(
      message
        .selectFrom('review_item')
        .select('review_item.id')
        .whereRef('review_item.receipt_id', '=', 'message.receipt_id')
        .where('review_item.closed_at', 'is', null)
        .where('review_item.opened_at', '>=', openedBeforeMs),
    ),
  );

/**
 * A dismissed item stays without its message, so that the same finding stays dismissed; a resolved one says nothing more
 * that the ledger and the audit do not. A message that waits to be read is never removed; of one with an open item who sent it
 * is kept, and nothing of what it said.
 */
export async function purge(trx: Trx, limits: PurgeLimits): Promise<Purged> {
  const resolved = trx
    .selectFrom('review_item')
    .select('id')
    .where('closed_at', '<', limits.closedBeforeMs)
    .where('resolution', '=', 'resolved');
  await trx.deleteFrom('review_decision').where('item_id', 'in', resolved).execute();
  const gone = await trx
    .deleteFrom('review_item')
    .where('closed_at', '<', limits.closedBeforeMs)
    .where('resolution', '=', 'resolved')
    .executeTakeFirst();
  const dismissed = await trx
    .updateTable('review_item')
    .set({ payload: null })
    .where('closed_at', '<', limits.closedBeforeMs)
    .where('payload', 'is not', null)
    .executeTakeFirst();
  const open = await trx
    .updateTable('review_item')
    .set({ payload: null })
    .where('closed_at', 'is', null)
    .where('opened_at', '<', limits.openedBeforeMs)
    .where('payload', 'is not', null)
    .executeTakeFirst();
  const over = (message: Messages) =>
    message.and([message('state', '=', 'done'), message('received_at', '<', limits.receivedBeforeMs)]);
  const messages = await trx
    .deleteFrom('message')
    .where(over)
    .where(nobodyWorksWithIt(limits.openedBeforeMs))
    .executeTakeFirst();
  await trx.updateTable('message').set({ body: null }).where(over).where('body', 'is not', null).execute();
  return {
    closedItems: Number(gone.numDeletedRows) + Number(dismissed.numUpdatedRows),
    openItems: Number(open.numUpdatedRows),
    messages: Number(messages.numDeletedRows),
  };
}
