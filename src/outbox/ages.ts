import { sql } from 'kysely';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Db } from '../store/store.ts';
import { type DestinationKey, readyAt } from './claim.ts';

/** How long work has been lying at a destination; null: none does. */
export interface TicketAges extends DestinationKey {
  /** Since the longest waiting of those that could run now could have run: the lag of the queue. */
  readonly dueForMs: number | null;
  /** Since the first of the parked was parked. */
  readonly parkedForMs: number | null;
}

export async function ticketAges(db: Db): Promise<readonly TicketAges[]> {
  const nowMs = await databaseNowMs(db);
  const rows = await db
    .selectFrom('ticket')
    .select([
      'tenant',
      'destination',
      sql<number | null>`min(case when parked = 0 and ${readyAt} <= ${nowMs} then ${readyAt} end)`.as('readyAt'),
      sql<number | null>`min(case when parked = 1 then updated_at end)`.as('parkedAt'),
    ])
    .groupBy(['tenant', 'destination'])
    .orderBy('tenant')
    .orderBy('destination')
    .execute();
  const since = (at: number | null) => (at === null ? null : nowMs - at);
  return rows.map(({ tenant, destination, readyAt: at, parkedAt }) => ({
    ...{ tenant, destination },
    dueForMs: since(at),
    parkedForMs: since(parkedAt),
  }));
}
