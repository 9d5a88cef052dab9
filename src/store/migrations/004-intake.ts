import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What senders sent, as wholes with their receipts, and what a reviewer needs to read again what was refused. */
export const intake: Migration = {
  async up(db) {
    await db.schema
      .createTable('message')
      .addColumn('receipt_id', 'text', (column) => column.primaryKey())
      .addColumn('tenant', 'text', required)
      .addColumn('sender', 'text', required)
      .addColumn('format', 'text', required)
      .addColumn('source', 'text')
      .addColumn('message_id', 'text')
      .addColumn('content_hash', 'text', required)
      .addColumn('state', 'text', required)
      .addColumn('body', 'text')
      .addColumn('receipt', 'text')
      .addColumn('received_at', 'bigint', required)
      .addColumn('done_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('message_known')
      .on('message')
      .columns(['message_id', 'sender', 'tenant'])
      .where('message_id', 'is not', null)
      .unique()
      .execute();
    await db.schema.createIndex('message_received').on('message').columns(['received_at']).execute();
    await sql`create index message_waiting on message (received_at, receipt_id) where state = 'waiting'`.execute(db);
    for (const column of ['format', 'source', 'receipt_id', 'reason', 'decided_by']) {
      await db.schema.alterTable('review_item').addColumn(column, 'text').execute();
    }
  },
};

const required = (column: ColumnDefinitionBuilder) => column.notNull();
