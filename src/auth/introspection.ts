import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  Configuration,
  customFetch,
  PrivateKeyJwt,
  tokenIntrospection,
} from 'openid-client';
import * as z from 'zod';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { type Denial, invalidToken, issuerUnavailable } from './denial.ts';
import type { KeyRing } from './key-ring.ts';
import { signingKeyFor } from './keys.ts';
import { parseScopes } from './scopes.ts';
import { clockToleranceSeconds, instantOf, type TokenClaims } from './token-claims.ts';
import type { CheckToken } from './token-memory.ts';

export interface IntrospectionOptions {
  readonly issuer: string;
  /** Where it is asked; of one that is discovered, as its metadata says now. */
  readonly find: () => Promise<{ readonly uri: string; readonly fetch: Fetch } | undefined>;
  readonly clientId: string;
  /** How we prove that it is us who asks: `client_secret_basic`, or `private_key_jwt`. */
  readonly credential: { readonly secret: string } | { readonly keys: KeyRing };
  readonly timeoutMs: number;
}

/** Asks an issuer whether a token is active, and what it says (RFC 7662; SMART App Launch 2.2 "Token Introspection"). */
export function introspection(options: IntrospectionOptions): CheckToken {
  return async (token, now) => {
    const place = await options.find();
    if (place === undefined) return issuerUnavailable('introspection-unavailable');
    const answer = await asked(token, place, options);
    if (answer === undefined) return issuerUnavailable('introspection-unavailable');
    return claimsIn(answer, options.issuer, now);
  };
}

type Place = NonNullable<Awaited<ReturnType<IntrospectionOptions['find']>>>;

/** Whatever goes wrong here is between the issuer and us: its error is no word about the token. */
async function asked(token: string, place: Place, options: IntrospectionOptions): Promise<unknown> {
  try {
    return await tokenIntrospection(await configuration(place, options), token);
  } catch {
    return undefined;
  }
}

async function configuration({ uri, fetch }: Place, options: IntrospectionOptions): Promise<Configuration> {
  const server = { issuer: options.issuer, introspection_endpoint: uri };
  const asker = new Configuration(server, options.clientId, undefined, await proof(options.credential));
  asker[customFetch] = (url, init) => fetch(url, init as RequestInit);
  asker.timeout = options.timeoutMs / 1000;
  // Plain http is on this machine alone: the configuration has been checked.
  if (uri.startsWith('http:')) allowInsecureRequests(asker);
  return asker;
}

async function proof(credential: IntrospectionOptions['credential']): Promise<ClientAuth> {
  if ('secret' in credential) return ClientSecretBasic(credential.secret);
  const key = signingKeyFor(await credential.keys.current(), undefined);
  if (!key) throw new Error('No key signs.');
  return PrivateKeyJwt({ key: key.privateKey, kid: key.kid });
}

const stated = z.string().min(1).optional().catch(undefined);

const active = z.object({
  active: z.literal(true),
  scope: z.string(),
  client_id: z.string().min(1),
  exp: z.number(),
  sub: stated,
  patient: stated,
  jti: stated,
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  nbf: z.number().optional(),
  token_type: z.string().optional(),
});

/** What SMART App Launch 2.2 requires of the answer is required here; a token that is known in part opens nothing. */
function claimsIn(answer: unknown, issuer: string, now: Temporal.Instant): TokenClaims | Denial {
  if ((answer as { active?: unknown }).active !== true) return invalidToken('inactive');
  const parsed = active.safeParse(answer);
  if (!parsed.success) return invalidToken('answer-incomplete');
  const { data } = parsed;
  const nowSeconds = now.epochMilliseconds / 1000;
  if (data.exp + clockToleranceSeconds <= nowSeconds) return invalidToken('expired');
  if ((data.nbf ?? 0) - clockToleranceSeconds > nowSeconds) return invalidToken('claim-wrong');
  if (data.iss !== undefined && data.iss !== issuer) return invalidToken('claim-wrong');
  if (data.token_type !== undefined && !/^(bearer|access_token)$/i.test(data.token_type)) {
    return invalidToken('type-wrong');
  }
  return {
    issuer,
    audiences: data.aud === undefined ? undefined : [data.aud].flat(),
    subject: data.sub ?? data.client_id,
    clientId: data.client_id,
    scopes: parseScopes(data.scope).scopes,
    ...(data.patient !== undefined && { patient: data.patient }),
    ...(data.jti !== undefined && { tokenId: data.jti }),
    expiresAt: instantOf(data.exp),
  };
}
