import type { Format, Unused } from './item.ts';
import type { KnownMessage } from './messages.ts';
import { countReceipts, type Receipt, type ReceiptCounts } from './receipt.ts';

/** What became of one whole: kept with it, answered for it, and looked up by its sender. Holds codes, ids and counts. */
export interface MessageReceipt extends ReceiptCounts {
  readonly receiptId: string;
  /** `waiting`: it is durable, and not read yet. */
  readonly state: 'waiting' | 'done';
  readonly format: Format;
  /** Name of the field map by which it was read. */
  readonly source?: string | undefined;
  /** ISO instant. */
  readonly receivedAt: string;
  /** In the order of the message. */
  readonly events: readonly Receipt[];
  readonly unused: readonly Unused[];
}

/** What is kept of a receipt beside the columns of its message. What says nothing is left out: there are many. */
export function keptReceipt(events: readonly Receipt[], unused: readonly Unused[]): string {
  const kept = events.map(({ place, problems, ...receipt }) => ({
    ...receipt,
    ...(Object.keys(place).length > 0 && { place }),
    ...(problems.length > 0 && { problems }),
  }));
  return JSON.stringify({ events: kept, ...(unused.length > 0 && { unused }) });
}

export function receiptOfMessage(row: KnownMessage): MessageReceipt {
  const { events = [], unused = [] } = JSON.parse(row.receipt ?? '{}') as {
    events?: readonly (Omit<Receipt, 'place' | 'problems'> & Partial<Receipt>)[];
    unused?: readonly Unused[];
  };
  const receipts = events.map((receipt): Receipt => ({ place: {}, problems: [], ...receipt }));
  return {
    ...{ receiptId: row.receipt_id, state: row.state, format: row.format as Format },
    ...(row.source !== null && { source: row.source }),
    receivedAt: Temporal.Instant.fromEpochMilliseconds(row.received_at).toString(),
    ...countReceipts(receipts),
    ...{ events: receipts, unused },
  };
}
