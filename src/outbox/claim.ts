import { type Selectable, sql } from 'kysely';
import { databaseNowMs } from '../store/database-clock.ts';
import type { TicketTable } from '../store/schema.ts';
import type { Store, Trx } from '../store/store.ts';
import type { Ticket } from './ticket.ts';

export interface DestinationKey {
  readonly tenant: string;
  readonly destination: string;
}

export interface ClaimRequest {
  /** Who claims, for the reader of the queue: host and process. */
  readonly owner: string;
  readonly destinations: readonly DestinationKey[];
  readonly leaseMs: number;
  readonly limit: number;
}

/** Takes tickets that are due, or whose lease ended without an outcome, oldest first. No ticket goes to two claimers. */
export async function claim(store: Store, request: ClaimRequest): Promise<readonly Ticket[]> {
  if (request.destinations.length === 0) return [];
  return store.transaction(async (trx) => {
    const nowMs = await databaseNowMs(trx);
    const rows = await readyRows(trx, request, nowMs);
    const tickets: Ticket[] = [];
    for (const row of rows) tickets.push(await lease(trx, row, request, nowMs));
    return tickets;
  });
}

/** When a ticket becomes ready: at the end of its lease while it runs, else when it is due. Has an index. */
export const readyAt = sql<number | null>`coalesce(lease_until, due_at)`;

/** One query a destination: that is what the index answers, however long the queues of the others are. */
async function readyRows(trx: Trx, { destinations, limit }: ClaimRequest, nowMs: number): Promise<TicketRow[]> {
  const rows: TicketRow[] = [];
  for (const { tenant, destination } of destinations) {
    const ready = await trx
      .selectFrom('ticket')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('destination', '=', destination)
      .where(readyAt, '<=', nowMs)
      .orderBy(readyAt)
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute();
    rows.push(...ready);
  }
  return rows.sort((a, b) => readyMs(a) - readyMs(b)).slice(0, limit);
}

type TicketRow = Selectable<TicketTable>;

const readyMs = (row: TicketRow): number => row.lease_until ?? (row.due_at as number);

async function lease(trx: Trx, row: TicketRow, { owner, leaseMs }: ClaimRequest, nowMs: number): Promise<Ticket> {
  const ticket: Ticket = {
    tenant: row.tenant,
    destination: row.destination,
    patientId: row.patient_id,
    wantedRevision: row.wanted_revision,
    token: row.lease_token + 1,
    leaseUntilMs: nowMs + leaseMs,
    attempts: row.attempts + 1,
    takeover: row.interrupted === 1,
  };
  await trx
    .updateTable('ticket')
    .set({
      due_at: null,
      attempts: ticket.attempts,
      lease_until: ticket.leaseUntilMs,
      lease_token: ticket.token,
      lease_owner: owner,
      interrupted: 1,
      updated_at: nowMs,
    })
    .where('tenant', '=', row.tenant)
    .where('destination', '=', row.destination)
    .where('patient_id', '=', row.patient_id)
    .execute();
  return ticket;
}
