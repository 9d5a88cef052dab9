import { expect, it } from 'vitest';
import { note } from '../../src/store/deployment.ts';
import { prepared } from '../../src/store/prepared.ts';
import { openStore } from '../../src/store/store.ts';

it('a prepared query is put together once and asked with the values of each caller', async () => {
  let built = 0;
  const ask = prepared<{ name: string; value: string }, { name: string }>((db, { name, value }) => {
    built++;
    return db.selectFrom('deployment').select('name').where('value', '=', value).where('name', '=', name);
  });
  const store = await openStore('sqlite::memory:');
  await note(store.db, 'first', 'a');
  await note(store.db, 'second', 'b');
  expect(await ask(store.db, { name: 'first', value: 'a' })).toEqual([{ name: 'first' }]);
  expect(await ask(store.db, { name: 'second', value: 'b' })).toEqual([{ name: 'second' }]);
  expect(await ask(store.db, { name: 'second', value: 'a' })).toEqual([]);
  expect(built).toBe(1);
  await store.close();
});

it('a prepared query sees what its transaction has written, and another store has a query of its own', async () => {
  const ask = prepared<{ name: string }, { value: string }>((db, { name }) =>
    db.selectFrom('deployment').select('value').where('name', '=', name),
  );
  const [one, other] = [await openStore('sqlite::memory:'), await openStore('sqlite::memory:')];
  await one.transaction(async (trx) => {
    await note(trx, 'fact', 'new');
    expect(await ask(trx, { name: 'fact' })).toEqual([{ value: 'new' }]);
  });
  expect(await ask(one.db, { name: 'fact' })).toEqual([{ value: 'new' }]);
  expect(await ask(other.db, { name: 'fact' })).toEqual([]);
  await one.close();
  await other.close();
});
