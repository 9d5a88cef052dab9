import { databaseNowMs } from '../store/database-clock.ts';
import type { Environment } from '../store/schema.ts';
import type { DismissalProposalTable } from '../store/schema-intake.ts';
import type { Db, Trx } from '../store/store.ts';
import { type Matching, matching } from './matching.ts';

/** Whose proposals, and whose items. */
export interface ProposalScope {
  readonly tenant: string;
  readonly environment: Environment;
}

export interface DismissalProposal extends ProposalScope {
  readonly id: number;
  /** Which items, of those that were there when it was proposed. */
  readonly filter: string;
  readonly upToId: number;
  readonly count: number;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
}

export interface NewProposal extends ProposalScope {
  readonly matching: Matching;
  /** As whoever proposes it sees it. JSON. */
  readonly filter: string;
  /** Codes whose items are never dismissed together. */
  readonly but: readonly string[];
  readonly reason: string;
  readonly proposedBy: string;
}

/** Returns how many items it is about; 0: nothing was proposed. */
export async function proposeDismissal(trx: Trx, proposal: NewProposal): Promise<number> {
  const { tenant, environment, filter, but, reason, proposedBy } = proposal;
  const { count, last } = await trx
    .selectFrom('review_item')
    .select((select) => [select.fn.countAll<number>().as('count'), select.fn.max('id').as('last')])
    .where(matching(proposal.matching))
    .$if(but.length > 0, (query) => query.where('code', 'not in', but))
    .executeTakeFirstOrThrow();
  if (Number(count) === 0) return 0;
  const at = await databaseNowMs(trx);
  await trx
    .insertInto('dismissal_proposal')
    .values({
      ...{ tenant, environment, filter, reason, up_to_id: last, count: Number(count), state: 'open' },
      ...{ proposed_by: proposedBy, proposed_at: at, decided_by: null, decided_at: null },
    })
    .execute();
  return Number(count);
}

export async function openProposals(db: Db, { tenant, environment }: ProposalScope): Promise<DismissalProposal[]> {
  const rows = await db
    .selectFrom('dismissal_proposal')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('state', '=', 'open')
    .orderBy('id')
    .execute();
  return rows.map(({ id, filter, up_to_id, count, reason, proposed_by, proposed_at }) => ({
    ...{ id, tenant, environment, filter, upToId: up_to_id, count: Number(count), reason },
    ...{ proposedBy: proposed_by, proposedAtMs: proposed_at },
  }));
}

/** Takes an open proposal, once. False: somebody else was faster, or there is none. */
export async function closeProposal(
  trx: Trx,
  { id, tenant, environment }: ProposalScope & { readonly id: number },
  state: Exclude<DismissalProposalTable['state'], 'open'>,
  actor: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('dismissal_proposal')
    .set({ state, decided_by: actor, decided_at: await databaseNowMs(trx) })
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface Together {
  readonly matching: Matching;
  readonly but: readonly string[];
  /** Items that were opened later, or opened again since, are another question. */
  readonly upToId: number;
  readonly notAfterMs: number;
  readonly actor: string;
  readonly reason: string;
}

/** Closes what a confirmed proposal is about, for good. Returns how many. */
export async function dismissTogether(trx: Trx, together: Together): Promise<number> {
  const { but, upToId, notAfterMs, actor, reason } = together;
  const { numUpdatedRows } = await trx
    .updateTable('review_item')
    .set({ closed_at: await databaseNowMs(trx), resolution: 'dismissed', decided_by: actor, reason })
    .where(matching(together.matching))
    .where('id', '<=', upToId)
    .where('opened_at', '<=', notAfterMs)
    .$if(but.length > 0, (query) => query.where('code', 'not in', but))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
