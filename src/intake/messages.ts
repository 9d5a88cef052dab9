import type { Insertable } from 'kysely';
import { inChunks } from '../store/in-chunks.ts';
import type { MessageTable } from '../store/schema-intake.ts';
import type { Db, Trx } from '../store/store.ts';

/** The table of what senders sent: by which names it is known, and what became of it. */

export type MessageRow = Insertable<MessageTable>;

/** Another process made a message of this name durable in the same moment: look again what became of it. */
export class MessageTaken extends Error {
  override name = 'MessageTaken';
}

/** How a sender names what it sent. */
export interface KnownBy {
  readonly tenant: string;
  readonly sender: string;
  readonly messageId: string;
}

export type KnownMessage = Pick<
  MessageTable,
  'receipt_id' | 'format' | 'source' | 'content_hash' | 'state' | 'receipt' | 'received_at'
>;

const known = ['receipt_id', 'format', 'source', 'content_hash', 'state', 'receipt', 'received_at'] as const;

export const keyOfName = ({ tenant, sender, messageId }: KnownBy): string =>
  JSON.stringify([tenant, sender, messageId]);

/** What came before under these names, by `keyOfName`. */
export async function messagesNamed(db: Db, names: readonly KnownBy[]): Promise<ReadonlyMap<string, KnownMessage>> {
  const found = new Map<string, KnownMessage>();
  const ids = [...new Set(names.map(({ messageId }) => messageId))];
  const rows = await inChunks(ids, (chunk) =>
    db
      .selectFrom('message')
      .select([...known, 'tenant', 'sender', 'message_id'])
      .where('message_id', 'in', chunk)
      .execute(),
  );
  for (const { tenant, sender, message_id: messageId, ...row } of rows) {
    found.set(keyOfName({ tenant, sender, messageId: messageId ?? '' }), row);
  }
  return found;
}

/** Throws `MessageTaken` where one of the names is taken; then nothing of the transaction may stand. */
export async function insertMessages(trx: Trx, rows: readonly MessageRow[]): Promise<void> {
  const inserted = await inChunks(rows, (chunk) =>
    trx
      .insertInto('message')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .returning('receipt_id')
      .execute(),
  );
  if (inserted.length !== rows.length) throw new MessageTaken();
}

/** What waited is done. Throws `MessageTaken` where somebody else finished it. */
export async function finishMessage(
  trx: Trx,
  receiptId: string,
  now: Pick<MessageTable, 'source' | 'body' | 'receipt' | 'done_at'>,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('message')
    .set({ ...now, state: 'done', lease_until: null })
    .where('receipt_id', '=', receiptId)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new MessageTaken();
}

/** For its sender alone. */
export async function messageOf(
  db: Db,
  { tenant, sender, receiptId }: { readonly tenant: string; readonly sender: string; readonly receiptId: string },
): Promise<KnownMessage | undefined> {
  return db
    .selectFrom('message')
    .select(known)
    .where('receipt_id', '=', receiptId)
    .where('tenant', '=', tenant)
    .where('sender', '=', sender)
    .executeTakeFirst();
}
