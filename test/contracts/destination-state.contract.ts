import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { claim } from '../../src/outbox/claim.ts';
import { complete, park } from '../../src/outbox/outcome.ts';
import { oweAll } from '../../src/outbox/owe.ts';
import { oweAgain } from '../../src/outbox/owe-again.ts';
import { nextDueAtMs, ticketCounts } from '../../src/outbox/queue.ts';
import {
  noteHeard,
  pauseDestination,
  readState,
  readStatementText,
  releaseMapping,
  resumeDestination,
  saveStatement,
} from '../../src/store/destination-state.ts';
import type { Subject } from './store.contract.ts';

const unavailable = problem('destination-unavailable', 'status 503');

export function describeDestinationState(subject: Subject): void {
  describe('the state of a destination', () => {
    it('is unknown until something is noted, and each note leaves the others as they are', async () => {
      const { db } = subject.store;
      const key = { tenant: subject.tenant(), destination: 'north' };
      expect(await readState(db, key)).toBeUndefined();
      expect(await readStatementText(db, key)).toBeUndefined();
      await noteHeard(db, key, { answeredAtMs: 1_000 });
      await pauseDestination(db, key, { untilMs: 5_000, reason: 'upgrade' });
      await saveStatement(db, key, { statement: { a: 1 }, hash: 'h', fetchedAtMs: 2_000 });
      await releaseMapping(db, key, 'm1');
      await noteHeard(db, key, { problem: unavailable, problemAtMs: 3_000 });
      const noted = {
        ...key,
        ...{ statement_hash: 'h', fetched_at: 2_000, paused_until: 5_000, pause_reason: 'upgrade' },
        ...{ released_mapping_version: 'm1', last_answer_at: 1_000 },
        ...{ last_problem: JSON.stringify(unavailable), last_problem_at: 3_000 },
      };
      expect(await readState(subject.other.db, key)).toEqual(noted);
      expect(await readStatementText(db, key)).toBe('{"a":1}');
      await resumeDestination(db, key);
      expect(await readState(db, key)).toEqual({ ...noted, paused_until: null, pause_reason: null });
      expect(await readState(db, { ...key, destination: 'south' })).toBeUndefined();
    });

    it('is paused until the later of two ends', async () => {
      const { db } = subject.store;
      const key = { tenant: subject.tenant(), destination: 'north' };
      for (const [untilMs, kept] of [
        [2_000, 2_000],
        [1_000, 2_000],
        [2_000, 2_000],
        [3_000, 3_000],
      ] as const) {
        await pauseDestination(db, key, { untilMs, reason: `until ${untilMs}` });
        expect(await readState(db, key)).toMatchObject({ paused_until: kept, pause_reason: `until ${kept}` });
      }
    });
  });

  describe('a destination that can hold something else', () => {
    it('owes each of its patients again: the idle, the waiting, the parked and the running, and nobody of another', async () => {
      const { store } = subject;
      const tenant = subject.tenant();
      const nowMs = await store.nowMs();
      const debt = (patientId: string, destination = 'north') => ({
        tenant,
        destination,
        patientId,
        revision: 1,
        nowMs,
      });
      await store.transaction((trx) =>
        oweAll(trx, [...['idle', 'waiting', 'parked', 'running', 'due'].map((id) => debt(id)), debt('idle', 'south')]),
      );
      const claimed = async (destination: string, limit: number) =>
        claim(store, { owner: 'w', destinations: [{ tenant, destination }], leaseMs: 60_000, limit });
      const early = nowMs - 500_000;
      await store.db
        .updateTable('ticket')
        .set({ due_at: early })
        .where('tenant', '=', tenant)
        .where('patient_id', '=', 'due')
        .execute();
      const tickets = [...(await claimed('north', 10)), ...(await claimed('south', 10))];
      for (const ticket of tickets) {
        if (ticket.patientId === 'idle') await store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: null }));
        if (ticket.patientId === 'waiting') {
          await store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: nowMs + 500_000 }));
        }
        if (ticket.patientId === 'parked')
          await store.transaction((trx) => park(trx, ticket, { problem: unavailable }));
        if (ticket.patientId === 'due') await store.transaction((trx) => complete(trx, ticket, { nextDueAtMs: early }));
      }
      expect(await store.transaction((trx) => oweAgain(trx, { tenant, destination: 'north' }))).toBe(5);
      const counts = (await ticketCounts(store.db)).filter((each) => each.tenant === tenant);
      expect(counts).toEqual([
        { tenant, destination: 'north', idle: 0, due: 4, waiting: 0, running: 1, parked: 0 },
        { tenant, destination: 'south', idle: 1, due: 0, waiting: 0, running: 0, parked: 0 },
      ]);
      expect(await nextDueAtMs(store.db, [{ tenant, destination: 'north' }])).toBe(early);
      const running = tickets.find(({ patientId }) => patientId === 'running');
      if (!running) throw new Error('it was not claimed');
      await store.transaction((trx) => complete(trx, running, { nextDueAtMs: null }));
      expect((await claimed('north', 10)).map(({ patientId }) => patientId).sort()).toEqual([
        'due',
        'idle',
        'parked',
        'running',
        'waiting',
      ]);
    });
  });
}
