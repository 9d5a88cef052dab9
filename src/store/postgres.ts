import { PostgresDialect } from 'kysely';
import pg from 'pg';

/** PostgreSQL through a pool of `pg`, with int8 read as a number: our instants and counters stay below 2^53. */
export function postgresDialect(url: string): PostgresDialect {
  const types = { getTypeParser };
  const pool = new pg.Pool({ connectionString: url, types });
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}

const int8Oid = 20;

const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === int8Oid ? Number : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'];

const serializationFailure = '40001';
const deadlockDetected = '40P01';

/** The server rolled the transaction back for another's sake: the same work succeeds when it runs again. */
export function isWorthRetrying(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === serializationFailure || code === deadlockDetected;
}
