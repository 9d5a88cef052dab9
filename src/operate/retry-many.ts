import type { App } from '../app.ts';
import { listReview } from '../review/list.ts';
import type { Matching } from '../review/matching.ts';
import { type Decider, decidedSingly, retryItem } from './review-decision.ts';

export interface RetriedMany {
  readonly tried: number;
  readonly done: number;
  readonly refusedAgain: number;
  readonly notTried: number;
  /** More items than these match; the next call goes on behind this one. */
  readonly goesOnAfter?: number | undefined;
}

const atOnce = 200;
const left = { outcome: 'nothing-to-retry' } as const;

/**
 * Tries every open item again that matches, oldest first, each by itself: what one of them does is durable before the next.
 * Where trying again is a decision about what a hospital holds, it is left to be decided singly.
 * `most`: stops behind so many. `tell`: how far it is.
 */
export async function retryMany(
  app: App,
  decider: Decider,
  matching: Matching,
  { most, afterId = 0, tell }: { readonly most?: number; readonly afterId?: number; tell?(so: RetriedMany): void } = {},
): Promise<RetriedMany> {
  const counts = { tried: 0, done: 0, refusedAgain: 0, notTried: 0 };
  for (let after = afterId; ; ) {
    const items = await listReview(app.store.db, { ...matching, state: 'open', afterId: after, limit: atOnce });
    for (const { id, problem } of items) {
      if (counts.tried === most) return { ...counts, goesOnAfter: after };
      const isSingle = decidedSingly.includes(problem.code);
      const { outcome } = isSingle ? left : await retryItem(app, decider, id);
      after = id;
      counts.tried++;
      if (outcome === 'done' || outcome === 'not-open') counts.done++;
      else if (outcome === 'still-refused') counts.refusedAgain++;
      else counts.notTried++;
    }
    tell?.(counts);
    if (items.length < atOnce) return counts;
  }
}

export function retriedInWords({ tried, done, refusedAgain, notTried, goesOnAfter }: RetriedMany): string {
  const parts = [
    `${tried} tried again: ${done} went through, ${refusedAgain} were refused again`,
    notTried > 0 ? `, ${notTried} have to be decided singly` : '',
    goesOnAfter === undefined ? '.' : `. More are left: do it once more.`,
  ];
  return parts.join('');
}
