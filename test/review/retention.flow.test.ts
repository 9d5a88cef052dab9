import { describe, expect, it, onTestFinished } from 'vitest';
import { dismissItem, retryItem } from '../../src/operate/review-decision.ts';
import { purgeable, purgeNow } from '../../src/retention.ts';
import { findReview, listReview } from '../../src/review/list.ts';
import { refill } from '../http/sample-events.ts';
import { startTestService } from '../http/test-service.ts';

const decider = { tenant: 'default', actor: 'a test' };
const dayMs = 86_400_000;

/** Four refused reports: one resolved, one dismissed, two open; all of it so many days ago. */
async function aged(days: number, retention: object) {
  const service = await startTestService({ retention });
  onTestFinished(() => service.close());
  const { app } = service;
  for (const id of ['RESOLVED', 'DISMISSED', 'OPEN-1', 'OPEN-2']) await service.post({ ...refill(id), fil: 1 });
  await service.post(refill('RESOLVED'));
  const ids = new Map(
    (await app.store.db.selectFrom('review_item').select(['id', 'event_id']).execute()).map(({ id, event_id }) => [
      event_id,
      id,
    ]),
  );
  const idOf = (eventId: string): number => ids.get(eventId) ?? 0;
  await dismissItem(app, decider, idOf('DISMISSED'), 'a mistake');
  const pastMs = (await app.store.nowMs()) - days * dayMs;
  await app.store.db.updateTable('review_item').set({ opened_at: pastMs }).execute();
  await app.store.db.updateTable('review_item').set({ closed_at: pastMs }).where('closed_at', 'is not', null).execute();
  await app.store.db.updateTable('message').set({ received_at: pastMs }).execute();
  const kept = async () =>
    (await app.store.db.selectFrom('review_item').select(['event_id', 'payload']).orderBy('id').execute()).map(
      ({ event_id, payload }) => [event_id, payload === null ? 'gone' : 'kept'],
    );
  const messages = async () => (await app.store.db.selectFrom('message').selectAll().execute()).length;
  const audits = () =>
    app.store.db.selectFrom('audit').select(['actor', 'detail']).where('action', '=', 'purge').execute();
  return { app, service, idOf, kept, messages, audits };
}

const retention = { reviewDays: 30, openReviewDays: 60, messageDays: 90 };

describe('what senders sent', () => {
  it('is kept as it is within its time', async () => {
    const { app, kept, messages, audits } = await aged(29, retention);
    expect(await purgeNow(app, 'a test')).toEqual({ closedItems: 0, openItems: 0, messages: 0 });
    expect((await kept()).map(([, state]) => state)).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(await messages()).toBe(5);
    expect(await audits()).toEqual([]);
  });

  it('of closed items goes first: a resolved one as a whole, a dismissed one stays dismissed', async () => {
    const { app, service, idOf, kept, audits } = await aged(31, retention);
    expect(await purgeable(app)).toEqual({ closedItems: 2, openItems: 0, messages: 0 });
    expect(await purgeNow(app, 'a test')).toEqual({ closedItems: 2, openItems: 0, messages: 0 });
    expect(await purgeable(app)).toEqual({ closedItems: 0, openItems: 0, messages: 0 });
    expect(await kept()).toEqual([
      ['DISMISSED', 'gone'],
      ['OPEN-1', 'kept'],
      ['OPEN-2', 'kept'],
    ]);
    expect(await audits()).toEqual([{ actor: 'a test', detail: '{"closedItems":2,"openItems":0,"messages":0}' }]);
    await service.post({ ...refill('DISMISSED'), fil: 1 });
    expect(await findReview(app.store.db, 'default', idOf('DISMISSED'))).toMatchObject({ resolution: 'dismissed' });
  });

  it('of open items goes when it is over its own time, and the item says so and stays open', async () => {
    const { app, idOf, messages } = await aged(61, retention);
    expect(await purgeNow(app, 'a test')).toEqual({ closedItems: 2, openItems: 2, messages: 0 });
    expect(await listReview(app.store.db, { tenant: 'default', state: 'open', limit: 10 })).toHaveLength(2);
    expect(await retryItem(app, decider, idOf('OPEN-1'))).toEqual({
      outcome: 'nothing-to-retry',
      says: 'What was sent is not kept any more: its time is over. Ask for it to be sent again.',
    });
    expect(await messages()).toBe(5);
  });

  it('goes with its receipt when that is over its time; what waits to be read never does', async () => {
    const { app, messages } = await aged(91, retention);
    const [first] = await app.store.db.selectFrom('message').select('receipt_id').execute();
    await app.store.db
      .updateTable('message')
      .set({ state: 'waiting' })
      .where('receipt_id', '=', first?.receipt_id ?? '')
      .execute();
    expect((await purgeNow(app, 'a test')).messages).toBe(4);
    expect(await messages()).toBe(1);
  });
});

describe('the store', () => {
  it('holds what was sent sealed, and the deployment opens it', async () => {
    const { app, idOf } = await aged(0, {});
    const item = await findReview(app.store.db, 'default', idOf('OPEN-1'));
    expect(item?.payload).toMatch(/^sealed:1:/);
    expect(app.seal.open(item?.payload ?? '')).toBe(JSON.stringify({ ...refill('OPEN-1'), fil: 1 }));
  });
});
