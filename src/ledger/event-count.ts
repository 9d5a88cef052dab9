import type { Db } from '../store/store.ts';
import type { Scope } from './patient-key.ts';

/** How many reports the ledger holds of a tenant in one environment. */
export async function eventCount(db: Db, { tenant, environment }: Scope): Promise<number> {
  const { count } = await db
    .selectFrom('event')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .executeTakeFirstOrThrow();
  return Number(count);
}
