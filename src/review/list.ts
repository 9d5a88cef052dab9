import { type Selectable, sql } from 'kysely';
import type { Problem } from '../event/problem.ts';
import { prepared } from '../store/prepared.ts';
import type { ReviewItemTable } from '../store/schema-intake.ts';
import type { Sealed } from '../store/seal.ts';
import type { Db } from '../store/store.ts';
import { type Matching, matching } from './matching.ts';
import { openItemsOf, type PatientScope } from './open-items.ts';
import type { Finding } from './review.ts';

/** How much is held back about a patient, and since when (epoch milliseconds); null: nothing is held. */
export interface Held {
  readonly count: number;
  readonly sinceMs: number | null;
}

export const heldFor = async (db: Db, patient: PatientScope): Promise<Held> =>
  (await heldAbout(db, patient))[0] as Held;

const heldAbout = prepared<PatientScope, Held>((db, patient) =>
  openItemsOf(db, patient)
    .where('held', '=', 1)
    .select((select) => [
      select.fn.countAll<number>().as('count'),
      sql<number | null>`min(coalesce(since, opened_at))`.as('sinceMs'),
    ]),
);

/** One item as a human sees it. */
export interface ReviewItem extends Finding {
  readonly id: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly resolution: 'resolved' | 'dismissed' | null;
  /** Who closed it, and why they dismissed it; absent: nobody, or the program itself. */
  readonly decidedBy?: string;
  readonly reason?: string;
}

export interface ReviewFilter extends Matching {
  /** Default: oldest first. */
  readonly order?: 'oldest-first' | 'newest-first' | undefined;
  /** Continues after this id, in this order. */
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** Items in the order in which they were first opened, or the other way round. */
export async function listReview(db: Db, filter: ReviewFilter): Promise<readonly ReviewItem[]> {
  const { order = 'oldest-first', afterId, limit } = filter;
  const forwards = order === 'oldest-first';
  const rows = await db
    .selectFrom('review_item')
    .selectAll()
    .where(matching(filter))
    .$if(afterId !== undefined, (query) => query.where('id', forwards ? '>' : '<', afterId as number))
    .orderBy('id', forwards ? 'asc' : 'desc')
    .limit(limit)
    .execute();
  return rows.map(itemOf);
}

/** What else came with the same message, oldest first, without the item itself. */
export async function itemsBeside(db: Db, item: ReviewItem, limit: number): Promise<readonly ReviewItem[]> {
  if (item.receiptId === undefined) return [];
  const rows = await db
    .selectFrom('review_item')
    .selectAll()
    .where('tenant', '=', item.tenant)
    .where('receipt_id', '=', item.receiptId)
    .where('id', '!=', item.id)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(itemOf);
}

/** Undefined: this tenant has no such item. */
export async function findReview(db: Db, tenant: string, id: number): Promise<ReviewItem | undefined> {
  const row = await db
    .selectFrom('review_item')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && itemOf(row);
}

const itemOf = (row: Selectable<ReviewItemTable>): ReviewItem => ({
  id: row.id,
  tenant: row.tenant,
  environment: row.environment,
  dedupeKey: row.dedupe_key,
  stage: row.stage,
  effect: row.held === 1 ? 'held' : 'remark',
  problem: JSON.parse(row.problem) as Problem,
  ...(row.patient_id !== null && { patientId: row.patient_id }),
  ...(row.destination !== null && { destination: row.destination }),
  ...(row.source_system !== null && { sourceSystem: row.source_system }),
  ...(row.event_id !== null && { eventId: row.event_id }),
  ...(row.payload !== null && { payload: row.payload as Sealed }),
  ...(row.format !== null && { format: row.format }),
  ...(row.source !== null && { source: row.source }),
  ...(row.receipt_id !== null && { receiptId: row.receipt_id }),
  ...(row.since !== null && { sinceMs: row.since }),
  openedAtMs: row.opened_at,
  closedAtMs: row.closed_at,
  resolution: row.resolution,
  ...(row.decided_by !== null && { decidedBy: row.decided_by }),
  ...(row.reason !== null && { reason: row.reason }),
});
