import type { App } from '../app.ts';
import type { Problem } from '../event/problem.ts';
import { refusalKey } from '../findings.ts';
import type { ReviewItem } from '../review/list.ts';
import { itemsOfKept, type Kept, keptInput, keptWith } from './kept-input.ts';
import { itemOf } from './review-decision.ts';

/** An item with what was sent, as somebody sees it who may. */
export interface ShownItem {
  readonly item: ReviewItem;
  /** As it was sent: the refused input, or the event that the item is about. */
  readonly payload?: string | undefined;
  /** Why there is none. */
  readonly says?: string | undefined;
  /** Calculated for reviewers only, JSON. */
  readonly forReviewers?: string | undefined;
  /** All that is wrong with a refused input as it is read now. */
  readonly problems: readonly Problem[];
}

export interface Looking {
  readonly tenant: string;
  readonly id: number;
  readonly who: { readonly issuer: string; readonly subject: string };
  readonly requestId: string;
}

/** Opens an item, and writes down first who sees it. Undefined: there is none. */
export async function shownItem(app: App, { tenant, id, who, requestId }: Looking): Promise<ShownItem | undefined> {
  const item = await itemOf(app, { tenant }, id);
  if (!item) return undefined;
  const { environment, patientId } = item;
  const patients = patientId === undefined ? [] : [patientId];
  const look = { interaction: 'operation', operation: 'review-message', query: `item=${id}`, status: 200 } as const;
  await app.access.record({ ...look, tenant, environment, patients, who, requestId });
  return openedItem(app, item);
}

/** Without a word to the audit: whoever calls it has written down who looks. */
export async function openedItem(app: App, item: ReviewItem): Promise<ShownItem> {
  const isInput = item.stage === 'intake' || item.stage === 'ledger';
  const also = isInput ? 'not-kept' : keptWith(app, item);
  return {
    item,
    ...whatIsKept(await keptInput(app, item), isInput),
    ...(typeof also === 'object' && 'text' in also && { forReviewers: also.text }),
    problems: isInput && item.closedAtMs === null ? await problemsNow(app, item) : [],
  };
}

function whatIsKept(kept: Kept, isInput: boolean): Pick<ShownItem, 'payload' | 'says'> {
  if (kept === 'not-kept') return isInput ? { says: 'What was sent is not kept any more: its time is over.' } : {};
  return 'text' in kept ? { payload: kept.text } : { says: kept.unreadable };
}

async function problemsNow(app: App, item: ReviewItem): Promise<readonly Problem[]> {
  const items = await itemsOfKept(app, item);
  if (items === 'not-kept' || 'unreadable' in items) return [];
  const own = items.filter((one) => items.length === 1 || refusalKey(app, one) === item.dedupeKey);
  return own.flatMap((one) => ('problems' in one ? one.problems : []));
}
