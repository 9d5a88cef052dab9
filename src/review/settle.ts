import { databaseNowMs } from '../store/database-clock.ts';
import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';
import { openItemsOf } from './open-items.ts';
import type { ReviewStage } from './review.ts';

/** What a stage has just looked at as a whole: one patient, and for sync one destination. */
export interface Looked {
  readonly tenant: string;
  readonly environment: Environment;
  readonly patientId: string;
  readonly stage: ReviewStage;
  readonly destination?: string;
}

/**
 * Closes as resolved what the stage no longer finds: its open items about this patient whose key is not among
 * `stillOpenKeys`. Returns how many.
 */
export async function settle(trx: Trx, looked: Looked, stillOpenKeys: ReadonlySet<string>): Promise<number> {
  const items = await openItemsOf(trx, looked)
    .select(['id', 'dedupe_key'])
    .where('stage', '=', looked.stage)
    .where('destination', 'is not distinct from', looked.destination ?? null)
    .execute();
  const gone = items.filter((item) => !stillOpenKeys.has(item.dedupe_key)).map((item) => item.id);
  if (gone.length > 0) {
    await trx
      .updateTable('review_item')
      .set({ closed_at: await databaseNowMs(trx), resolution: 'resolved' })
      .where('id', 'in', gone)
      .execute();
  }
  return gone.length;
}
