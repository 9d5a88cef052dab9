import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockPopulation } from '../../src/ledger/population.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { deploymentId } from '../../src/store/deployment.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeAppend } from './append.contract.ts';
import { describeDestinationState } from './destination-state.contract.ts';
import { describeMerges } from './merges.contract.ts';
import { describeMessages } from './messages.contract.ts';
import { describeOutbox } from './outbox.contract.ts';
import { describeReview } from './review.contract.ts';
import { describeStorm } from './storm.contract.ts';

export interface Engine {
  readonly url: string;
  stop(): Promise<void>;
}

/** Two stores on one database, as two processes have them. */
export interface Subject {
  readonly store: Store;
  readonly other: Store;
  /** A tenant that no other test uses. */
  tenant(): string;
}

/** What every engine promises. `start` gives a database that is empty. */
export function storeContract(name: string, start: () => Promise<Engine>): void {
  describe(name, () => {
    let engine: Engine;
    let stores: Store[] = [];
    let tenants = 0;
    const subject = {
      get store() {
        return stores[0] as Store;
      },
      get other() {
        return stores[1] as Store;
      },
      tenant: () => `tenant-${++tenants}`,
    };

    beforeAll(async () => {
      engine = await start();
      stores = await Promise.all([openStore(engine.url), openStore(engine.url)]);
    });

    afterAll(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await engine?.stop();
    });

    describeStore(subject);
    describeAppend(subject);
    describeMerges(subject);
    describeStorm(subject);
    describeOutbox(subject);
    describeReview(subject);
    describeMessages(subject);
    describeDestinationState(subject);
  });
}

function describeStore(subject: Subject): void {
  describe('store', () => {
    it('gives one deployment id to processes that start at once, and the same ever after', async () => {
      const [first, second] = await Promise.all([deploymentId(subject.store.db), deploymentId(subject.other.db)]);
      expect(first).toMatch(/^[\w-]{12}$/);
      expect([second, await deploymentId(subject.store.db)]).toEqual([first, first]);
    });

    it('keeps nothing of a transaction that fails', async () => {
      const tenant = subject.tenant();
      const failing = subject.store.transaction(async (trx) => {
        await appendAudit(trx, entryOf(tenant, 'lost'));
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await actionsOf(subject.store, tenant)).toEqual([]);
    });

    it('keeps a plain query beside a transaction out of that transaction', async () => {
      const tenant = subject.tenant();
      const failing = subject.store.transaction(async (trx) => {
        await appendAudit(trx, entryOf(tenant, 'inside'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('rolled back');
      });
      const beside = appendAudit(subject.store.db, entryOf(tenant, 'beside'));
      await Promise.allSettled([failing, beside]);
      await expect(failing).rejects.toThrow('rolled back');
      expect(await actionsOf(subject.store, tenant)).toEqual(['beside']);
    });

    it('loses no update when two transactions of one process, and one of another, add at once', async () => {
      const tenant = subject.tenant();
      await subject.store.db.insertInto('population').values({ tenant, environment: 'live' }).execute();
      const addOne = (store: Store) => store.transaction((trx) => countUp(trx, tenant));
      await Promise.all([addOne(subject.store), addOne(subject.store), addOne(subject.other)]);
      expect(await actionsOf(subject.store, tenant)).toEqual(['count 0', 'count 1', 'count 2']);
    });

    it('finishes both of two transactions that wait for each other', async () => {
      const tenant = subject.tenant();
      const rows = (['live', 'test'] as const).map((environment) => ({ tenant, environment }));
      await subject.store.db.insertInto('population').values(rows).execute();
      const lockBoth = (store: Store, order: readonly ('live' | 'test')[], action: string) =>
        store.transaction(async (trx) => {
          for (const environment of order) {
            await lockPopulation(trx, { tenant, environment }, 'alone');
            await new Promise((resolve) => setTimeout(resolve, 30));
          }
          await appendAudit(trx, entryOf(tenant, action));
        });
      await Promise.all([
        lockBoth(subject.store, ['live', 'test'], 'forwards'),
        lockBoth(subject.other, ['test', 'live'], 'backwards'),
      ]);
      expect(await actionsOf(subject.store, tenant)).toEqual(['backwards', 'forwards']);
    });

    it('reads a clock in epoch milliseconds', async () => {
      const before = Date.now();
      const nowMs = await subject.store.nowMs();
      expect(Number.isInteger(nowMs)).toBe(true);
      expect(Math.abs(nowMs - before)).toBeLessThan(5_000);
    });

    it('stores audit entries with their detail', async () => {
      const tenant = subject.tenant();
      const detail = { destination: 'north', count: 2, reason: null };
      await appendAudit(subject.store.db, { ...entryOf(tenant, 'release'), detail });
      const row = await subject.other.db.selectFrom('audit').selectAll().where('tenant', '=', tenant).execute();
      expect(row).toEqual([{ seq: expect.any(Number), ...entryOf(tenant, 'release'), detail: JSON.stringify(detail) }]);
    });
  });
}

const entryOf = (tenant: string, action: string) => ({
  tenant,
  at: 1_719_324_000_000,
  action,
  actor: 'operator',
  outcome: 'ok',
  detail: {},
});

async function actionsOf(store: Store, tenant: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom('audit')
    .select('action')
    .where('tenant', '=', tenant)
    .orderBy('action')
    .execute();
  return rows.map((row) => row.action);
}

/** Reads, pauses, writes: two of these that interleave would write the same count. */
async function countUp(trx: Parameters<Parameters<Store['transaction']>[0]>[0], tenant: string): Promise<void> {
  await trx.selectFrom('population').selectAll().where('tenant', '=', tenant).forUpdate().execute();
  const rows = await trx.selectFrom('audit').select('seq').where('tenant', '=', tenant).execute();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await appendAudit(trx, entryOf(tenant, `count ${rows.length}`));
}
