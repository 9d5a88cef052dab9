import { readFile } from 'node:fs/promises';
import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { exchange, parsedJson } from './exchange.ts';
import { failed } from './failure.ts';
import { KeysUnavailable, KeyUnknown, strong } from './issuer-keys.ts';

/** Keys of a client in a file: read for each assertion, so that a new file counts at once. */
export const keysInFile = (path: string): JWTVerifyGetKey =>
  keyIn(async () => {
    try {
      return await readPublicKeys(path);
    } catch {
      throw new KeysUnavailable();
    }
  });

/** Throws a sentence without any content of the file. */
export async function readPublicKeys(path: string): Promise<JSONWebKeySet> {
  const keys = publicKeysIn(parsedJson(await readFile(path, 'utf8')));
  if (!keys) throw new Error(`The file ${path} is not a set of public keys.`);
  return keys;
}

/**
 * Keys of a client at its address: kept for as long as its `Cache-Control` says and no longer (SMART App Launch 2.2:
 * servers SHALL NOT cache longer), and fetched anew for a kid that they lack, but not more often than every ten seconds.
 * What cannot be had is not asked for again for as long.
 */
export function keysAtAddress(
  uri: string,
  fetch: Fetch,
  timeoutMs: number,
  clock: () => Temporal.Instant,
): JWTVerifyGetKey {
  let kept: Kept | undefined;
  let asking: Promise<Kept> | undefined;
  let failedMs = Number.NEGATIVE_INFINITY;

  async function fetched(): Promise<Kept> {
    const answer = await exchange(fetch, { method: 'GET', url: new URL(uri) }, timeoutMs);
    const keys = failed(answer) || answer.status !== 200 ? undefined : publicKeysIn(parsedJson(answer.text));
    const nowMs = clock().epochMilliseconds;
    if (failed(answer) || keys === undefined) {
      failedMs = nowMs;
      throw new KeysUnavailable();
    }
    return { keys, freshUntilMs: nowMs + maxAgeMs(answer.headers.get('cache-control') ?? ''), fetchedMs: nowMs };
  }

  async function current(kid: string): Promise<JSONWebKeySet> {
    const nowMs = clock().epochMilliseconds;
    const isFresh = kept !== undefined && nowMs < kept.freshUntilMs;
    const isLacking = !kept?.keys.keys.some((key) => key.kid === kid);
    const mayAsk = kept === undefined || nowMs >= kept.fetchedMs + coolDownMs;
    if (isFresh && !(isLacking && mayAsk)) return (kept as Kept).keys;
    if (nowMs < failedMs + coolDownMs) throw new KeysUnavailable();
    // Whoever makes up many assertions at once makes us ask once.
    asking ??= fetched().finally(() => {
      asking = undefined;
    });
    kept = await asking;
    return kept.keys;
  }

  return keyIn(current);
}

interface Kept {
  readonly keys: JSONWebKeySet;
  readonly freshUntilMs: number;
  readonly fetchedMs: number;
}

const coolDownMs = 10_000;

/** Of a JSON document, the keys that anybody may see; a set with a private member in it is a leak, not a registration. */
function publicKeysIn(json: unknown): JSONWebKeySet | undefined {
  const parsed = keySet.safeParse(json);
  return parsed.success ? (parsed.data as JSONWebKeySet) : undefined;
}

const keySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), d: z.undefined().optional(), k: z.undefined().optional() })),
});

function keyIn(read: (kid: string) => Promise<JSONWebKeySet>): JWTVerifyGetKey {
  return async (header, token) => {
    if (header.kid === undefined) throw new KeyUnknown();
    const keys = await read(header.kid);
    try {
      return strong((await createLocalJWKSet(keys)(header, token)) as CryptoKey);
    } catch (error) {
      // None, several, or one that cannot be imported: in each case not exactly one key by kid and type.
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
        throw new KeyUnknown();
      }
      throw error;
    }
  };
}

const longestMs = 600_000;

function maxAgeMs(cacheControl: string): number {
  if (/no-store|no-cache/i.test(cacheControl)) return 0;
  const seconds = /max-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? coolDownMs : Math.min(Number(seconds) * 1000, longestMs);
}
