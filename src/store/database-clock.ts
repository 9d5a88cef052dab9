import { sql } from 'kysely';
import type { Db } from './store.ts';

/**
 * Epoch milliseconds on the clock of the database. Leases and due times of several processes compare only on one
 * clock. Both engines know `epoch_ms()`: PostgreSQL from the first migration, SQLite from the driver.
 */
export async function databaseNowMs(db: Db): Promise<number> {
  const { rows } = await sql<{ now: number }>`select epoch_ms() as now`.execute(db);
  return (rows[0] as { now: number }).now;
}
