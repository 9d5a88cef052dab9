import type { KyselyPlugin } from 'kysely';
import type { App } from '../../src/app.ts';

/** Counts the queries of an application, so that the work of two requests can be compared without a clock. */
export function countQueries(): { counting(app: App): App; taken(): number } {
  let count = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count++;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    counting: (app) => ({ ...app, store: { ...app.store, db: app.store.db.withPlugin(plugin) } }),
    taken: () => {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
