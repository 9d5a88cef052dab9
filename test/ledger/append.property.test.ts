import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patientsOf } from '../../src/ledger/patients.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { batchesOf, delivery, type Ledger, nameOf, names, revisionsOf, therapiesOf } from '../contracts/deliveries.ts';
import { ledgerOf } from '../contracts/ledger-fixture.ts';

/**
 * The ledger's half of the law: any order, any repetition, any split into batches comes to the same ledger and the
 * same therapies; and a therapy that an append changed has a new revision.
 */
let store: Store;
let tenants = 0;
beforeAll(async () => {
  store = await openStore('sqlite::memory:');
});
afterAll(() => store.close());

const fresh = () => ledgerOf(store, `tenant-${++tenants}`);

it('comes to the same therapies whatever the order, the repetition and the batches', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async ({ events, sent, batchSize }) => {
      const inOrder = fresh();
      await inOrder.append(...events);
      const asSent = fresh();
      const outcomes: string[] = [];
      for (const batch of batchesOf(sent, batchSize)) {
        outcomes.push(...(await asSent.append(...batch)).map(({ outcome }) => outcome));
      }
      const repeats = sent.length - events.length;
      const expected = [...events.map(() => 'accepted'), ...Array<string>(repeats).fill('duplicate')];
      expect(outcomes.toSorted()).toEqual(expected);
      expect(await therapiesOf(store, asSent)).toEqual(await therapiesOf(store, inOrder));
      expect(await survivors(asSent)).toEqual(await survivors(inOrder));
    }),
    { numRuns: 300 },
  );
});

it('gives a new revision to every patient whose therapy an append changed, and names exactly those raised', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async ({ sent }) => {
      const ledger = fresh();
      for (const event of sent) {
        const before = await stateOf(ledger);
        const [result] = await ledger.append(event);
        const after = await stateOf(ledger);
        const raised = names.filter((name) => after.revisions[name] !== before.revisions[name]);
        const changed = names.filter((name) => `${after.therapies[name]}` !== `${before.therapies[name]}`);
        expect(raised).toEqual(expect.arrayContaining(changed));
        expect(result?.touched.map(({ patientId }) => nameOf(ledger, patientId)).sort()).toEqual(raised);
      }
    }),
    { numRuns: 200 },
  );
});

async function stateOf(ledger: Ledger) {
  return { therapies: await therapiesOf(store, ledger), revisions: await revisionsOf(store, ledger) };
}

async function survivors(ledger: Ledger): Promise<string[]> {
  const patients = await Array.fromAsync(patientsOf(store.db, ledger.key('P').tenant, 'live'));
  return patients.map(({ patientId }) => nameOf(ledger, patientId)).sort();
}
