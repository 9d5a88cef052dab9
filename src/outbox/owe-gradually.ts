import { databaseNowMs } from '../store/database-clock.ts';
import type { Trx } from '../store/store.ts';
import type { DestinationKey } from './claim.ts';
import { oweAll } from './owe.ts';

/**
 * Makes every patient of a destination due, one after the other, so that what is reported meanwhile goes in between.
 * Returns how many.
 */
export async function oweGradually(
  trx: Trx,
  { tenant, destination }: DestinationKey,
  { spacingMs }: { readonly spacingMs: number },
): Promise<number> {
  const nowMs = await databaseNowMs(trx);
  const tickets = await trx
    .selectFrom('ticket')
    .select(['patient_id', 'wanted_revision'])
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .orderBy('patient_id')
    .execute();
  const debts = tickets.map(({ patient_id: patientId, wanted_revision: revision }, n) => ({
    ...{ tenant, destination, patientId, revision },
    nowMs: nowMs + Math.round(n * spacingMs),
  }));
  await oweAll(trx, debts);
  return debts.length;
}
