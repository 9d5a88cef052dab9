import { randomBytes } from 'node:crypto';
import type { Db } from './store.ts';

/**
 * The id of this deployment: 12 url-safe characters, made once. It is part of every identifier system that we issue
 * in, and so tells what is ours from what another deployment wrote.
 */
export async function deploymentId(db: Db): Promise<string> {
  const candidate = randomBytes(9).toString('base64url');
  await db
    .insertInto('deployment')
    .values({ name: 'id', value: candidate })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { value } = await db
    .selectFrom('deployment')
    .select('value')
    .where('name', '=', 'id')
    .executeTakeFirstOrThrow();
  return value;
}

/** What this deployment has noted under this name; undefined: nothing. */
export async function noted(db: Db, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('deployment').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

export async function note(db: Db, name: string, value: string): Promise<void> {
  await db
    .insertInto('deployment')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
