import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { type Answer, exchange, parsedJson, refusal } from './exchange.ts';
import { type Failure, failed, unauthorized, unavailable } from './failure.ts';
import type { SigningKey } from './keys.ts';

export interface TokenRequest {
  /** The token URL exactly as the server states it: it is also the assertion's audience. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** Space-separated; SMART Backend Services requires it. */
  readonly scope: string;
  readonly key: SigningKey;
  readonly now: Temporal.Instant;
  readonly timeoutMs: number;
}

export interface TokenGrant {
  readonly token: string;
  readonly lifetimeSeconds: number;
  /** What was granted; may be narrower than what was asked for. */
  readonly scope: string;
}

/** Asks once for an access token with a signed assertion (SMART App Launch 2.2 "Backend Services", RFC 7523). */
export async function requestToken(fetch: Fetch, request: TokenRequest): Promise<TokenGrant | Failure> {
  const body = new URLSearchParams({
    scope: request.scope,
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await clientAssertion(request),
  });
  const url = new URL(request.tokenEndpoint);
  const answer = await exchange(fetch, { method: 'POST', url, body }, request.timeoutMs);
  if (failed(answer)) return answer;
  if (answer.status === 200 || answer.status === 201) return grantIn(answer, request);
  return refusal('The token request', answer, request.now, oauthError(answer.text));
}

/** Servers may refuse an assertion that lives longer than 5 minutes: one minute is left for their clock. */
const assertionLifetimeSeconds = 240;

/** A one-time client assertion: `iss` = `sub` = the client id, `aud` = the token URL, a `jti` of its own. */
export function clientAssertion(request: Omit<TokenRequest, 'scope' | 'timeoutMs'>): Promise<string> {
  const issuedAt = Math.floor(request.now.epochMilliseconds / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: request.key.alg, kid: request.key.kid, typ: 'JWT' })
    .setIssuer(request.clientId)
    .setSubject(request.clientId)
    .setAudience(request.tokenEndpoint)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + assertionLifetimeSeconds)
    .sign(request.key.privateKey);
}

/** A server that does not say how long its token lives gets a short trust; one that says "for ever" gets an hour. */
const unstatedLifetimeSeconds = 60;
const longestLifetimeSeconds = 3600;

const tokenResponse = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().default(unstatedLifetimeSeconds),
  scope: z.string().optional(),
});

function grantIn(answer: Answer, request: TokenRequest): TokenGrant | Failure {
  const json = parsedJson(answer.text);
  if (json === undefined) return unavailable('The token response is not JSON: a proxy may have answered.');
  const parsed = tokenResponse.safeParse(json);
  if (!parsed.success) return unauthorized('The token response holds no bearer token.');
  return {
    token: parsed.data.access_token,
    lifetimeSeconds: Math.min(parsed.data.expires_in, longestLifetimeSeconds),
    // RFC 6749 §5.1: a scope that is left out is the scope that was asked for.
    scope: parsed.data.scope ?? request.scope,
  };
}

/** The error codes of RFC 6749 §5.2. Any other text of the server stays out: it may echo the assertion. */
const oauthErrors = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
});

function oauthError(text: string): string | undefined {
  return oauthErrors.safeParse(parsedJson(text)).data?.error;
}
