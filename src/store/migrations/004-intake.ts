import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { StoreKind } from '../store.ts';

/** What senders sent, as wholes with their receipts, and what a reviewer needs to read again what was refused. */
export const intake = (kind: StoreKind): Migration => ({
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
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('lease_until', 'bigint')
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
    await createDecisions(db, kind);
    // What comes back to us is known by what we issued, and a message of ours by its control id.
    await db.schema.createIndex('issued_identity_known').on('issued_identity').columns(['identity']).execute();
    await sql`create index link_of_message on link (server_id) where resource_type = 'Binary'`.execute(db);
  },
});

async function createDecisions(db: Kysely<unknown>, kind: StoreKind): Promise<void> {
  await sql`create index review_item_open on review_item (tenant, environment, code) where closed_at is null`.execute(
    db,
  );
  await sql`create index review_item_of_message on review_item (receipt_id) where receipt_id is not null`.execute(db);
  await serial(db.schema.createTable('review_decision'), 'seq', kind)
    .addColumn('item_id', 'bigint', required)
    .addColumn('at', 'bigint', required)
    .addColumn('actor', 'text', required)
    .addColumn('action', 'text', required)
    .addColumn('outcome', 'text', required)
    .addColumn('reason', 'text')
    .execute();
  await db.schema.createIndex('review_decision_of_item').on('review_decision').column('item_id').execute();
  await serial(db.schema.createTable('dismissal_proposal'), 'id', kind)
    .addColumn('tenant', 'text', required)
    .addColumn('environment', 'text', required)
    .addColumn('filter', 'text', required)
    .addColumn('up_to_id', 'bigint', required)
    .addColumn('count', 'bigint', required)
    .addColumn('reason', 'text', required)
    .addColumn('proposed_by', 'text', required)
    .addColumn('proposed_at', 'bigint', required)
    .addColumn('state', 'text', required)
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .execute();
}

/** A column that counts rows in order of insertion and never reuses a number. */
const serial = (table: CreateTableBuilder<string, never>, name: string, kind: StoreKind) =>
  kind === 'sqlite'
    ? table.addColumn(name, 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn(name, 'bigserial', (column) => column.primaryKey());

const required = (column: ColumnDefinitionBuilder) => column.notNull();
