import type { TestService } from '../http/test-service.ts';

/** The store of a service takes nothing until it is let go. `reached`: somebody waits for it. */
export function heldStore({ app: { store } }: Pick<TestService, 'app'>): (() => void) & { reached: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const transaction = store.transaction;
  const held = async (work: Parameters<typeof transaction>[0]) => {
    reached.resolve();
    await promise;
    return transaction(work);
  };
  Object.assign(store, { transaction: held });
  const letGo = () => {
    Object.assign(store, { transaction });
    resolve();
  };
  return Object.assign(letGo, { reached: reached.promise });
}

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
