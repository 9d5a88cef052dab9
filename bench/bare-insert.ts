import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** The least that durable could mean: rows into one table with a key, nothing looked up. */
export interface BareInsert {
  /** One transaction. */
  insert(payloads: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** With the pragmas of our own store. */
export function bareSqlite(path: string): BareInsert {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
  database.exec('create table event (seq integer primary key, event_id text unique not null, payload text not null)');
  const statement = database.prepare('insert into event (event_id, payload) values (?, ?)');
  return {
    async insert(payloads) {
      database.exec('begin immediate');
      for (const payload of payloads) statement.run(eventIdOf(payload), payload);
      database.exec('commit');
    },
    close: async () => database.close(),
  };
}

export async function barePostgres(url: string): Promise<BareInsert> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    'create table bare_event (seq bigserial primary key, event_id text unique not null, payload text)',
  );
  return {
    async insert(payloads) {
      await client.query('begin');
      for (const payload of payloads) {
        await client.query({
          name: 'bare',
          text: 'insert into bare_event (event_id, payload) values ($1, $2)',
          values: [eventIdOf(payload), payload],
        });
      }
      await client.query('commit');
    },
    close: () => client.end(),
  };
}

const eventIdOf = (payload: string): string => JSON.parse(payload).source.eventId;
