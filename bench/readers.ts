import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startTokenIssuer } from '../test/auth/token-issuer.ts';
import type { Bytes } from './bare-route.ts';
import type { Loaded } from './load.ts';

/** Servers in processes of their own, and a token that opens the service. */
export interface Readers {
  /** The real service over a store. Its audit is on, as always. */
  service(storeUrl: string): Promise<Loaded>;
  bareRoute(): Promise<BareRoute>;
  stop(): Promise<void>;
}

export interface BareRoute extends Loaded {
  /** What it answers from now on. */
  tell(bytes: Bytes): void;
}

const audience = 'https://bench.test/fhir';

/** With ITB_BENCH_PROFILES each process leaves a CPU profile in that folder. */
const profiles = process.env.ITB_BENCH_PROFILES;
const execArgv = profiles ? ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${profiles}`] : [];

export async function openReaders(folder: string): Promise<Readers> {
  const issuer = await startTokenIssuer();
  const key = await issuer.newKey('ES384');
  issuer.publish(key);
  const now = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000);
  const claims = { iss: issuer.issuer, sub: 'bench', client_id: 'bench', aud: audience, scope: 'system/*.rs' };
  const token = await issuer.sign(key, { ...claims, jti: 'bench', iat: now, exp: now + 3600 });
  const headers = { authorization: `Bearer ${token}` };
  const trusted = { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, environment: 'test' };
  const issuers = JSON.stringify([{ ...trusted, allowAddresses: ['127.0.0.1'] }]);
  const started: ChildProcess[] = [];

  async function start(program: string, args: readonly string[]): Promise<Loaded> {
    const process = fork(join(import.meta.dirname, program), args, { execArgv });
    started.push(process);
    const [url] = (await once(process, 'message')) as [string];
    return { process, url, headers };
  }

  return {
    service: (storeUrl) => start('reader-service.ts', [mkdtempSync(join(folder, 'service-')), storeUrl, issuers]),
    async bareRoute() {
      const server = await start('bare-route.ts', []);
      return { ...server, tell: (bytes) => void server.process.send(bytes) };
    },
    async stop() {
      const ended = started.map((process) => once(process, 'exit'));
      for (const process of started) process.disconnect();
      await Promise.all(ended);
      await issuer.close();
    },
  };
}
