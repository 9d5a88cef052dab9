import { describe, expect, it } from 'vitest';
import {
  finishMessage,
  insertMessages,
  keyOfName,
  type MessageRow,
  MessageTaken,
  messageOf,
  messagesNamed,
} from '../../src/intake/messages.ts';
import { claimWaiting, waitingMessages, waitLonger } from '../../src/intake/waiting.ts';
import type { Subject } from './store.contract.ts';

export function describeMessages(subject: Subject): void {
  describe('messages', () => {
    let rows = 0;
    const fresh = () => {
      const tenant = subject.tenant();
      const row = (over: Partial<MessageRow> = {}): MessageRow => ({
        ...{ receipt_id: `${tenant}-${String(++rows).padStart(6, '0')}`, tenant, sender: 'engine', format: 'json' },
        ...{ content_hash: 'hash', state: 'done', received_at: 1_000, message_id: null, source: null },
        ...{ body: null, receipt: '{}', done_at: 1_001 },
        ...over,
      });
      const insert = (...all: MessageRow[]) => subject.store.transaction((trx) => insertMessages(trx, all));
      const named = (messageId: string, sender = 'engine') =>
        messagesNamed(subject.store.db, [{ tenant, sender, messageId }]).then((found) =>
          found.get(keyOfName({ tenant, sender, messageId })),
        );
      return { tenant, row, insert, named };
    };

    it('are known by their name at one sender, and by no other', async () => {
      const { row, insert, named } = fresh();
      const one = row({ message_id: 'key:1' });
      await insert(one);
      expect(await named('key:1')).toEqual({
        ...{ receipt_id: one.receipt_id, format: 'json', source: null, content_hash: 'hash' },
        ...{ state: 'done', receipt: '{}', received_at: 1_000 },
      });
      expect([await named('key:2'), await named('key:1', 'other')]).toEqual([undefined, undefined]);
    });

    it('take a name once: whoever is second keeps nothing, of all that it brought', async () => {
      const { tenant, row, insert } = fresh();
      await insert(row({ message_id: 'key:1' }));
      const [beside, second] = [row(), row({ message_id: 'key:1' })];
      await expect(insert(beside, second)).rejects.toThrow(MessageTaken);
      const kept = { tenant, sender: 'engine', receiptId: beside.receipt_id };
      expect(await messageOf(subject.store.db, kept)).toBeUndefined();
      await insert(row({ message_id: 'key:1', sender: 'other' }), row(), row());
    });

    it('take a name once, of two processes at the same time', async () => {
      const { row } = fresh();
      const insertAt = (store: Subject['store']) =>
        store.transaction((trx) => insertMessages(trx, [row({ message_id: 'key:1' })]));
      const settled = await Promise.allSettled([subject.store, subject.other].map(insertAt));
      expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    it('are there for their sender and their tenant alone', async () => {
      const { tenant, row, insert } = fresh();
      const one = row();
      await insert(one);
      const asked = (over: object) =>
        messageOf(subject.store.db, { tenant, sender: 'engine', receiptId: one.receipt_id, ...over });
      expect((await asked({}))?.receipt_id).toBe(one.receipt_id);
      expect([await asked({ sender: 'other' }), await asked({ tenant: 'other' })]).toEqual([undefined, undefined]);
    });

    it('that wait are claimed in the order of each sender, and by one process at a time', async () => {
      const { row, insert } = fresh();
      const waiting = (over: Partial<MessageRow>) => row({ state: 'waiting', body: 'sealed', receipt: null, ...over });
      const [second, first] = [waiting({ received_at: 2_000 }), waiting({ received_at: 1_000 })];
      const theirs = waiting({ received_at: 1_500, sender: 'other' });
      await insert(second, first, theirs);
      const { db } = subject.store;
      expect(await waitingMessages(db)).toEqual({ count: 3, sinceMs: 1_000 });
      const both = await Promise.all([claimWaiting(db, 60_000), claimWaiting(subject.other.db, 60_000)]);
      const claimed = both.filter((one) => one !== undefined);
      while (claimed.length < 2) claimed.push((await claimWaiting(db, 60_000)) as NonNullable<(typeof both)[0]>);
      expect(claimed.map(({ receiptId }) => receiptId).toSorted()).toEqual(
        [first, theirs].map((one) => one.receipt_id),
      );
      expect(claimed[0]).toMatchObject({ format: 'json', body: 'sealed', attempts: 1 });
      // What comes behind one that is being read waits for it.
      expect(await claimWaiting(db, 60_000)).toBeUndefined();
      await waitLonger(db, first.receipt_id, -1);
      expect(await claimWaiting(db, 60_000)).toMatchObject({ receiptId: first.receipt_id, attempts: 2 });
      const done = { source: null, body: null, receipt: '{}', done_at: 3_000 };
      const finish = (one: MessageRow) => subject.store.transaction((trx) => finishMessage(trx, one.receipt_id, done));
      await finish(first);
      await expect(finish(first)).rejects.toThrow(MessageTaken);
      expect(await claimWaiting(db, 60_000)).toMatchObject({ receiptId: second.receipt_id, receivedAtMs: 2_000 });
      await finish(second);
      await finish(theirs);
      expect(await waitingMessages(db)).toEqual({ count: 0, sinceMs: null });
    });
  });
}
