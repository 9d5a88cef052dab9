import type { Db } from '../store/store.ts';
import { type Matching, matching } from './matching.ts';
import type { ReviewStage } from './review.ts';

/** How many items wait for a human, by the stage that found them; of stages without any, nothing. */
export async function openByStage(db: Db): Promise<readonly { stage: ReviewStage; count: number }[]> {
  return db
    .selectFrom('review_item')
    .select((select) => ['stage', select.fn.countAll<number>().as('count')])
    .where('closed_at', 'is', null)
    .groupBy('stage')
    .orderBy('stage')
    .execute();
}

export interface CodeCount {
  readonly code: string;
  readonly count: number;
}

/** How many items of each problem code, most first. */
export async function countByCode(db: Db, filter: Matching): Promise<readonly CodeCount[]> {
  return db
    .selectFrom('review_item')
    .select((select) => ['code', select.fn.countAll<number>().as('count')])
    .where(matching(filter))
    .groupBy('code')
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute();
}
