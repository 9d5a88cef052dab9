import type { Db } from '../store/store.ts';
import type { TicketKey } from './ticket.ts';

/** Whether something was reported about this patient since a run last brought the destination into step. */
export async function hasNews(db: Db, { tenant, destination, patientId }: TicketKey): Promise<boolean> {
  const ticket = await db
    .selectFrom('ticket')
    .select(['wanted_revision', 'done_revision'])
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .where('patient_id', '=', patientId)
    .executeTakeFirst();
  return ticket === undefined || ticket.wanted_revision > ticket.done_revision;
}
