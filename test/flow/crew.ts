import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileCache } from '../commands/command-line.ts';
import type { Report } from './events.ts';
import { post } from './sender.ts';

/** Two services on one store, of which one or the other is dead now and then. */
export interface Crew {
  /** Posts to one that lives until it is acknowledged. */
  deliver(reports: readonly Report[]): Promise<void>;
  /** SIGKILL, wherever it is in its work, and a new one in its place. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

export async function hireCrew(configPath: string, random: () => number): Promise<Crew> {
  const places = await Promise.all([born(configPath), born(configPath)]);
  const anyPlace = () => Math.floor(random() * places.length);
  return {
    async deliver(reports) {
      while (!(await post((places[anyPlace()] as Worker).url, reports))) await sleep(20);
    },
    async kill() {
      const place = anyPlace();
      await dead(places[place] as Worker);
      places[place] = await born(configPath);
    },
    end: async () => void (await Promise.all(places.map(dead))),
  };
}

interface Worker {
  readonly child: ChildProcess;
  readonly url: string;
}

const longestStartMs = 30_000;

async function born(configPath: string): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'storm-process.ts'), [configPath], {
    env: { ...process.env, ITB_FHIR_PORT: '0', NODE_OPTIONS: '', NODE_COMPILE_CACHE: compileCache },
    execArgv: [],
  });
  const address = once(child, 'message', { signal: AbortSignal.timeout(longestStartMs) });
  const [url] = await Promise.race([address, once(child, 'exit').then(([code]) => neverReady(code))]);
  return { child, url };
}

function neverReady(code: unknown): never {
  throw new Error(`the service ended with ${code} before it was ready`);
}

async function dead({ child }: Worker): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
