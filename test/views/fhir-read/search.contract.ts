import { afterAll, beforeAll, describe } from 'vitest';
import { openStore, type Store } from '../../../src/store/store.ts';
import type { Engine } from '../../contracts/store.contract.ts';
import { Searchable } from './search-answers.ts';
import { describeCrowd } from './search-crowd.contract.ts';
import { describeMeaning } from './search-meaning.contract.ts';
import { describeOracle } from './search-oracle.contract.ts';
import { describePaging } from './search-paging.contract.ts';
import { describeParameters } from './search-parameters.contract.ts';
import { describeReach } from './search-reach.contract.ts';
import { describeResults } from './search-results.contract.ts';

/** An empty tenant in the tables of an engine. */
export type Empty = () => Searchable;

/** What every engine promises of the search. */
export function searchContract(name: string, start: () => Promise<Engine>, runs: number): void {
  describe(`Search on ${name}`, () => {
    let engine: Engine;
    let store: Store;
    let tenants = 0;
    const empty: Empty = () => new Searchable(store, `tenant-${++tenants}`);

    beforeAll(async () => {
      engine = await start();
      store = await openStore(engine.url);
    });

    afterAll(async () => {
      await store?.close();
      await engine?.stop();
    });

    describeParameters(empty);
    describeMeaning(empty);
    describeResults(empty);
    describePaging(empty);
    describeReach(empty);
    describeCrowd(empty);
    describeOracle(empty, runs);
  });
}
