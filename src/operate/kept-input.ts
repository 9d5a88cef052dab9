import type { App } from '../app.ts';
import type { Format, Item } from '../intake/item.ts';
import { readLine } from '../intake/json.ts';
import { leaveEchoes } from '../receiving/echo.ts';
import { permitted } from '../receiving/permitted.ts';
import { readAs, type WhatWasRead } from '../receiving/read-as.ts';
import { type Sender, senderNamed, thisMachine } from '../receiving/senders.ts';
import type { ReviewItem } from '../review/list.ts';
import { SealError } from '../store/seal.ts';

export type Kept = { readonly text: string } | { readonly unreadable: string } | 'not-kept';

/**
 * What an item is about as it was sent: the input that was refused, or the event in the ledger that is held or remarked
 * upon. PHI: whoever shows it writes down who saw it.
 */
export async function keptInput(app: App, item: ReviewItem): Promise<Kept> {
  if (item.stage === 'intake' || item.stage === 'ledger') return keptWith(app, item);
  const { sourceSystem, eventId } = item;
  if (sourceSystem === undefined || eventId === undefined) return 'not-kept';
  const event = await app.store.db
    .selectFrom('event')
    .select('payload')
    .where('tenant', '=', item.tenant)
    .where('environment', '=', item.environment)
    .where('source_system', '=', sourceSystem)
    .where('event_id', '=', eventId)
    .executeTakeFirst();
  return event ? { text: event.payload } : 'not-kept';
}

/** What was sealed with the item itself; of a remark that is what only a reviewer should see. */
export function keptWith({ seal }: Pick<App, 'seal'>, { payload }: Pick<ReviewItem, 'payload'>): Kept {
  if (payload === undefined) return 'not-kept';
  try {
    return { text: seal.open(payload) };
  } catch (error) {
    if (error instanceof SealError) return { unreadable: error.message };
    throw error;
  }
}

/**
 * As items, read by the field maps and code tables as they are now. What its sender may not report stays refused, and what we
 * wrote ourselves stays left alone.
 */
export async function itemsOfKept(
  app: App,
  item: ReviewItem,
): Promise<readonly Item[] | Exclude<Kept, { readonly text: string }>> {
  const reloaded = app.reloadTables();
  if (reloaded.kind === 'unusable') return { unreadable: `A table cannot be used as it was edited. ${reloaded.says}` };
  const kept = keptWith(app, item);
  if (kept === 'not-kept' || 'unreadable' in kept) return kept;
  const sender = await senderOf(app, item);
  if (!sender && item.receiptId !== undefined) return senderUnknown;
  const read = readKept(app, item, kept.text, sender);
  const items = sender ? permitted(sender, read) : read.items;
  return leaveEchoes(app, item.tenant, items);
}

const senderUnknown = { unreadable: 'Who sent it is not known any more, so nobody can say what it may report.' };

function readKept(app: App, { format, source }: ReviewItem, text: string, sender: Sender | undefined): WhatWasRead {
  const { maxEvents, maxDepth } = app.config.intake;
  if (format === undefined || format === 'json') {
    return { items: [readLine(text, 1, { maxEvents, maxDepth })], unused: [], source };
  }
  return readAs(app, { format: format as Format, source: namedNow(app, source), text, sender });
}

/** A field map that is not there any more is looked for anew. */
const namedNow = ({ sources }: App, source: string | undefined): string | undefined =>
  source !== undefined && sources.named(source) ? source : undefined;

/** As the configuration knows them now; undefined: not known, or it came over no network. What this machine sent it may send. */
async function senderOf({ store, config }: App, { receiptId }: ReviewItem): Promise<Sender | undefined> {
  if (receiptId === undefined) return undefined;
  const message = await store.db
    .selectFrom('message')
    .select('sender')
    .where('receipt_id', '=', receiptId)
    .executeTakeFirst();
  if (message?.sender === thisMachine.name) return thisMachine;
  return message && senderNamed(config, message.sender);
}
