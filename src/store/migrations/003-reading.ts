import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { StoreKind } from '../store.ts';

/**
 * What others read: each patient's therapy as it was last computed, as resources with their versions, and by the values
 * that searches ask for. All of it can be made again from the ledger. See `store/schema.ts`.
 */
export function reading(kind: StoreKind): Migration {
  return {
    async up(db) {
      await createReading(db);
      await createResources(db, kind);
      await createNotes(db);
    },
  };
}

type AnyDb = Kysely<unknown>;

async function createReading(db: AnyDb): Promise<void> {
  await scoped(db.schema.createTable('reading'))
    .addColumn('patient_id', 'text', required)
    .addColumn('status_revision', 'bigint')
    .addColumn('status_from', 'bigint')
    .addColumn('status_until', 'bigint')
    .addColumn('facts', 'text')
    .addColumn('due_on', 'text')
    .addColumn('alarm_on', 'text')
    .addColumn('refilled_on', 'text')
    .addColumn('heard_at', 'bigint')
    .addColumn('resources_revision', 'bigint')
    .addColumn('resources_until', 'bigint')
    .addColumn('projected_at', 'bigint')
    .addPrimaryKeyConstraint('reading_key', ['patient_id', 'tenant', 'environment'])
    .execute();
  await index(db, 'reading_due', 'reading', ['tenant', 'environment', 'due_on']);
  await index(db, 'reading_heard', 'reading', ['tenant', 'environment', 'heard_at']);
  await index(db, 'reading_until', 'reading', ['tenant', 'environment', 'resources_until']);
}

async function createResources(db: AnyDb, kind: StoreKind): Promise<void> {
  await scoped(db.schema.createTable('resource'))
    .addColumn('seq', kind === 'postgres' ? 'bigserial' : 'integer', (column) =>
      kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('type', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('patient_id', 'text', required)
    .addColumn('version', 'integer', required)
    .addColumn('last_updated', 'bigint', required)
    .addColumn('date_from', 'bigint')
    .addColumn('date_to', 'bigint')
    .addColumn('state', 'text', required)
    .addColumn('content_hash', 'text', required)
    .addColumn('content', 'text', required)
    .execute();
  await sql`create unique index resource_id on resource (id, type, tenant, environment)`.execute(db);
  await index(db, 'resource_patient', 'resource', ['patient_id', 'type', 'tenant', 'environment', 'seq']);
  await index(db, 'resource_type', 'resource', ['tenant', 'environment', 'type', 'seq']);
  await index(db, 'resource_updated', 'resource', ['tenant', 'environment', 'type', 'last_updated', 'seq']);
  await index(db, 'resource_date', 'resource', ['tenant', 'environment', 'type', 'date_from', 'seq']);

  await scoped(db.schema.createTable('resource_version'))
    .addColumn('type', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('version', 'integer', required)
    .addColumn('patient_id', 'text', required)
    .addColumn('last_updated', 'bigint', required)
    .addColumn('state', 'text', required)
    .addColumn('content', 'text', required)
    .addPrimaryKeyConstraint('resource_version_key', ['id', 'type', 'tenant', 'environment', 'version'])
    .execute();

  await scoped(db.schema.createTable('resource_value'))
    .addColumn('type', 'text', required)
    .addColumn('parameter', 'text', required)
    .addColumn('value', 'text', required)
    .addColumn('system', 'text', required)
    .addColumn('seq', 'bigint', required)
    .execute();
  await index(db, 'resource_value_found', 'resource_value', [
    ...['parameter', 'value', 'type', 'tenant', 'environment', 'system', 'seq'],
  ]);
  await index(db, 'resource_value_of', 'resource_value', ['seq']);
}

async function createNotes(db: AnyDb): Promise<void> {
  await scoped(db.schema.createTable('board_note'))
    .addColumn('patient_id', 'text', required)
    .addColumn('owner', 'text')
    .addColumn('note', 'text')
    .addColumn('booked_for', 'text')
    .addColumn('version', 'integer', required)
    .addColumn('changed_by', 'text', required)
    .addColumn('changed_at', 'bigint', required)
    .addPrimaryKeyConstraint('board_note_key', ['patient_id', 'tenant', 'environment'])
    .execute();
  await db.schema
    .createTable('card_feedback')
    .addColumn('tenant', 'text', required)
    .addColumn('service', 'text', required)
    .addColumn('card', 'text', required)
    .addColumn('outcome', 'text', required)
    .addColumn('reasons', 'text')
    .addColumn('at', 'text', required)
    .addColumn('received_at', 'bigint', required)
    .addPrimaryKeyConstraint('card_feedback_key', ['card', 'tenant', 'service', 'outcome', 'at'])
    .execute();
  await sql`create index patient_match_there on patient_match (server_id, destination, tenant)`.execute(db);
}

const index = (db: AnyDb, name: string, table: string, columns: readonly string[]) =>
  db.schema
    .createIndex(name)
    .on(table)
    .columns([...columns])
    .execute();

const required = (column: ColumnDefinitionBuilder) => column.notNull();

// biome-ignore lint/suspicious/noExplicitAny: which columns a table has so far is kysely's type parameter.
const scoped = (table: CreateTableBuilder<any, any>): CreateTableBuilder<any, any> =>
  table.addColumn('tenant', 'text', required).addColumn('environment', 'text', required);
