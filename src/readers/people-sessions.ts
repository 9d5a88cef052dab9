import type { Db } from '../store/store.ts';

/** Sessions that were ended before their cookie did: a copy of it opens nothing any more, in any process. */
export async function isEnded(db: Db, tenant: string, id: string): Promise<boolean> {
  const found = await db
    .selectFrom('ended_session')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  return found !== undefined;
}

/** `keptMs`: how long a session can last at most; after it the row says nothing that its cookie does not. */
export async function endSession(
  db: Db,
  tenant: string,
  id: string,
  { nowMs, keptMs }: { readonly nowMs: number; readonly keptMs: number },
): Promise<void> {
  await db.deleteFrom('ended_session').where('until', '<', nowMs).execute();
  await db
    .insertInto('ended_session')
    .values({ tenant, id, until: nowMs + keptMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
