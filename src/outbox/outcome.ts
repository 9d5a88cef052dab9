import { sql, type UpdateResult } from 'kysely';
import type { Problem } from '../event/problem.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Store, Trx } from '../store/store.ts';
import type { Ticket, TicketKey } from './ticket.ts';

/** Outcomes of a run. Each compares the fencing token and returns false, changing nothing, when the lease was lost. */

/**
 * The destination says what the claimed revision says. Anything owed since the claim stays due; else the next run is
 * at `nextDueAtMs` (epoch milliseconds), null: when something new is owed.
 */
export async function complete(trx: Trx, ticket: Ticket, next: { nextDueAtMs: number | null }): Promise<boolean> {
  const done = {
    ...ended,
    due_at: sql<number | null>`coalesce(due_at, ${bigint(next.nextDueAtMs)})`,
    done_revision: ticket.wantedRevision,
    attempts: 0,
    last_problem: null,
    updated_at: await databaseNowMs(trx),
  };
  return changedOne(await heldTicket(trx, ticket).set(done).executeTakeFirst());
}

/** Due again after the delay, also when something new was owed meanwhile: the destination's own timing wins. */
export async function retryLater(
  trx: Trx,
  ticket: Ticket,
  { delayMs, problem }: { delayMs: number; problem: Problem },
): Promise<boolean> {
  const nowMs = await databaseNowMs(trx);
  const later = { ...ended, due_at: nowMs + delayMs, last_problem: JSON.stringify(problem), updated_at: nowMs };
  return changedOne(await heldTicket(trx, ticket).set(later).executeTakeFirst());
}

/** Stops until a human releases it or something new is owed. What was owed since the claim keeps it due. */
export async function park(trx: Trx, ticket: Ticket, { problem }: { problem: Problem }): Promise<boolean> {
  const parked = {
    ...ended,
    parked: sql<number>`case when due_at is null then 1 else 0 end`,
    last_problem: JSON.stringify(problem),
    updated_at: await databaseNowMs(trx),
  };
  return changedOne(await heldTicket(trx, ticket).set(parked).executeTakeFirst());
}

/** A human releases a parked ticket: due now, counting attempts anew. Returns false when it was not parked. */
export async function release(trx: Trx, key: TicketKey): Promise<boolean> {
  const nowMs = await databaseNowMs(trx);
  const released = { parked: 0, due_at: nowMs, attempts: 0, updated_at: nowMs };
  return changedOne(await oneTicket(trx, key).where('parked', '=', 1).set(released).executeTakeFirst());
}

/** Whether this claim is still the last one. Locks the ticket, so that it stays so until the transaction ends. */
export async function holdsLease(trx: Trx, ticket: Ticket): Promise<boolean> {
  const row = await trx
    .selectFrom('ticket')
    .select('lease_token')
    .where('tenant', '=', ticket.tenant)
    .where('destination', '=', ticket.destination)
    .where('patient_id', '=', ticket.patientId)
    .where('lease_token', '=', ticket.token)
    .where('lease_until', 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Extends the lease from now; null when it was lost. */
export async function renew(store: Store, ticket: Ticket, leaseMs: number): Promise<Ticket | null> {
  return store.transaction(async (trx) => {
    const nowMs = await databaseNowMs(trx);
    const leaseUntilMs = nowMs + leaseMs;
    const renewed = { lease_until: leaseUntilMs, updated_at: nowMs };
    const held = changedOne(await heldTicket(trx, ticket).set(renewed).executeTakeFirst());
    return held ? { ...ticket, leaseUntilMs } : null;
  });
}

/** The token stays: it must rise for ever. */
const ended = { lease_until: null, lease_owner: null, interrupted: 0 } as const;

const oneTicket = (trx: Trx, { tenant, destination, patientId }: TicketKey) =>
  trx
    .updateTable('ticket')
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .where('patient_id', '=', patientId);

/** A lease that has ended but was not taken over is still held: nobody else wrote meanwhile. */
const heldTicket = (trx: Trx, ticket: Ticket) =>
  oneTicket(trx, ticket).where('lease_token', '=', ticket.token).where('lease_until', 'is not', null);

const changedOne = (result: UpdateResult): boolean => result.numUpdatedRows === 1n;

/** PostgreSQL cannot infer the type of a parameter that is null. */
const bigint = (value: number | null) => sql`cast(${value} as bigint)`;
