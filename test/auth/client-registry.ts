import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateSigningJwk } from '../../src/auth/keys.ts';
import { type LocalServer, listen } from './local-server.ts';

export const publicPart = ({
  d: _d,
  p: _p,
  q: _q,
  dp: _dp,
  dq: _dq,
  qi: _qi,
  ...jwk
}: PrivateSigningJwk): PrivateSigningJwk => jwk;

/** The server of a registry, reduced to its key set. */
export interface Registry extends LocalServer {
  readonly jwksUri: string;
  readonly requests: () => number;
  publish(key: PrivateSigningJwk): void;
  cacheControl(value: string): void;
  /** Before each answer. */
  delay(ms: number): void;
  answerWith(answer: { status: number; body: string }): void;
}

export async function startRegistry(first: PrivateSigningJwk): Promise<Registry> {
  const published = [publicPart(first)];
  let cacheControl = 'max-age=300';
  let requests = 0;
  let fixed: { status: number; body: string } | undefined;
  let delayMs = 0;
  const server = await listen(async (_request, response) => {
    requests++;
    await sleep(delayMs);
    const { status, body } = fixed ?? { status: 200, body: JSON.stringify({ keys: published }) };
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': cacheControl }).end(body);
  });
  return {
    ...server,
    jwksUri: `${server.url}/jwks`,
    requests: () => requests,
    publish: (key) => void published.push(publicPart(key)),
    cacheControl: (value) => {
      cacheControl = value;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    answerWith: (answer) => {
      fixed = answer;
    },
  };
}
