import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { claim } from '../../src/outbox/claim.ts';
import { complete, holdsLease, park, release, renew, retryLater } from '../../src/outbox/outcome.ts';
import { owe, oweAll } from '../../src/outbox/owe.ts';
import { nextDueAtMs, ticketCounts } from '../../src/outbox/queue.ts';
import type { Ticket } from '../../src/outbox/ticket.ts';
import type { Store } from '../../src/store/store.ts';
import type { Subject } from './store.contract.ts';

const destination = 'north';
const unavailable = problem('destination-unavailable', 'status 503');

export function describeOutbox(subject: Subject): void {
  describe('outbox', () => {
    const fresh = () => queueOf(subject.store, subject.tenant());

    it('claims what is owed once, and leaves nothing due when it is done', async () => {
      const { tenant, owed, claimed, counts, next } = fresh();
      await owed('p1', 3);
      const [ticket, ...rest] = await claimed();
      expect(rest).toEqual([]);
      expect(ticket).toEqual({
        tenant,
        destination,
        patientId: 'p1',
        wantedRevision: 3,
        token: 1,
        leaseUntilMs: expect.any(Number),
        attempts: 1,
        takeover: false,
      });
      expect(await claimed()).toEqual([]);
      expect(await counts()).toMatchObject({ running: 1, due: 0 });
      expect(await subject.store.transaction((trx) => complete(trx, ticket as Ticket, { nextDueAtMs: null }))).toBe(
        true,
      );
      expect(await counts()).toEqual({ tenant, destination, idle: 1, due: 0, waiting: 0, running: 0, parked: 0 });
      expect(await next()).toBeNull();
    });

    it('collapses what is owed to the highest revision', async () => {
      const { tenant, owed, claimed } = fresh();
      await owed('p1', 5);
      const debts = [4, 7, 6].map((revision) => ({ tenant, destination, patientId: 'p1', revision, nowMs: 1 }));
      await subject.store.transaction((trx) => oweAll(trx, debts));
      expect((await claimed()).map(({ wantedRevision }) => wantedRevision)).toEqual([7]);
    });

    it('tickets every patient for a new destination', async () => {
      const { tenant, counts } = fresh();
      const debts = Array.from({ length: 450 }, (_, n) => ({
        tenant,
        destination,
        patientId: `p${n}`,
        revision: 1,
        nowMs: 1,
      }));
      await subject.store.transaction((trx) => oweAll(trx, debts));
      expect(await counts()).toMatchObject({ due: 450 });
    });

    it('keeps due what was owed during the run, even at the same revision', async () => {
      for (const revision of [1, 2]) {
        const { owed, claimOne, counts } = fresh();
        await owed('p1', 1);
        const ticket = await claimOne();
        await owed('p1', revision);
        await subject.store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: null }));
        expect(await counts()).toMatchObject({ due: 1, idle: 0 });
      }
    });

    it('comes back when time alone changes the therapy', async () => {
      const { owed, claimOne, claimed, counts, next } = fresh();
      await owed('p1', 1);
      const nextMs = (await subject.store.nowMs()) + 3_600_000;
      const ticket = await claimOne();
      await subject.store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: nextMs }));
      expect(await claimed()).toEqual([]);
      expect(await counts()).toMatchObject({ waiting: 1 });
      expect(await next()).toBe(nextMs);
    });

    it('hands out the oldest due first, up to the limit, of the destinations asked for', async () => {
      const { tenant, claimed } = fresh();
      const debt = (patientId: string, nowMs: number, to = destination) => ({
        tenant,
        destination: to,
        patientId,
        revision: 1,
        nowMs,
      });
      const debts = [debt('p1', 30), debt('p2', 10), debt('p3', 20), debt('p4', 1, 'south')];
      await subject.store.transaction((trx) => oweAll(trx, debts));
      expect((await claimed(subject.store, 2)).map(({ patientId }) => patientId)).toEqual(['p2', 'p3']);
      expect((await claimed(subject.store, 2)).map(({ patientId }) => patientId)).toEqual(['p1']);
      expect(await claim(subject.store, { owner: 'w', destinations: [], leaseMs: 1, limit: 1 })).toEqual([]);
    });

    it('never gives one ticket to two claimers', async () => {
      const { tenant, claimed } = fresh();
      const debts = Array.from({ length: 60 }, (_, n) => ({
        tenant,
        destination,
        patientId: `p${n}`,
        revision: 1,
        nowMs: n,
      }));
      await subject.store.transaction((trx) => oweAll(trx, debts));
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, n) => claimed(n % 2 ? subject.other : subject.store, 5)),
      );
      const patients = claims.flat().map(({ patientId }) => patientId);
      expect(new Set(patients).size).toBe(patients.length);
      for (let more = await claimed(); more.length > 0; more = await claimed()) {
        patients.push(...more.map(({ patientId }) => patientId));
      }
      expect(patients.toSorted()).toEqual(debts.map(({ patientId }) => patientId).toSorted());
    });

    it('lets another take over when a lease ends, tells it so, and fences the stale owner out', async () => {
      const { owed, claimOne, counts } = fresh();
      await owed('p1', 1);
      const stale = await claimOne(-1);
      const taken = await claimOne();
      expect(taken).toMatchObject({ takeover: true, token: 2, attempts: 2 });
      const asStale = <Result>(work: (trx: Parameters<typeof holdsLease>[0]) => Promise<Result>) =>
        subject.store.transaction(work);
      expect(await asStale((trx) => holdsLease(trx, stale))).toBe(false);
      expect(await asStale((trx) => complete(trx, stale, { nextDueAtMs: null }))).toBe(false);
      expect(await asStale((trx) => retryLater(trx, stale, { delayMs: 0, problem: unavailable }))).toBe(false);
      expect(await asStale((trx) => park(trx, stale, { problem: unavailable }))).toBe(false);
      expect(await renew(subject.store, stale, 60_000)).toBeNull();
      expect(await asStale((trx) => holdsLease(trx, taken))).toBe(true);
      expect(await counts()).toMatchObject({ running: 1 });
    });

    it('extends a lease', async () => {
      const { owed, claimOne, claimed } = fresh();
      await owed('p1', 1);
      const ticket = await claimOne(-1);
      const renewed = await renew(subject.store, ticket, 60_000);
      expect(renewed?.leaseUntilMs).toBeGreaterThan(ticket.leaseUntilMs);
      expect(await claimed()).toEqual([]);
      expect(await subject.store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: null }))).toBe(true);
    });

    it('counts attempts until a run succeeds', async () => {
      const { owed, claimOne } = fresh();
      await owed('p1', 1);
      const first = await claimOne();
      await subject.store.transaction((trx) => retryLater(trx, first, { delayMs: 0, problem: unavailable }));
      const second = await claimOne();
      expect(second).toMatchObject({ attempts: 2, takeover: false });
      await subject.store.transaction((trx) => complete(trx, second, { nextDueAtMs: null }));
      await owed('p1', 2);
      expect(await claimOne()).toMatchObject({ attempts: 1, wantedRevision: 2 });
    });

    it('waits as long as a retry asks, on the clock of the database', async () => {
      const { owed, claimOne, claimed, next } = fresh();
      await owed('p1', 1);
      const ticket = await claimOne();
      const beforeMs = await subject.store.nowMs();
      await subject.store.transaction((trx) => retryLater(trx, ticket, { delayMs: 60_000, problem: unavailable }));
      expect(await claimed()).toEqual([]);
      const dueMs = (await next()) as number;
      expect(dueMs - beforeMs).toBeGreaterThanOrEqual(60_000);
      expect(dueMs - beforeMs).toBeLessThan(65_000);
    });

    it('parks with the problem until a human releases it, once', async () => {
      const { tenant, owed, claimOne, claimed, counts, lastProblem } = fresh();
      await owed('p1', 1);
      const ticket = await claimOne();
      await subject.store.transaction((trx) => park(trx, ticket, { problem: unavailable }));
      expect(await claimed()).toEqual([]);
      expect(await counts()).toMatchObject({ parked: 1 });
      expect(await lastProblem()).toEqual(unavailable);
      const key = { tenant, destination, patientId: 'p1' };
      expect(await subject.store.transaction((trx) => release(trx, key))).toBe(true);
      expect(await subject.store.transaction((trx) => release(trx, key))).toBe(false);
      expect(await claimOne()).toMatchObject({ attempts: 1 });
    });

    it('releases a parked ticket when something new is owed, also when it was owed during the run', async () => {
      const { owed, claimOne, counts } = fresh();
      await owed('p1', 1);
      const first = await claimOne();
      await subject.store.transaction((trx) => park(trx, first, { problem: unavailable }));
      await owed('p1', 2);
      const second = await claimOne();
      expect(second.wantedRevision).toBe(2);
      await owed('p1', 3);
      await subject.store.transaction((trx) => park(trx, second, { problem: unavailable }));
      expect(await counts()).toMatchObject({ parked: 0, due: 1 });
    });
  });
}

function queueOf(store: Store, tenant: string) {
  const destinations = [{ tenant, destination }];
  const claimed = (by = store, limit = 10, leaseMs = 60_000) =>
    claim(by, { owner: 'worker', destinations, leaseMs, limit });
  return {
    tenant,
    claimed,
    /** A negative lease has ended when it begins. */
    claimOne: async (leaseMs?: number): Promise<Ticket> => {
      const [ticket] = await claimed(store, 1, leaseMs);
      if (!ticket) throw new Error('nothing was due');
      return ticket;
    },
    owed: async (patientId: string, revision: number): Promise<void> => {
      const nowMs = await store.nowMs();
      await store.transaction((trx) => owe(trx, { tenant, destination, patientId, revision, nowMs }));
    },
    counts: async () => (await ticketCounts(store.db)).find((counts) => counts.tenant === tenant),
    next: () => nextDueAtMs(store.db, destinations),
    lastProblem: async (): Promise<unknown> => {
      const query = store.db.selectFrom('ticket').select('last_problem').where('tenant', '=', tenant);
      return JSON.parse((await query.executeTakeFirstOrThrow()).last_problem as string);
    },
  };
}
