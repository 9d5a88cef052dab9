import type { ColumnDefinitionBuilder, CreateTableBuilder } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is known of each destination between runs, and what of its resources is not ours. See `store/schema.ts`. */
export const destinations: Migration = {
  async up(db) {
    await destined(db.schema.createTable('destination_state'))
      .addColumn('statement', 'text')
      .addColumn('statement_hash', 'text')
      .addColumn('fetched_at', 'bigint')
      .addColumn('paused_until', 'bigint')
      .addColumn('pause_reason', 'text')
      .addColumn('released_mapping_version', 'text')
      .addColumn('last_answer_at', 'bigint')
      .addColumn('last_problem', 'text')
      .addColumn('last_problem_at', 'bigint')
      .addPrimaryKeyConstraint('destination_state_key', ['tenant', 'destination'])
      .execute();
    await destined(db.schema.createTable('device_match'))
      .addColumn('identity', 'text', required)
      .addColumn('patient_id', 'text', required)
      .addColumn('server_id', 'text', required)
      .addColumn('matched_at', 'bigint', required)
      .addPrimaryKeyConstraint('device_match_key', ['identity', 'tenant', 'destination'])
      .execute();
    await db.schema.alterTable('link').addColumn('theirs', 'text').execute();
    await db.schema.createIndex('audit_at').on('audit').columns(['at', 'tenant']).execute();
  },
};

const required = (column: ColumnDefinitionBuilder) => column.notNull();

// biome-ignore lint/suspicious/noExplicitAny: which columns a table has so far is kysely's type parameter.
const destined = (table: CreateTableBuilder<any, any>): CreateTableBuilder<any, any> =>
  table.addColumn('tenant', 'text', required).addColumn('destination', 'text', required);
