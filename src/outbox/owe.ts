import { sql } from 'kysely';
import { inChunks } from '../store/in-chunks.ts';
import type { Db, Trx } from '../store/store.ts';
import type { TicketKey } from './ticket.ts';

export interface Debt extends TicketKey {
  readonly revision: number;
  readonly nowMs: number;
}

/** Makes a ticket due now, in the transaction that changes the therapy. Releases a parked one. */
export async function owe(trx: Trx, debt: Debt): Promise<void> {
  await oweAll(trx, [debt]);
}

/** The same for many pairs: a destination that is new, a mapping that was released. */
export async function oweAll(trx: Trx, debts: readonly Debt[]): Promise<void> {
  await inChunks(collapse(debts), (chunk) => upsert(trx, chunk));
}

/** One debt a pair, at its highest revision; in key order, so that two transactions do not wait for each other. */
function collapse(debts: readonly Debt[]): Debt[] {
  const byKey = new Map<string, Debt>();
  for (const debt of debts) {
    const key = JSON.stringify([debt.tenant, debt.destination, debt.patientId]);
    const other = byKey.get(key);
    if (!other || other.revision < debt.revision) byKey.set(key, debt);
  }
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as Debt);
}

function upsert(db: Db, debts: readonly Debt[]) {
  return db
    .insertInto('ticket')
    .values(debts.map(rowOf))
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'destination', 'patient_id']).doUpdateSet({
        wanted_revision: sql<number>`case when excluded.wanted_revision > ticket.wanted_revision
          then excluded.wanted_revision else ticket.wanted_revision end`,
        due_at: sql<number>`case when ticket.due_at < excluded.due_at then ticket.due_at else excluded.due_at end`,
        parked: 0,
        updated_at: sql<number>`excluded.updated_at`,
      }),
    )
    .execute();
}

const rowOf = ({ tenant, destination, patientId, revision, nowMs }: Debt) => ({
  tenant,
  destination,
  patient_id: patientId,
  wanted_revision: revision,
  done_revision: 0,
  due_at: nowMs,
  parked: 0,
  attempts: 0,
  lease_until: null,
  lease_token: 0,
  lease_owner: null,
  interrupted: 0,
  last_problem: null,
  updated_at: nowMs,
});
