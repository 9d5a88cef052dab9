import { type Dialect, Kysely, type Transaction } from 'kysely';
import { databaseNowMs } from './database-clock.ts';
import { migrate } from './migrate.ts';
import { isWorthRetrying, postgresDialect } from './postgres.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

export type Db = Kysely<Database>;
export type Trx = Transaction<Database>;
export type StoreKind = 'sqlite' | 'postgres';

export interface Store {
  /** For single queries. Inside `transaction` use its argument: SQLite has one connection, `db` would wait for ever. */
  readonly db: Db;
  readonly kind: StoreKind;
  /** Epoch milliseconds on the clock of the database: the one clock that all processes share. */
  nowMs(): Promise<number>;
  /** All or nothing. May run `work` again after a deadlock, so `work` changes nothing but the database. */
  transaction<Result>(work: (trx: Trx) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Opens `sqlite:/path/to/file`, `sqlite::memory:` or `postgres://…` and brings its schema up to date.
 * Safe when several processes start at once.
 */
export async function openStore(url: string): Promise<Store> {
  const { kind, dialect } = engineOf(url);
  const db: Db = new Kysely<Database>({ dialect });
  await migrate(db, kind);
  return {
    db,
    kind,
    nowMs: () => databaseNowMs(db),
    transaction: (work) => transaction(db, work),
    close: () => db.destroy(),
  };
}

function engineOf(url: string): { kind: StoreKind; dialect: Dialect } {
  if (url.startsWith('sqlite:')) return { kind: 'sqlite', dialect: sqliteDialect(url.slice('sqlite:'.length)) };
  if (/^postgres(ql)?:/.test(url)) return { kind: 'postgres', dialect: postgresDialect(url) };
  throw new Error('The store URL starts with sqlite: or postgres:');
}

const transactionAttempts = 5;

async function transaction<Result>(db: Db, work: (trx: Trx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === transactionAttempts || !isWorthRetrying(error)) throw error;
    }
  }
}
