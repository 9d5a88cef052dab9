import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { storeContract } from '../contracts/store.contract.ts';

storeContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'itb-sqlite-'));
  return { url: `sqlite:${join(folder, 'store.db')}`, stop: () => rm(folder, { recursive: true }) };
});

describe('SQLite alone', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'itb-sqlite-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps what it acknowledged when it is opened again, readable by its owner only', async () => {
    const path = join(folder, 'new', 'store.db');
    const first = await openStore(`sqlite:${path}`);
    await first.db.insertInto('population').values({ tenant: 't', environment: 'live' }).execute();
    expect(await modes(path, `${path}-wal`)).toEqual(['600', '600']);
    await first.close();
    const again = await openStore(`sqlite:${path}`);
    expect(await again.db.selectFrom('population').selectAll().execute()).toEqual([
      { tenant: 't', environment: 'live' },
    ]);
    await again.close();
  });

  it('runs in memory', async () => {
    const store = await openStore('sqlite::memory:');
    expect(await store.db.selectFrom('patient').selectAll().execute()).toEqual([]);
    await store.close();
  });

  it('waits for the transaction of another process without blocking its own', async () => {
    const url = `sqlite:${join(folder, 'busy.db')}`;
    const [one, two] = await Promise.all([openStore(url), openStore(url)]);
    const order: string[] = [];
    const slow = one.transaction(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      order.push('first');
    });
    await two.transaction(async () => {
      order.push('second');
    });
    await slow;
    expect(order).toEqual(['first', 'second']);
    await closeAll(one, two);
  });

  it('runs with its durability settings', async () => {
    const store = await openStore(`sqlite:${join(folder, 'pragmas.db')}`);
    expect(await pragmas(store)).toEqual({ journal_mode: 'wal', synchronous: 2, foreign_keys: 1 });
    await store.close();
  });

  it('refuses a URL that is neither SQLite nor PostgreSQL', async () => {
    await expect(openStore('mysql://localhost/itb')).rejects.toThrow('The store URL starts with sqlite: or postgres:');
  });
});

const closeAll = (...stores: Store[]) => Promise.all(stores.map((store) => store.close()));

async function modes(...paths: string[]): Promise<string[]> {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.map(({ mode }) => (mode & 0o777).toString(8));
}

async function pragmas(store: Store): Promise<object> {
  const { CompiledQuery } = await import('kysely');
  const names = ['journal_mode', 'synchronous', 'foreign_keys'];
  const rows = await Promise.all(names.map((name) => store.db.executeQuery(CompiledQuery.raw(`pragma ${name}`))));
  return Object.assign({}, ...rows.map(({ rows: [row] }) => row));
}
