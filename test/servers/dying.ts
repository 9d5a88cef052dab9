import type { App } from '../../src/app.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import type { Store } from '../../src/store/store.ts';
import type { FhirRequest } from '../../src/sync/fhir-client.ts';
import { CrashError } from '../flow/mortal.ts';

/** A process that dies as soon as the server, or the interface engine, has applied the first thing that it wrote. */
export function dyingAfterAWrite(app: App): { app: App; isDead: () => boolean } {
  let dead = false;
  const alive = () => {
    if (dead) throw new CrashError('after a write was applied');
  };
  const die = () => {
    dead = true;
    alive();
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
      alive();
      return app.store.transaction(work);
    },
    close: () => app.store.close(),
  };
  const mortalRuntime = (runtime: DestinationRuntime): DestinationRuntime => {
    const { client, engine } = runtime;
    const send: typeof client.send = async (request) => {
      alive();
      const answer = await client.send(request);
      if (isWrite(request)) die();
      return answer;
    };
    const deliver = engine && {
      send: async (er7: string) => {
        alive();
        await engine.send(er7);
        return die() as never;
      },
    };
    return { ...runtime, client: { send }, ...(deliver && { engine: deliver }) };
  };
  return { app: { ...app, store, destinations: app.destinations.map(mortalRuntime) }, isDead: () => dead };
}

const isWrite = ({ method, path }: FhirRequest): boolean => method !== 'GET' && !path.endsWith('_search');
