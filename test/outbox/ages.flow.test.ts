import { afterAll, beforeAll, expect, test } from 'vitest';
import { ticketAges } from '../../src/outbox/ages.ts';
import type { TicketTable } from '../../src/store/schema.ts';
import { openStore, type Store } from '../../src/store/store.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore('sqlite::memory:');
});
afterAll(() => store.close());

const minute = 60_000;

async function ticket(destination: string, patient: string, over: Partial<TicketTable>): Promise<void> {
  const row: TicketTable = {
    ...{ tenant: 'default', destination, patient_id: patient, wanted_revision: 1, done_revision: 0 },
    ...{ due_at: null, parked: 0, attempts: 0, lease_until: null, lease_token: 0, lease_owner: null, interrupted: 0 },
    ...{ last_problem: null, updated_at: 0, ...over },
  };
  await store.db.insertInto('ticket').values(row).execute();
}

test('how long work lies: the longest due counts, a lease that ended too, and nothing that waits or runs', async () => {
  const nowMs = await store.nowMs();
  await ticket('a', '1', { due_at: nowMs - 3 * minute });
  await ticket('a', '2', { due_at: nowMs - minute });
  await ticket('a', '3', { due_at: nowMs + minute });
  await ticket('b', '1', { due_at: nowMs - 9 * minute, lease_until: nowMs + minute });
  await ticket('b', '2', { parked: 1, updated_at: nowMs - 7 * minute });
  await ticket('b', '3', { parked: 1, updated_at: nowMs - 5 * minute });
  await ticket('c', '1', { lease_until: nowMs - 2 * minute });
  const ages = await ticketAges(store.db);
  const inMinutes = (ms: number | null) => (ms === null ? null : Math.round(ms / minute));
  expect(ages.map((age) => [age.destination, inMinutes(age.dueForMs), inMinutes(age.parkedForMs)])).toEqual([
    ['a', 3, null],
    ['b', null, 7],
    ['c', 2, null],
  ]);
});
