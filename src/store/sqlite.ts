import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/** The embedded store: node:sqlite behind kysely, one connection a process, several processes a file. */
export function sqliteDialect(path: string): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(path),
    createQueryCompiler: () => new LockFreeCompiler(),
    createAdapter: () => new TransactionalDdlAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** A transaction here holds the only write lock from its start, so row locks say nothing more and compile to nothing. */
class LockFreeCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    const isRowLock = node.modifier?.startsWith('For') || node.modifier === 'SkipLocked' || node.modifier === 'NoWait';
    if (!isRowLock) super.visitSelectModifier(node);
  }
}

/** SQLite rolls back DDL too; saying so makes two processes that start at once migrate one after the other. */
class TransactionalDdlAdapter extends SqliteAdapter {
  /** The driver has its users stand in line: where kysely does it, each who is done wakes all who wait. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Hands the one connection to one user after the other: a transaction keeps it until it ends, and queries beside it wait. */
class NodeSqliteDriver implements Driver {
  readonly #path: string;
  #connection: NodeSqliteConnection | undefined;
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    this.#connection = new NodeSqliteConnection(openDatabase(this.#path));
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    return this.#connection as NodeSqliteConnection;
  }

  /** IMMEDIATE: a transaction that first reads and then writes could otherwise fail half-way against another process. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection?.rollback();
  }

  /** It stays taken while it goes from hand to hand. */
  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isTaken = false;
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
  }
}

const busyLimitMs = 10_000;
const busyPauseMs = 5;
const statementsKept = 300;

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Waits for another process's transaction without blocking the event loop, which SQLite's own waiting would. */
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    for (let waitedMs = 0; ; waitedMs += busyPauseMs) {
      try {
        return this.#run(query) as QueryResult<Row>;
      } catch (error) {
        if (!isBusy(error) || waitedMs >= busyLimitMs) throw error;
      }
      await sleep(busyPauseMs);
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  /** After some errors (disk full) SQLite has rolled back by itself; a second ROLLBACK would hide that error. */
  rollback(): void {
    if (this.#database.isTransaction) this.#database.exec('rollback');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #run(query: CompiledQuery): QueryResult<unknown> {
    const { statement, returnsRows } = this.#statement(query.sql);
    const parameters = query.parameters as readonly SQLInputValue[];
    if (returnsRows) return { rows: statement.all(...parameters) };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #statement(text: string): Statement {
    const statement = this.#statements.get(text) ?? this.#prepare(text);
    // Taken out and put back: the map stays in order of last use, and the first key is the one to drop.
    this.#statements.delete(text);
    this.#statements.set(text, statement);
    if (this.#statements.size > statementsKept) this.#statements.delete(this.#statements.keys().next().value as string);
    return statement;
  }

  #prepare(text: string): Statement {
    const statement = this.#database.prepare(text);
    return { statement, returnsRows: statement.columns().length > 0 };
  }
}

interface Statement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') createPrivateFile(path);
  const database = new DatabaseSync(path, { timeout: busyLimitMs });
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
  database.exec('pragma busy_timeout = 0');
  // Of 64 MiB instead of 2: what many ask for is not read from the file each time.
  database.exec('pragma cache_size = -65536');
  // Copied into the file after 16 MiB instead of 4: what changes often is copied once, and fewer commits wait for it.
  database.exec('pragma wal_autocheckpoint = 4000');
  database.function('epoch_ms', () => Date.now());
  return database;
}

/** The file holds health records: only its owner may read it. SQLite gives the same mode to its side files. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  const errcode = (error as { errcode?: unknown } | null)?.errcode;
  return typeof errcode === 'number' && (errcode & 0xff) === sqliteBusy;
}
