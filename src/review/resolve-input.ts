import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';

/** An event that was refused before has come in usable form: its intake items are resolved. `nowMs`: by the clock of the database. */
export async function resolveInput(
  trx: Trx,
  scope: { readonly tenant: string; readonly environment: Environment },
  sourceSystem: string,
  eventIds: readonly string[],
  nowMs: number,
): Promise<void> {
  if (eventIds.length === 0) return;
  await trx
    .updateTable('review_item')
    .set({ closed_at: nowMs, resolution: 'resolved' })
    .where('tenant', '=', scope.tenant)
    .where('environment', '=', scope.environment)
    .where('stage', '=', 'intake')
    .where('closed_at', 'is', null)
    .where('source_system', '=', sourceSystem)
    .where('event_id', 'in', eventIds)
    .execute();
}
