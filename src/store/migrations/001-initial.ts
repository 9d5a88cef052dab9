import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { StoreKind } from '../store.ts';

/**
 * The first schema. `store/schema.ts` says what the columns mean. Keys and indexes begin with their most selective
 * column: begun with the tenant, they look equally good to a planner without statistics, and it takes the wrong one.
 */
export function initial(kind: StoreKind): Migration {
  return {
    async up(db) {
      if (kind === 'postgres') await createClock(db);
      await createLedger(db, kind);
      await createOutbox(db);
      await createReview(db, kind);
    },
  };
}

type AnyDb = Kysely<unknown>;

/** `statement_timestamp` and not `now()`: a transaction that waited for a lock must not judge leases by an old clock. */
async function createClock(db: AnyDb): Promise<void> {
  await sql`create function epoch_ms() returns bigint language sql stable
    as $$ select (extract(epoch from statement_timestamp()) * 1000)::bigint $$`.execute(db);
}

async function createLedger(db: AnyDb, kind: StoreKind): Promise<void> {
  await db.schema
    .createTable('deployment')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', required)
    .execute();

  await scoped(db.schema.createTable('population'))
    .addPrimaryKeyConstraint('population_key', ['tenant', 'environment'])
    .execute();

  await scoped(db.schema.createTable('patient'))
    .addColumn('id', 'text', required)
    .addColumn('merged_into', 'text')
    .addColumn('revision', 'bigint', required)
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('patient_key', ['tenant', 'environment', 'id'])
    .execute();
  await sql`create index patient_survivor on patient (coalesce(merged_into, id), tenant, environment)`.execute(db);

  await scoped(db.schema.createTable('patient_identifier'))
    .addColumn('system', 'text', required)
    .addColumn('value', 'text', required)
    .addColumn('patient_id', 'text', required)
    .addPrimaryKeyConstraint('patient_identifier_key', ['value', 'system', 'tenant', 'environment'])
    .addForeignKeyConstraint('patient_identifier_patient', ['tenant', 'environment', 'patient_id'], 'patient', [
      'tenant',
      'environment',
      'id',
    ])
    .execute();
  await db.schema
    .createIndex('patient_identifier_of')
    .on('patient_identifier')
    .columns(['patient_id', 'tenant', 'environment'])
    .execute();

  await createEvents(db, kind);

  await scoped(db.schema.createTable('issued_identity'))
    .addColumn('natural_key', 'text', required)
    .addColumn('identity', 'text', required)
    .addColumn('patient_id', 'text', required)
    .addPrimaryKeyConstraint('issued_identity_key', ['natural_key', 'tenant', 'environment'])
    .execute();
  await db.schema
    .createIndex('issued_identity_of')
    .on('issued_identity')
    .columns(['patient_id', 'tenant', 'environment'])
    .execute();
  await db.schema.createIndex('issued_identity_value').on('issued_identity').columns(['identity', 'tenant']).execute();
}

async function createEvents(db: AnyDb, kind: StoreKind): Promise<void> {
  await scoped(serial(db.schema.createTable('event'), 'seq', kind))
    .addColumn('source_system', 'text', required)
    .addColumn('event_id', 'text', required)
    .addColumn('type', 'text', required)
    .addColumn('patient_id', 'text', required)
    .addColumn('merged_patient_id', 'text')
    .addColumn('target_event_id', 'text')
    .addColumn('content_hash', 'text', required)
    .addColumn('schema_version', 'integer', required)
    .addColumn('received_at', 'bigint', required)
    .addColumn('payload', 'text', required)
    .addUniqueConstraint('event_key', ['event_id', 'source_system', 'tenant', 'environment'])
    .addForeignKeyConstraint('event_patient', ['tenant', 'environment', 'patient_id'], 'patient', [
      'tenant',
      'environment',
      'id',
    ])
    .execute();
  await db.schema
    .createIndex('event_of_patient')
    .on('event')
    .columns(['patient_id', 'tenant', 'environment', 'seq'])
    .execute();
  await db.schema
    .createIndex('event_target')
    .on('event')
    .columns(['target_event_id', 'source_system', 'tenant', 'environment'])
    .where('target_event_id', 'is not', null)
    .execute();
  await db.schema
    .createIndex('event_merged_patient')
    .on('event')
    .columns(['merged_patient_id', 'tenant', 'environment'])
    .where('merged_patient_id', 'is not', null)
    .execute();
}

async function createOutbox(db: AnyDb): Promise<void> {
  await destined(db.schema.createTable('ticket'))
    .addColumn('patient_id', 'text', required)
    .addColumn('wanted_revision', 'bigint', required)
    .addColumn('done_revision', 'bigint', required)
    .addColumn('due_at', 'bigint')
    .addColumn('parked', 'integer', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('lease_until', 'bigint')
    .addColumn('lease_token', 'bigint', required)
    .addColumn('lease_owner', 'text')
    .addColumn('interrupted', 'integer', required)
    .addColumn('last_problem', 'text')
    .addColumn('updated_at', 'bigint', required)
    .addPrimaryKeyConstraint('ticket_key', ['tenant', 'destination', 'patient_id'])
    .execute();
  await sql`create index ticket_ready on ticket (tenant, destination, coalesce(lease_until, due_at))`.execute(db);

  await destined(db.schema.createTable('link'))
    .addColumn('identity', 'text', required)
    .addColumn('patient_id', 'text', required)
    .addColumn('resource_type', 'text', required)
    .addColumn('server_id', 'text', required)
    .addColumn('version_id', 'text')
    .addColumn('content_hash', 'text')
    .addColumn('state', 'text', required)
    .addColumn('mapping_version', 'text', required)
    .addColumn('content', 'text', required)
    .addColumn('updated_at', 'bigint', required)
    .addPrimaryKeyConstraint('link_key', ['identity', 'tenant', 'destination'])
    .execute();
  await db.schema.createIndex('link_of_patient').on('link').columns(['patient_id', 'tenant', 'destination']).execute();

  await destined(db.schema.createTable('patient_match'))
    .addColumn('patient_id', 'text', required)
    .addColumn('server_id', 'text', required)
    .addColumn('matched_at', 'bigint', required)
    .addPrimaryKeyConstraint('patient_match_key', ['tenant', 'destination', 'patient_id'])
    .execute();
}

async function createReview(db: AnyDb, kind: StoreKind): Promise<void> {
  await scoped(serial(db.schema.createTable('review_item'), 'id', kind))
    .addColumn('dedupe_key', 'text', required)
    .addColumn('stage', 'text', required)
    .addColumn('code', 'text', required)
    .addColumn('severity', 'text', required)
    .addColumn('held', 'integer', required)
    .addColumn('patient_id', 'text')
    .addColumn('destination', 'text')
    .addColumn('source_system', 'text')
    .addColumn('event_id', 'text')
    .addColumn('problem', 'text', required)
    .addColumn('payload', 'text')
    .addColumn('since', 'bigint')
    .addColumn('opened_at', 'bigint', required)
    .addColumn('closed_at', 'bigint')
    .addColumn('resolution', 'text')
    .addUniqueConstraint('review_item_key', ['dedupe_key', 'tenant', 'environment'])
    .execute();
  await db.schema
    .createIndex('review_item_of_patient')
    .on('review_item')
    .columns(['patient_id', 'tenant', 'environment'])
    .execute();

  await serial(db.schema.createTable('audit'), 'seq', kind)
    .addColumn('tenant', 'text', required)
    .addColumn('at', 'bigint', required)
    .addColumn('action', 'text', required)
    .addColumn('actor', 'text', required)
    .addColumn('outcome', 'text', required)
    .addColumn('detail', 'text', required)
    .execute();
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();

// Which columns a table has so far is kysely's type parameter; a helper that adds the same ones everywhere drops it.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Table = CreateTableBuilder<any, any>;

const scoped = (table: Table): Table =>
  table.addColumn('tenant', 'text', required).addColumn('environment', 'text', required);

const destined = (table: Table): Table =>
  table.addColumn('tenant', 'text', required).addColumn('destination', 'text', required);

/** A column that counts rows in order of insertion and never reuses a number. */
const serial = (table: Table, name: string, kind: StoreKind): Table =>
  kind === 'sqlite'
    ? table.addColumn(name, 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn(name, 'bigserial', (column) => column.primaryKey());
