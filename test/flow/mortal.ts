import type { App } from '../../src/app.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import type { Store } from '../../src/store/store.ts';
import type { FhirRequest } from '../../src/sync/fhir-client.ts';

/** A process that dies at a chosen moment: from then on nothing it does has any effect, here or at a hospital. */

export class CrashError extends Error {}

/** Where a process can be cut off. A crash inside a transaction is the same as one before it. */
export type Moment =
  | 'before a request'
  | 'after a read was answered'
  | 'after a write was applied'
  | 'before a commit'
  | 'after a commit';

/** Whether a death at this moment leaves something else behind, here or at a hospital, than one at the moment before. */
export const leavesSomething = (moment: Moment): boolean =>
  moment === 'after a write was applied' || moment === 'after a commit';

export interface Mortal {
  readonly app: App;
  /** Moments lived through so far, that of the death among them. */
  readonly lived: readonly Moment[];
  /** The moment of death, when it has come. */
  diedAt(): Moment | undefined;
}

/** The same adapter as a process that dies at the `deathAt`-th moment, counted from 1; never, when it is infinite. */
export function mortal(app: App, deathAt: number): Mortal {
  const lived: Moment[] = [];
  let died: Moment | undefined;
  const alive = () => {
    if (died !== undefined) throw new CrashError(died);
  };
  const pass = (moment: Moment) => {
    alive();
    lived.push(moment);
    if (lived.length < deathAt) return;
    died = moment;
    throw new CrashError(moment);
  };

  const store: Store = {
    get db() {
      alive();
      return app.store.db;
    },
    kind: app.store.kind,
    nowMs: () => {
      alive();
      return app.store.nowMs();
    },
    transaction: async (work) => {
      pass('before a commit');
      const result = await app.store.transaction(async (trx) => {
        alive();
        const made = await work(trx);
        alive();
        return made;
      });
      pass('after a commit');
      return result;
    },
    close: () => app.store.close(),
  };
  const send = (runtime: DestinationRuntime): DestinationRuntime['client']['send'] => {
    return async (request) => {
      pass('before a request');
      const answer = await runtime.client.send(request);
      pass(isRead(request) ? 'after a read was answered' : 'after a write was applied');
      return answer;
    };
  };
  const destinations = app.destinations.map((runtime) => ({ ...runtime, client: { send: send(runtime) } }));
  return { app: { ...app, store, destinations }, lived, diedAt: () => died };
}

const isRead = ({ method, path }: FhirRequest): boolean => method === 'GET' || path.endsWith('/_search');

/** After the death of a process its leases run out. */
export async function expireLeases(app: App): Promise<void> {
  await app.store.db.updateTable('ticket').set({ lease_until: 0 }).where('lease_until', 'is not', null).execute();
}
