import type { TestService } from '../http/test-service.ts';

/** The store of a service takes nothing until it is let go. */
export function heldStore({ app: { store } }: Pick<TestService, 'app'>): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const transaction = store.transaction;
  const held = async (work: Parameters<typeof transaction>[0]) => {
    await promise;
    return transaction(work);
  };
  Object.assign(store, { transaction: held });
  return () => {
    Object.assign(store, { transaction });
    resolve();
  };
}

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
