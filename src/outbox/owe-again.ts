import { sql } from 'kysely';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Trx } from '../store/store.ts';
import type { DestinationKey } from './claim.ts';

/**
 * Makes every patient of a destination due now, also those who run, wait or are parked: what it can hold has changed,
 * though nothing was reported. Returns how many.
 */
export async function oweAgain(trx: Trx, { tenant, destination }: DestinationKey): Promise<number> {
  const nowMs = await databaseNowMs(trx);
  const earliest = sql<number>`case when due_at < ${nowMs} then due_at else cast(${nowMs} as bigint) end`;
  const { numUpdatedRows } = await trx
    .updateTable('ticket')
    .set({ due_at: earliest, parked: 0, updated_at: nowMs })
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
