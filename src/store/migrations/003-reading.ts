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
    .addColumn('due_method', 'text')
    .addColumn('alarm_method', 'text')
    .addColumn('refilled_where', 'text')
    .addColumn('has_pump', 'integer')
    .addColumn('heard_at', 'bigint')
    .addColumn('resources_revision', 'bigint')
    .addColumn('resources_until', 'bigint')
    .addColumn('projected_at', 'bigint')
    .addColumn('matched_at', 'bigint')
    .addColumn('made_by', 'text')
    .addPrimaryKeyConstraint('reading_key', ['patient_id', 'tenant', 'environment'])
    .execute();
  // The columns behind the keyed id let the board count a clinic without a look at the rows, which hold all facts.
  await index(db, 'reading_due', 'reading', [
    ...['tenant', 'environment', 'due_on', 'patient_id'],
    ...['alarm_on', 'heard_at', 'refilled_on', 'has_pump', 'due_method', 'alarm_method'],
  ]);
  await index(db, 'reading_heard', 'reading', ['tenant', 'environment', 'heard_at', 'patient_id']);
  await index(db, 'reading_alarm', 'reading', ['tenant', 'environment', 'alarm_on', 'patient_id']);
  await index(db, 'reading_refilled', 'reading', ['tenant', 'environment', 'refilled_on', 'patient_id']);
  await index(db, 'reading_until', 'reading', ['tenant', 'environment', 'resources_until']);
  // Whoever is in the ledger already is looked at as soon as the service runs.
  await sql`insert into reading (tenant, environment, patient_id, resources_until)
    select tenant, environment, id, 0 from patient`.execute(db);
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
    .addColumn('found_hash', 'text', required)
    .addColumn('content', 'text', required)
    .execute();
  await sql`create unique index resource_id on resource (id, tenant, environment, type)`.execute(db);
  await index(db, 'resource_patient', 'resource', ['patient_id', 'tenant', 'environment', 'type', 'seq']);
  await index(db, 'resource_type', 'resource', ['tenant', 'environment', 'type', 'seq']);
  await index(db, 'resource_updated', 'resource', ['tenant', 'environment', 'type', 'last_updated', 'seq']);
  // The searches of the read API say it in the same words: without a start or an end it began before or goes on after all.
  const order = (column: string) => sql.raw(`tenant, environment, type, ${column}, seq`);
  const [starts, ends] = ['coalesce(date_from, -8640000000000000)', 'coalesce(date_to, 8640000000000000)'];
  await sql`create index resource_starts on resource (${order(starts)})`.execute(db);
  await sql`create index resource_ends on resource (${order(ends)})`.execute(db);
  // Few resources go on for more than a day. Of all others, when they start says nearly when they end.
  const isLong = sql`where date_from is not null and (date_to is null or date_to - date_from > 86400000)`;
  await sql`create index resource_long_starts on resource (${order(starts)}) ${isLong}`.execute(db);
  await sql`create index resource_long_ends on resource (${order(ends)}) ${isLong}`.execute(db);

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

  await createValues(db, kind);
}

/** A row is found by its value, and by the resource that it is of: that is its key, and in SQLite the table itself. */
async function createValues(db: AnyDb, kind: StoreKind): Promise<void> {
  await scoped(db.schema.createTable('resource_value'))
    .addColumn('type', 'text', required)
    .addColumn('parameter', 'text', required)
    // By code point, as SQLite compares: what begins with a text is then a range of the index.
    .addColumn('value', kind === 'postgres' ? sql`text collate "C"` : 'text', required)
    .addColumn('system', 'text', required)
    .addColumn('seq', 'bigint', required)
    .addPrimaryKeyConstraint('resource_value_key', ['seq', 'parameter', 'value', 'system'])
    .$call((table) => (kind === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table))
    .execute();
  await index(db, 'resource_value_found', 'resource_value', [
    ...['parameter', 'value', 'type', 'tenant', 'environment', 'seq', 'system'],
  ]);
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
  await index(db, 'board_note_owner', 'board_note', ['tenant', 'environment', 'owner', 'patient_id']);
  await index(db, 'board_note_booked', 'board_note', ['tenant', 'environment', 'booked_for', 'patient_id']);
  await db.schema
    .createTable('ended_session')
    .addColumn('tenant', 'text', required)
    .addColumn('id', 'text', required)
    .addColumn('until', 'bigint', required)
    .addPrimaryKeyConstraint('ended_session_key', ['id', 'tenant'])
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
  await db.schema
    .createTable('used_token')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .addColumn('uses', 'integer', required)
    .addColumn('until', 'bigint', required)
    .execute();
  await index(db, 'used_token_until', 'used_token', ['until']);
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
