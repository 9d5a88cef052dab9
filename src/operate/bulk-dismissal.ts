import type { App } from '../app.ts';
import type { Matching } from '../review/matching.ts';
import { closeProposal, dismissTogether, openProposals, proposeDismissal } from '../review/proposals.ts';
import { appendAudit } from '../store/audit.ts';
import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';
import { decidedSingly } from './review-decision.ts';

/** Dismissing many items takes two people: one proposes, another agrees. Nobody agrees with themselves. */

export interface ByPerson {
  readonly tenant: string;
  readonly environment: Environment;
  readonly actor: string;
}

/** `filter`: what was asked for, for the page. */
export async function proposeBulk(
  app: App,
  by: ByPerson,
  asked: { readonly matching: Matching; readonly filter: string; readonly reason: string },
): Promise<string> {
  const count = await app.store.transaction(async (trx) => {
    const { tenant, environment, actor: proposedBy } = by;
    const found = await proposeDismissal(trx, { ...asked, tenant, environment, but: decidedSingly, proposedBy });
    if (found > 0) await audit(app, trx, by, 'review-bulk-propose', { count: found, reason: asked.reason });
    return found;
  });
  if (count === 0) return 'Nothing of this list may be dismissed together: decide item by item.';
  return `${count} items are proposed to be dismissed. Another administrator has to agree.`;
}

/** `matchingOf`: what a proposal's filter meant when it was written. */
export async function decideBulk(
  app: App,
  by: ByPerson,
  {
    id,
    answer,
    matchingOf,
  }: { id: number; answer: 'confirm' | 'withdraw'; matchingOf(filter: string, atMs: number): Matching },
): Promise<string> {
  return app.store.transaction(async (trx) => {
    const proposal = (await openProposals(trx, by)).find((one) => one.id === id);
    if (!proposal) return 'This proposal is decided already.';
    const { reason, upToId, proposedBy, proposedAtMs, filter } = proposal;
    if (answer === 'confirm' && proposedBy === by.actor) return 'Somebody else has to agree with your proposal.';
    const state = answer === 'confirm' ? 'confirmed' : 'withdrawn';
    if (!(await closeProposal(trx, proposal, state, by.actor))) return 'This proposal is decided already.';
    if (answer === 'withdraw') {
      await audit(app, trx, by, 'review-bulk-withdraw', { proposal: id });
      return 'The proposal is withdrawn.';
    }
    const count = await dismissTogether(trx, {
      ...{ upToId, notAfterMs: proposedAtMs, but: decidedSingly, reason },
      matching: { ...matchingOf(filter, proposedAtMs), state: 'open' },
      actor: `${proposedBy}, ${by.actor}`,
    });
    await audit(app, trx, by, 'review-bulk-dismiss', { proposal: id, proposedBy, count, reason });
    return `${count} items are dismissed.`;
  });
}

const audit = (app: App, trx: Trx, { tenant, environment, actor }: ByPerson, action: string, detail: object) =>
  appendAudit(trx, {
    ...{ tenant, at: app.now().epochMilliseconds, action, actor, outcome: 'done' },
    detail: { environment, ...detail },
  });
