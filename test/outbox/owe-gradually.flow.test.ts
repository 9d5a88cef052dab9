import { expect, it, onTestFinished } from 'vitest';
import { oweAll } from '../../src/outbox/owe.ts';
import { oweGradually } from '../../src/outbox/owe-gradually.ts';
import { openStore } from '../../src/store/store.ts';

const key = { tenant: 'default', destination: 'hospital' };

async function tickets(...patientIds: string[]) {
  const store = await openStore('sqlite::memory:');
  onTestFinished(() => store.close());
  const debts = patientIds.map((patientId) => ({ ...key, patientId, revision: 3, nowMs: 0 }));
  await store.transaction((trx) =>
    oweAll(trx, [...debts, { ...key, destination: 'other', patientId: 'a', revision: 1, nowMs: 5 }]),
  );
  const done = { due_at: null, done_revision: 3 };
  await store.db.updateTable('ticket').set(done).where('destination', '=', 'hospital').execute();
  const due = () =>
    store.db
      .selectFrom('ticket')
      .select(['destination', 'patient_id as patient', 'due_at as dueAtMs', 'wanted_revision as revision', 'parked'])
      .orderBy('destination')
      .orderBy('patient_id')
      .execute();
  return { store, due };
}

it('patients become due one after the other, at the revision that they have, and nobody elsewhere', async () => {
  const { store, due } = await tickets('c', 'a', 'b');
  const before = await store.nowMs();
  expect(await store.transaction((trx) => oweGradually(trx, key, { spacingMs: 1_500 }))).toBe(3);
  const rows = await due();
  const first = rows[0]?.dueAtMs ?? 0;
  expect(first).toBeGreaterThanOrEqual(before);
  expect(rows).toEqual([
    { destination: 'hospital', patient: 'a', dueAtMs: first, revision: 3, parked: 0 },
    { destination: 'hospital', patient: 'b', dueAtMs: first + 1_500, revision: 3, parked: 0 },
    { destination: 'hospital', patient: 'c', dueAtMs: first + 3_000, revision: 3, parked: 0 },
    { destination: 'other', patient: 'a', dueAtMs: 5, revision: 1, parked: 0 },
  ]);
});

it('who is due earlier stays so, and who is parked is looked at again', async () => {
  const { store, due } = await tickets('a', 'b');
  await store.db
    .updateTable('ticket')
    .set({ due_at: 7 })
    .where('patient_id', '=', 'b')
    .where('destination', '=', 'hospital')
    .execute();
  await store.db
    .updateTable('ticket')
    .set({ parked: 1 })
    .where('patient_id', '=', 'a')
    .where('destination', '=', 'hospital')
    .execute();
  await store.transaction((trx) => oweGradually(trx, key, { spacingMs: 60_000 }));
  const [a, b] = await due();
  expect([a?.parked, b?.dueAtMs]).toEqual([0, 7]);
  expect(a?.dueAtMs).toBeGreaterThan(7);
});
