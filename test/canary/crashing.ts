/** A process that ends in the way its argument names, with a canary in the hands of whatever throws. */
import { reportCrashes } from '../../src/crash.ts';
import { canary } from './canary.ts';

reportCrashes();

const thrown = (): Error =>
  Object.assign(
    new TypeError(`${canary.name}\n    at ${canary.lot} (/${canary.serial}.ts:1:1)`, { cause: canary.note }),
    {
      body: canary,
    },
  );

const ways: Readonly<Record<string, () => void>> = {
  thrown: () => {
    setImmediate(() => {
      throw thrown();
    });
  },
  rejected: () => {
    void Promise.reject(thrown());
  },
  'no-error': () => {
    void Promise.reject(canary);
  },
};

ways[process.argv[2] ?? '']?.();
setInterval(() => {}, 1_000);
