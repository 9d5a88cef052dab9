import { type Selectable, sql } from 'kysely';
import type { Problem } from '../event/problem.ts';
import { prepared } from '../store/prepared.ts';
import type { Environment, ReviewItemTable } from '../store/schema.ts';
import type { Db } from '../store/store.ts';
import { openItemsOf, type PatientScope } from './open-items.ts';
import type { Finding, ReviewStage } from './review.ts';

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
}

export interface ReviewFilter {
  readonly tenant: string;
  readonly environment?: Environment;
  readonly state: 'open' | 'closed';
  readonly stage?: ReviewStage;
  readonly patientId?: string;
  readonly destination?: string;
  /** Continues after this id. */
  readonly afterId?: number;
  readonly limit: number;
}

/** Items in the order in which they were first opened. */
export async function listReview(db: Db, filter: ReviewFilter): Promise<readonly ReviewItem[]> {
  const { tenant, environment, state, stage, patientId, destination, afterId, limit } = filter;
  const rows = await db
    .selectFrom('review_item')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('closed_at', state === 'open' ? 'is' : 'is not', null)
    .$if(environment !== undefined, (query) => query.where('environment', '=', environment as Environment))
    .$if(stage !== undefined, (query) => query.where('stage', '=', stage as ReviewStage))
    .$if(patientId !== undefined, (query) => query.where('patient_id', '=', patientId as string))
    .$if(destination !== undefined, (query) => query.where('destination', '=', destination as string))
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId as number))
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
  ...(row.payload !== null && { payload: row.payload }),
  ...(row.format !== null && { format: row.format }),
  ...(row.source !== null && { source: row.source }),
  ...(row.receipt_id !== null && { receiptId: row.receipt_id }),
  ...(row.since !== null && { sinceMs: row.since }),
  openedAtMs: row.opened_at,
  closedAtMs: row.closed_at,
  resolution: row.resolution,
});
