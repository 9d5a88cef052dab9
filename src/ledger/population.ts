import type { Trx } from '../store/store.ts';
import type { Scope } from './patient-key.ts';

/**
 * Two transactions that append a correction and its target at the same time would each miss the other, and one of the
 * patients would keep a revision that no longer says what the ledger says. So an event that connects locks everyone
 * out for the moment of its append; plain events only lock out those. (SQLite has one writer anyway.)
 */
export async function lockPopulation(trx: Trx, scope: Scope, mode: 'shared' | 'alone'): Promise<void> {
  if (await lock(trx, scope, mode)) return;
  await trx
    .insertInto('population')
    .values({ ...scope })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await lock(trx, scope, mode);
}

async function lock(trx: Trx, { tenant, environment }: Scope, mode: 'shared' | 'alone'): Promise<boolean> {
  const query = trx
    .selectFrom('population')
    .select('tenant')
    .where('tenant', '=', tenant)
    .where('environment', '=', environment);
  const locking = mode === 'alone' ? query.forUpdate() : query.forShare();
  return (await locking.executeTakeFirst()) !== undefined;
}
