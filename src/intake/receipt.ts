import type { Place, Problem } from '../event/problem.ts';

/** What became of one item. `accepted` and `duplicate` are in the ledger, durably; `left-alone` is nobody's to act on. */
export interface Receipt {
  readonly outcome: 'accepted' | 'duplicate' | 'refused' | 'left-alone';
  readonly place: Place;
  readonly eventId?: string | undefined;
  /** Our keyed patient id. */
  readonly patient?: string | undefined;
  /** Why it was refused. It is kept for review. */
  readonly problems: readonly Problem[];
}

export interface ReceiptCounts {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly leftAlone: number;
}

export function countReceipts(receipts: readonly Receipt[]): ReceiptCounts {
  const count = (outcome: Receipt['outcome']) => receipts.filter((receipt) => receipt.outcome === outcome).length;
  return {
    received: receipts.length,
    accepted: count('accepted'),
    duplicates: count('duplicate'),
    refused: count('refused'),
    leftAlone: count('left-alone'),
  };
}
