import type { Selectable } from 'kysely';
import { databaseNowMs } from '../store/database-clock.ts';
import type { MessageTable } from '../store/schema-intake.ts';
import type { Db } from '../store/store.ts';

/** Messages that are durable and not read yet. */

/** How many wait, and since when the first of them does. */
export async function waitingMessages(db: Db): Promise<{ readonly count: number; readonly sinceMs: number | null }> {
  const { count, since } = await db
    .selectFrom('message')
    .select(({ fn }) => [fn.countAll<number | string>().as('count'), fn.min('received_at').as('since')])
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return { count: Number(count), sinceMs: since === null ? null : Number(since) };
}

export interface Claimed {
  readonly receiptId: string;
  readonly tenant: string;
  readonly sender: string;
  readonly format: string;
  readonly source: string | null;
  readonly messageId: string | null;
  readonly body: string;
  readonly receivedAtMs: number;
  /** This one included. */
  readonly attempts: number;
}

/**
 * The first message of some sender that nobody reads now. The messages of one sender are read in the order in which they
 * came: while the first one is being read, or waits to be tried again, those behind it wait as well.
 */
export async function claimWaiting(db: Db, leaseMs: number): Promise<Claimed | undefined> {
  const nowMs = await databaseNowMs(db);
  for (const { tenant, sender } of await sendersWaiting(db)) {
    const first = await firstWaiting(db, tenant, sender);
    if (!first || (first.lease_until !== null && first.lease_until > nowMs)) continue;
    const claimed = await db
      .updateTable('message')
      .set(({ eb, ref }) => ({ lease_until: nowMs + leaseMs, attempts: eb(ref('attempts'), '+', 1) }))
      .where('receipt_id', '=', first.receipt_id)
      .where('state', '=', 'waiting')
      .where('attempts', '=', first.attempts)
      .returningAll()
      .executeTakeFirst();
    if (claimed) return claimedOf(claimed);
  }
  return undefined;
}

const sendersWaiting = (db: Db) =>
  db
    .selectFrom('message')
    .select(({ fn }) => ['tenant', 'sender', fn.min('received_at').as('since')])
    .where('state', '=', 'waiting')
    .groupBy(['tenant', 'sender'])
    .orderBy('since')
    .execute();

const firstWaiting = (db: Db, tenant: string, sender: string) =>
  db
    .selectFrom('message')
    .select(['receipt_id', 'attempts', 'lease_until'])
    .where('state', '=', 'waiting')
    .where('tenant', '=', tenant)
    .where('sender', '=', sender)
    .orderBy('received_at')
    .orderBy('receipt_id')
    .executeTakeFirst();

const claimedOf = (row: Selectable<MessageTable>): Claimed => ({
  ...{ receiptId: row.receipt_id, tenant: row.tenant, sender: row.sender, format: row.format, source: row.source },
  ...{ messageId: row.message_id, body: row.body ?? '', receivedAtMs: row.received_at, attempts: row.attempts },
});

/** It is tried again then, unless somebody finished it. */
export async function waitLonger(db: Db, receiptId: string, forMs: number): Promise<void> {
  const untilMs = (await databaseNowMs(db)) + forMs;
  await db
    .updateTable('message')
    .set({ lease_until: untilMs })
    .where('receipt_id', '=', receiptId)
    .where('state', '=', 'waiting')
    .execute();
}
