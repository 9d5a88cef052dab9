import { sql } from 'kysely';
import type { Problem } from '../event/problem.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Db } from '../store/store.ts';
import { type DestinationKey, readyAt } from './claim.ts';

/** How many tickets of a destination are in each state. `waiting` are due later. */
export interface TicketCounts extends DestinationKey {
  readonly idle: number;
  readonly due: number;
  readonly waiting: number;
  readonly running: number;
  readonly parked: number;
}

export async function ticketCounts(db: Db): Promise<readonly TicketCounts[]> {
  const nowMs = await databaseNowMs(db);
  const count = (state: string) => sql<number>`sum(case when ${stateAt(nowMs)} = ${sql.lit(state)} then 1 else 0 end)`;
  return db
    .selectFrom('ticket')
    .select([
      'tenant',
      'destination',
      count('idle').as('idle'),
      count('due').as('due'),
      count('waiting').as('waiting'),
      count('running').as('running'),
      count('parked').as('parked'),
    ])
    .groupBy(['tenant', 'destination'])
    .orderBy('tenant')
    .orderBy('destination')
    .execute();
}

/** A lease that ended counts as due: the next claim takes it over. */
const stateAt = (nowMs: number) => sql<string>`case
  when parked = 1 then 'parked'
  when lease_until > ${nowMs} then 'running'
  when ${readyAt} <= ${nowMs} then 'due'
  when due_at is not null then 'waiting'
  else 'idle' end`;

/** When the next ticket of these destinations becomes ready, epoch milliseconds; null: nothing is owed. */
export async function nextDueAtMs(db: Db, destinations: readonly DestinationKey[]): Promise<number | null> {
  let earliest: number | null = null;
  for (const { tenant, destination } of destinations) {
    const { at } = await db
      .selectFrom('ticket')
      .select(sql<number | null>`min(${readyAt})`.as('at'))
      .where('tenant', '=', tenant)
      .where('destination', '=', destination)
      .executeTakeFirstOrThrow();
    if (at !== null && (earliest === null || at < earliest)) earliest = at;
  }
  return earliest;
}

/** Why tickets of a destination are parked, and how many for this reason. */
export interface ParkedReason extends DestinationKey {
  readonly problem: Problem;
  readonly count: number;
}

/** Why tickets are parked, by destination and problem, so that an operator knows what to do. */
export async function parkedProblems(db: Db): Promise<readonly ParkedReason[]> {
  const rows = await db
    .selectFrom('ticket')
    .select(['tenant', 'destination', 'last_problem'])
    .where('parked', '=', 1)
    .orderBy('tenant')
    .orderBy('destination')
    .execute();
  const byReason = Map.groupBy(rows, (row) => JSON.stringify([row.tenant, row.destination, row.last_problem]));
  return [...byReason.values()].flatMap(([first, ...others]) => {
    if (!first?.last_problem) return [];
    const { tenant, destination } = first;
    return [{ tenant, destination, problem: JSON.parse(first.last_problem) as Problem, count: 1 + others.length }];
  });
}
