import type { Selectable, Updateable } from 'kysely';
import type { DestinationStateTable } from './schema.ts';
import type { Db } from './store.ts';

/** One destination of a tenant, by its name in the configuration. */
export interface DestinationKey {
  readonly tenant: string;
  readonly destination: string;
}

/** Undefined: nothing is known yet. The statement itself may be large: see `readStatementText`. */
export async function readState(
  db: Db,
  { tenant, destination }: DestinationKey,
): Promise<Omit<Selectable<DestinationStateTable>, 'statement'> | undefined> {
  return db
    .selectFrom('destination_state')
    .select(['tenant', 'destination', 'statement_hash', 'fetched_at', 'paused_until', 'pause_reason'])
    .select(['released_mapping_version', 'last_answer_at', 'last_problem', 'last_problem_at'])
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .executeTakeFirst();
}

/** The CapabilityStatement as it was last fetched, JSON. */
export async function readStatementText(db: Db, { tenant, destination }: DestinationKey): Promise<string | undefined> {
  const row = await db
    .selectFrom('destination_state')
    .select('statement')
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .executeTakeFirst();
  return row?.statement ?? undefined;
}

/** `fetchedAtMs`: epoch milliseconds on the clock of the database. */
export async function saveStatement(
  db: Db,
  key: DestinationKey,
  { statement, hash, fetchedAtMs }: { statement: unknown; hash: string; fetchedAtMs: number },
): Promise<void> {
  await saveState(db, key, {
    statement: JSON.stringify(statement),
    statement_hash: hash,
    fetched_at: fetchedAtMs,
  });
}

/** Changes what is named and leaves the rest as it stands. */
export async function saveState(
  db: Db,
  { tenant, destination }: DestinationKey,
  changed: Omit<Updateable<DestinationStateTable>, 'tenant' | 'destination'>,
): Promise<void> {
  const unknown = {
    statement: null,
    statement_hash: null,
    fetched_at: null,
    paused_until: null,
    pause_reason: null,
    released_mapping_version: null,
    last_answer_at: null,
    last_problem: null,
    last_problem_at: null,
  };
  await db
    .insertInto('destination_state')
    .values({ ...unknown, ...changed, tenant, destination })
    .onConflict((conflict) => conflict.columns(['tenant', 'destination']).doUpdateSet(changed))
    .execute();
}

/** Nothing is sent there before `untilMs` (epoch milliseconds on the clock of the database). A later end stays. */
export async function pauseDestination(
  db: Db,
  key: DestinationKey,
  { untilMs, reason }: { untilMs: number; reason: string },
): Promise<void> {
  const known = await readState(db, key);
  if (known?.paused_until != null && known.paused_until >= untilMs) return;
  await saveState(db, key, { paused_until: untilMs, pause_reason: reason });
}

export async function resumeDestination(db: Db, key: DestinationKey): Promise<void> {
  await saveState(db, key, { paused_until: null, pause_reason: null });
}

/** What was last heard of it, for an operator. Instants are epoch milliseconds. */
export interface Heard {
  readonly answeredAtMs?: number | undefined;
  /** Why the last request that did not succeed did not: a Problem. */
  readonly problem?: object | undefined;
  readonly problemAtMs?: number | undefined;
}

/** What is not named stays as it was. */
export async function noteHeard(
  db: Db,
  key: DestinationKey,
  { answeredAtMs, problem, problemAtMs }: Heard,
): Promise<void> {
  await saveState(db, key, {
    ...(answeredAtMs !== undefined && { last_answer_at: answeredAtMs }),
    ...(problem && { last_problem: JSON.stringify(problem), last_problem_at: problemAtMs ?? null }),
  });
}

/** An operator accepts that this mapping changes what was already sent there. */
export async function releaseMapping(db: Db, key: DestinationKey, mappingVersion: string): Promise<void> {
  await saveState(db, key, { released_mapping_version: mappingVersion });
}
