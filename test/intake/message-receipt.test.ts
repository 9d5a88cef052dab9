import { expect, test } from 'vitest';
import { keptReceipt, receiptOfMessage } from '../../src/intake/message-receipt.ts';

const reason = "names are not kept here: the hospital's Patient has them";

test('a kept receipt says again what was not used, in its order, with how often and why', () => {
  const unused = [
    { path: 'PID-5.1', count: 1, decision: 'ignored', reason },
    { path: 'OBX[prior-dose]-5.1', count: 2, decision: 'kept' },
    { path: 'PID-5.2', count: 1, decision: 'ignored', reason },
    { path: 'ZPI-1.1', count: 13, decision: 'unknown' },
  ] as const;
  const receipt = keptReceipt([{ outcome: 'accepted', place: {}, eventId: 'E-1', problems: [] }], unused);
  expect(receiptOfMessage({ ...row, receipt })).toEqual({
    ...{ receiptId: 'r-1', state: 'done', format: 'hl7v2', source: 'oru', receivedAt: '2026-11-03T16:15:00Z' },
    ...{ received: 1, accepted: 1, duplicates: 0, refused: 0, leftAlone: 0 },
    events: [{ outcome: 'accepted', place: {}, eventId: 'E-1', problems: [] }],
    unused,
  });
  expect(receipt.split(reason)).toHaveLength(2);
});

const row = {
  ...({ receipt_id: 'r-1', state: 'done', format: 'hl7v2', source: 'oru', content_hash: 'h' } as const),
  received_at: Temporal.Instant.from('2026-11-03T16:15:00Z').epochMilliseconds,
} as const;
