import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countUse } from '../../src/store/count-use.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { type RunningPostgres, startPostgres } from '../contracts/postgres.ts';

describe.each(['SQLite', 'PostgreSQL'])('what may be used a limited number of times, on %s', (kind) => {
  let postgres: RunningPostgres | undefined;
  let store: Store;

  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : undefined;
    store = await openStore(postgres?.url ?? 'sqlite::memory:');
  });
  afterAll(async () => {
    await store.close();
    await postgres?.stop();
  });

  test('is counted, each by itself', async () => {
    expect(await countUse(store, ['client', 'a'], 100, 0)).toBe(1);
    expect(await countUse(store, ['client', 'a'], 100, 0)).toBe(2);
    expect(await countUse(store, ['client', 'b'], 100, 0)).toBe(1);
    expect(await countUse(store, ['clienta', ''], 100, 0)).toBe(1);
  });

  test('is counted once for each, however many use it at the same time', async () => {
    const uses = await Promise.all(Array.from({ length: 20 }, () => countUse(store, ['together'], 100, 0)));
    expect(uses.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  test('is forgotten when it counts no more, and not a moment before', async () => {
    await countUse(store, ['short'], 100, 0);
    expect(await countUse(store, ['short'], 100, 100)).toBe(2);
    expect(await countUse(store, ['short'], 300, 101)).toBe(1);
  });
});
