import { sql } from 'kysely';
import type { Problem } from '../event/problem.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Environment } from '../store/schema.ts';
import type { ReviewItemTable } from '../store/schema-intake.ts';
import type { Sealed } from '../store/seal.ts';
import type { Trx } from '../store/store.ts';

export type ReviewStage = ReviewItemTable['stage'];

/** What is found, again and again, until it is cured. */
export interface Finding {
  readonly tenant: string;
  readonly environment: Environment;
  /** The same finding again is the same item. Holds keyed ids and codes, no PHI. */
  readonly dedupeKey: string;
  readonly stage: ReviewStage;
  /** `held`: what it is about is kept back. `remark`: it stands beside what was delivered. */
  readonly effect: 'held' | 'remark';
  readonly problem: Problem;
  readonly patientId?: string;
  readonly destination?: string;
  readonly sourceSystem?: string;
  readonly eventId?: string;
  /** Sealed: the input verbatim, where no event could be made of it; else what only a reviewer should see, as JSON. */
  readonly payload?: Sealed;
  /** How `payload` is read again, and by which field map; absent: canonical JSON. */
  readonly format?: string | undefined;
  readonly source?: string | undefined;
  /** The message that it came with. */
  readonly receiptId?: string | undefined;
  /** When the thing held happened (epoch milliseconds), where known. */
  readonly sinceMs?: number;
}

/**
 * Opens the item of a finding, or brings it up to date: an item once resolved opens again, one that a human dismissed
 * stays dismissed.
 */
export async function openReview(trx: Trx, finding: Finding): Promise<void> {
  await trx
    .insertInto('review_item')
    .values(rowOf(finding, await databaseNowMs(trx)))
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'environment', 'dedupe_key'])
        .doUpdateSet((set) => ({
          code: set.ref('excluded.code'),
          severity: set.ref('excluded.severity'),
          held: set.ref('excluded.held'),
          patient_id: set.ref('excluded.patient_id'),
          problem: set.ref('excluded.problem'),
          payload: set.ref('excluded.payload'),
          format: set.ref('excluded.format'),
          source: set.ref('excluded.source'),
          event_id: set.ref('excluded.event_id'),
          source_system: set.ref('excluded.source_system'),
          receipt_id: sql<string | null>`coalesce(excluded.receipt_id, review_item.receipt_id)`,
          since: set.ref('excluded.since'),
          opened_at: sql<number>`case when review_item.closed_at is null
            then review_item.opened_at else excluded.opened_at end`,
          closed_at: null,
          resolution: null,
          reason: null,
          decided_by: null,
        }))
        .where(sql<boolean>`coalesce(review_item.resolution, 'resolved') = 'resolved'`),
    )
    .execute();
}

const rowOf = (finding: Finding, nowMs: number) => ({
  tenant: finding.tenant,
  environment: finding.environment,
  dedupe_key: finding.dedupeKey,
  stage: finding.stage,
  code: finding.problem.code,
  severity: finding.problem.severity,
  held: finding.effect === 'held' ? 1 : 0,
  patient_id: finding.patientId ?? null,
  destination: finding.destination ?? null,
  source_system: finding.sourceSystem ?? null,
  event_id: finding.eventId ?? null,
  problem: JSON.stringify(finding.problem),
  payload: finding.payload ?? null,
  since: finding.sinceMs ?? null,
  format: finding.format ?? null,
  source: finding.source ?? null,
  receipt_id: finding.receiptId ?? null,
  reason: null,
  decided_by: null,
  opened_at: nowMs,
  closed_at: null,
  resolution: null,
});

/** Who closed an item and why, as it is kept with it. */
export interface ClosedBy {
  readonly actor: string;
  readonly reason?: string | undefined;
}

/** Closes an item for good, by a human's decision. Returns false when it is not open. */
export const dismiss = (trx: Trx, tenant: string, id: number, by: ClosedBy): Promise<boolean> =>
  close(trx, tenant, id, 'dismissed', by);

/** Closes an item until the same is found again. Returns false when it is not open. */
export const resolve = (trx: Trx, tenant: string, id: number, by: ClosedBy): Promise<boolean> =>
  close(trx, tenant, id, 'resolved', by);

async function close(
  trx: Trx,
  tenant: string,
  id: number,
  resolution: 'dismissed' | 'resolved',
  { actor, reason }: ClosedBy,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('review_item')
    .set({ closed_at: await databaseNowMs(trx), resolution, decided_by: actor, reason: reason ?? null })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
