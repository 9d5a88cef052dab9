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

/**
 * What is kept of a receipt beside the columns of its message. What says nothing is left out, and each decision about what
 * was not used is written once: there are many.
 */
export function keptReceipt(events: readonly Receipt[], unused: readonly Unused[]): string {
  const kept = events.map(({ place, problems, ...receipt }) => ({
    ...receipt,
    ...(Object.keys(place).length > 0 && { place }),
    ...(problems.length > 0 && { problems }),
  }));
  return JSON.stringify({ events: kept, ...(unused.length > 0 && keptUnused(unused)) });
}

interface Kept {
  readonly events?: readonly (Omit<Receipt, 'place' | 'problems'> & Partial<Receipt>)[];
  readonly decisions?: readonly Pick<Unused, 'decision' | 'reason'>[];
  /** Path, number of its decision, and how often where it is not once. */
  readonly unused?: readonly (readonly [string, number, number?])[];
}

function keptUnused(unused: readonly Unused[]): Pick<Kept, 'decisions' | 'unused'> {
  const numbers = new Map<string, number>();
  const decisions: Pick<Unused, 'decision' | 'reason'>[] = [];
  const paths = unused.map(({ path, count, decision, reason }): [string, number, number?] => {
    const key = `${decision} ${reason ?? ''}`;
    const number = numbers.get(key) ?? decisions.push({ decision, reason }) - 1;
    numbers.set(key, number);
    return count === 1 ? [path, number] : [path, number, count];
  });
  return { decisions, unused: paths };
}

export function receiptOfMessage(row: KnownMessage): MessageReceipt {
  const { events = [], decisions = [], unused = [] } = JSON.parse(row.receipt ?? '{}') as Kept;
  const receipts = events.map((receipt): Receipt => ({ place: {}, problems: [], ...receipt }));
  return {
    ...{ receiptId: row.receipt_id, state: row.state, format: row.format as Format },
    ...(row.source !== null && { source: row.source }),
    receivedAt: Temporal.Instant.fromEpochMilliseconds(row.received_at).toString(),
    ...countReceipts(receipts),
    ...{
      events: receipts,
      unused: unused.map(([path, n, count = 1]) => ({ path, count, ...decisionAt(decisions, n) })),
    },
  };
}

const decisionAt = (decisions: Kept['decisions'], n: number) => decisions?.[n] as Pick<Unused, 'decision' | 'reason'>;
