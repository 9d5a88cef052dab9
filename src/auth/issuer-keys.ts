import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { keySetFetch } from './key-set-fetch.ts';

/** The keys of an issuer cannot be had now. Says nothing about the token. */
export class KeysUnavailable extends Error {}

/** The issuer has not exactly one key with this kid and type. */
export class KeyUnknown extends Error {}

/** Where the keys are: of one that is discovered, as its metadata says now. */
export type FindKeys = () => Promise<{ readonly uri: string; readonly fetch: Fetch } | undefined>;

/** The public key of an issuer for a token: by kid and type, from a key set that is kept for ten minutes. */
export function issuerKeys(find: FindKeys, timeoutDuration: number, clock: () => Temporal.Instant): JWTVerifyGetKey {
  let known: { readonly uri: string; readonly keys: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    if (header.kid === undefined) throw new KeyUnknown();
    const place = await find();
    if (place === undefined) throw new KeysUnavailable();
    if (known?.uri !== place.uri)
      known = { uri: place.uri, keys: keySet(place.uri, keySetFetch(place.fetch, clock), timeoutDuration) };
    try {
      return strong(await known.keys(header, token));
    } catch (error) {
      throw isAboutTheToken(error) ? new KeyUnknown() : new KeysUnavailable();
    }
  };
}

const keySet = (uri: string, fetch: Fetch, timeoutDuration: number): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(uri), { cooldownDuration, cacheMaxAge, timeoutDuration, [customFetch]: fetch });

/** Unknown kids cannot make us ask an issuer more than twice a minute. */
const cooldownDuration = 30_000;
const cacheMaxAge = 600_000;

/** Of RSA keys SMART App Launch 2.2 and RFC 7518 §3.3 want 2048 bits: a shorter one is as good as none. */
export function strong<Key extends object>(key: Key): Key {
  const { modulusLength } = (key as Partial<CryptoKey>).algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < 2048) throw new errors.JWKSNoMatchingKey();
  return key;
}

/** Anything else that fails here is the issuer's key set: unreachable, late, redirected or malformed. */
function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}
