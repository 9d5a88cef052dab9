import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compileCache } from '../commands/command-line.ts';
import { mrnSystem } from './events.ts';
import { clientId, type Hospital } from './hospital.ts';

/** The adapter as operators run it: `itb-fhir serve` in a process of its own, with a configuration file. */

export interface Serving {
  readonly url: string;
  /** From the start of the process until it answered that it is ready. */
  readonly startMs: number;
  /** SIGKILL: no handler runs, nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

export interface Deployment {
  readonly folder: string;
  readonly configPath: string;
  readonly storeUrl: string;
  /** Starts one more process on this deployment's store. */
  serve(): Promise<Serving>;
}

const projectDir = resolve(import.meta.dirname, '..', '..');
const deploymentKey = 'a-key-of-these-tests-and-of-nobody-else';

/** A deployment on disk, with its own key, that sends to one hospital. `settings`: of the destination, as its file says. */
export async function deploy(hospital: Hospital, storeUrl?: string, settings: object = {}): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-serve-'));
  const configPath = join(folder, 'itb-fhir.json');
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [hospital.privateJwk] }), { mode: 0o600 });
  await writeFile(join(folder, 'deployment.key'), deploymentKey, { mode: 0o600 });
  const url = storeUrl ?? `sqlite:${join(folder, 'ledger.sqlite')}`;
  const config = {
    deploymentKeyFile: 'deployment.key',
    store: { url },
    logLevel: 'error',
    destinations: [
      {
        name: 'hospital',
        environment: 'test',
        fhirBaseUrl: hospital.sandbox.baseUrl,
        clientId,
        signingKeysFile: 'keys.json',
        patientIdentifierSystems: { [mrnSystem]: mrnSystem },
        // A lease outlasts two requests and some: short ones let the next process take over soon.
        requestTimeoutMs: 1_000,
        ...settings,
      },
    ],
  };
  await writeFile(configPath, JSON.stringify(config));
  return { folder, configPath, storeUrl: url, serve: () => serve(configPath) };
}

async function serve(configPath: string): Promise<Serving> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['src/itb-fhir.mjs', 'serve', '--config', configPath], {
    cwd: projectDir,
    env: { ...process.env, ITB_FHIR_PORT: String(port), NODE_OPTIONS: '', NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  await untilReady(url, child, errors);
  const startMs = performance.now() - startedAt;
  return {
    url,
    startMs,
    kill: async () => {
      await ended(child, 'SIGKILL');
    },
    stop: () => ended(child, 'SIGTERM'),
  };
}

async function untilReady(url: string, child: ChildProcess, errors: readonly Buffer[]): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${Buffer.concat(errors)}`);
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`serve was not ready in time: ${Buffer.concat(errors)}`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
  return child.exitCode;
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer().once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
