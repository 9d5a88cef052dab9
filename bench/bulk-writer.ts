import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { Cells, PatientRows } from './patient-rows.ts';

/** Writes rows past the program, as fast as the engine takes them: indexes are made at the end. */
export interface BulkWriter {
  rows(patients: readonly PatientRows[]): Promise<void>;
  end(): Promise<void>;
}

export const bulkWriter = (storeUrl: string): Promise<BulkWriter> =>
  storeUrl.startsWith('sqlite:') ? sqliteWriter(storeUrl.slice('sqlite:'.length)) : postgresWriter(storeUrl);

/** In an order that the foreign keys allow. */
const tables = ['patient', 'patient_identifier', 'event', 'issued_identity', 'reading'] as const;

/** Rows with numbers of their own, continued from those that are there. */
function* numbered(patients: readonly PatientRows[], next: { seq: number }): Generator<[string, Cells[]]> {
  for (const table of tables) yield [table, patients.flatMap((rows) => rows[table].map(({ seq, ...cells }) => cells))];
  const resources: Cells[] = [];
  const values: Cells[] = [];
  for (const { resource, values: found } of patients) {
    for (const [n, cells] of resource.entries()) {
      const seq = ++next.seq;
      resources.push({ ...cells, seq });
      for (const value of found[n] ?? []) values.push({ ...value, seq });
    }
  }
  yield ['resource', resources];
  yield ['resource_value', values];
}

async function sqliteWriter(path: string): Promise<BulkWriter> {
  const database = new DatabaseSync(path);
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = -500000',
  );
  const made = database
    .prepare("select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name like 'res%'")
    .all() as { name: string; sql: string }[];
  for (const { name } of made) database.exec(`drop index "${name}"`);
  const { seq } = database.prepare('select coalesce(max(seq), 0) as seq from resource').get() as { seq: number };
  const next = { seq };
  return {
    async rows(patients) {
      database.exec('begin');
      for (const [table, rows] of numbered(patients, next)) {
        const [first] = rows;
        if (!first) continue;
        const columns = Object.keys(first);
        const insert = database.prepare(
          `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
        );
        for (const row of rows) insert.run(...columns.map((column) => row[column] as string | number | null));
      }
      database.exec('commit');
    },
    async end() {
      for (const { sql } of made) database.exec(sql);
      database.exec('pragma wal_checkpoint(truncate)');
      database.close();
    },
  };
}

async function postgresWriter(url: string): Promise<BulkWriter> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('set synchronous_commit = off');
  const made = await client.query<{ indexname: string; indexdef: string }>(
    "select indexname, indexdef from pg_indexes where tablename like 'res%' and schemaname = current_schema() and indexname not like '%_pkey' and indexname not like '%_key'",
  );
  for (const { indexname } of made.rows) await client.query(`drop index ${indexname}`);
  const found = await client.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from resource');
  const next = { seq: Number(found.rows[0]?.seq) };
  return {
    async rows(patients) {
      await client.query('begin');
      for (const [table, rows] of numbered(patients, next)) await insertJson(client, table, rows);
      await client.query('commit');
    },
    async end() {
      await client.query(`select setval(pg_get_serial_sequence('resource', 'seq'), ${next.seq})`);
      for (const { indexdef } of made.rows) await client.query(indexdef);
      await client.query('analyze');
      await client.end();
    },
  };
}

/** One statement whatever the number of rows. */
async function insertJson(client: pg.Client, table: string, rows: readonly Cells[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).join(', ');
  const statement = `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1)`;
  for (let start = 0; start < rows.length; start += 5_000) {
    await client.query(statement, [JSON.stringify(rows.slice(start, start + 5_000))]);
  }
}
