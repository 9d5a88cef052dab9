import {
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { KeysUnavailable, KeyUnknown } from './issuer-keys.ts';

/** A back-end application as it was registered with us. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly environment: 'live' | 'test';
  readonly jwksUri?: string | undefined;
  readonly key: JWTVerifyGetKey;
  /** What it is authorized for beforehand. */
  readonly scopes: readonly string[];
}

export interface AssertionSettings {
  readonly clients: readonly RegisteredClient[];
  /** Any of them may be the audience. */
  readonly tokenUrls: readonly string[];
  readonly countUse: CountUse;
  readonly clock: () => Temporal.Instant;
}

/**
 * Counts a use of something that counts for a time; the first answers 1. Shared by all processes, durable.
 * @param key what is used, e.g. the issuer and the `jti` of an assertion
 */
export type CountUse = (key: readonly string[], until: Temporal.Instant) => Promise<number>;

/** `again`: the client's keys cannot be had now. */
export type Proven = { readonly client: RegisteredClient } | { readonly refused: string } | 'again';

/** Who a signed assertion proves the sender to be: SMART App Launch 2.2 "Client Authentication: Asymmetric", RFC 7523. */
export function assertionCheck(settings: AssertionSettings): (assertion: string) => Promise<Proven> {
  const registered = new Map(settings.clients.map((client) => [client.clientId, client]));
  return async (assertion) => {
    const client = registered.get(claimedClient(assertion) ?? '');
    if (!client) return unproven;
    const now = settings.clock();
    const read = await signedBy(client, assertion, now);
    if (read === 'again' || 'refused' in read) return read;
    const { payload } = read;
    const wrong = claimProblem(payload, client, settings.tokenUrls, now.epochMilliseconds / 1000);
    if (wrong) return { refused: wrong };
    // Last: only an assertion that is valid in all else uses up its jti.
    const until = now.add({ seconds: longestSeconds + 2 * skewSeconds });
    const uses = await settings.countUse(['assertion', client.clientId, String(payload.jti)], until);
    return uses === 1 ? { client } : { refused: 'The jti of the assertion was used before.' };
  };
}

/** The same for an unknown client, an unknown key and a wrong signature: who is registered here is nobody's business. */
const unproven = { refused: 'The client could not be authenticated.' } as const;

const longestSeconds = 300;
/** Clocks differ: a client that asks for exactly five minutes may be a little ahead of us. */
const skewSeconds = 60;

async function signedBy(
  client: RegisteredClient,
  assertion: string,
  now: Temporal.Instant,
): Promise<{ readonly payload: JWTPayload } | { readonly refused: string } | 'again'> {
  try {
    const { payload, protectedHeader } = await jwtVerify(assertion, client.key, {
      algorithms: ['RS384', 'ES384'],
      clockTolerance: skewSeconds,
      currentDate: new Date(now.epochMilliseconds),
    });
    return isHeaderRight(protectedHeader, client.jwksUri) ? { payload } : unproven;
  } catch (error) {
    if (error instanceof KeysUnavailable) return 'again';
    if (error instanceof errors.JWTExpired) return { refused: 'The assertion has expired.' };
    if (error instanceof KeyUnknown || error instanceof errors.JOSEError) return unproven;
    throw error;
  }
}

/** `jku` is never followed: it may only name the address that is registered. */
const isHeaderRight = ({ typ, jku, crit }: ProtectedHeaderParameters, jwksUri: string | undefined): boolean =>
  typ === 'JWT' && crit === undefined && (jku === undefined || jku === jwksUri);

/** Told in words: the client has proven by now that it is who it says. */
function claimProblem(
  { iss, sub, aud, exp, iat, jti }: JWTPayload,
  { clientId }: RegisteredClient,
  tokenUrls: readonly string[],
  nowSeconds: number,
): string | undefined {
  if (iss !== clientId || sub !== clientId) return 'iss and sub of the assertion are both the client id.';
  if (typeof aud !== 'string' || !tokenUrls.includes(aud)) return 'aud of the assertion is exactly the token URL.';
  if (exp === undefined) return 'The assertion has no exp.';
  if (exp > nowSeconds + longestSeconds + skewSeconds) return 'exp of the assertion is more than five minutes ahead.';
  if (iat !== undefined && iat > nowSeconds + skewSeconds) return 'iat of the assertion lies in the future.';
  if (iat !== undefined && exp - iat > longestSeconds + skewSeconds)
    return 'The assertion lives longer than five minutes.';
  if (typeof jti !== 'string' || jti === '') return 'The assertion has no jti.';
  return undefined;
}

function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    return undefined;
  }
}
