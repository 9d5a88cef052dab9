import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { addressPolicy } from '../outgoing/address-policy.ts';
import { dispatcher } from '../outgoing/dispatcher.ts';
import { type Fetch, guardedFetch } from '../outgoing/guarded-fetch.ts';
import { type Denial, invalidToken, keysUnavailable, noToken } from './denial.ts';
import { parseScopes, type Scope } from './scopes.ts';
import { secureUrl } from './secure-url.ts';

/** An authorization server that we trust, and what its tokens open. */
export interface TrustedIssuer {
  readonly issuer: string;
  /** https, or http on loopback. The same for all entries of one issuer. */
  readonly jwksUri: string;
  /** Our FHIR base as its tokens name it in `aud`; for several tenants, that of the tenant. */
  readonly audience: string;
  readonly tenant: string;
  /** Which patients its tokens open: real ones, or those of tests. Default: live. */
  readonly environment?: 'live' | 'test';
  /** What `user/` scopes reach. We do not know whom a hospital lets its users see, so by default: the launch patient. */
  readonly userReach?: 'patient' | 'tenant';
  /** Ranges, addresses and hosts inside the network at which its keys may be fetched. */
  readonly allowAddresses?: readonly string[];
}

/** Who asks, as the verified token says. */
export interface Principal {
  readonly issuer: string;
  readonly tenant: string;
  readonly subject: string;
  readonly clientId?: string;
  readonly scopes: readonly Scope[];
  readonly environment: 'live' | 'test';
  readonly userReach: 'patient' | 'tenant';
  /** The launch context: the only patient that `patient/` scopes reach. Our keyed id. */
  readonly patient?: string;
  /** What the issuer calls that patient, where that is not our id: the caller is answered in its own terms. */
  readonly patientThere?: string;
  /** How the audit names the token: its `jti`. */
  readonly tokenId?: string;
}

export type BearerCheck = (authorizationHeader: string | undefined) => Promise<Principal | Denial>;

export function denied(result: Principal | Denial): result is Denial {
  return 'status' in result;
}

export interface BearerCheckOptions {
  readonly clock?: () => Temporal.Instant;
  readonly jwksTimeoutMs?: number;
}

/**
 * A check of the Authorization header of requests to us (RFC 6750, RFC 7519, SMART App Launch 2.2 "access token").
 * A tenant's routes get a check made of that tenant's issuers alone. Throws for a configuration that cannot be trusted.
 */
export function bearerCheck(issuers: readonly TrustedIssuer[], options: BearerCheckOptions = {}): BearerCheck {
  const trusted = trustedByIssuer(issuers, options.jwksTimeoutMs ?? 5000);
  const now = options.clock ?? (() => Temporal.Now.instant());
  return async (authorizationHeader) => {
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorizationHeader ?? '')?.[1];
    if (token === undefined) return noToken;
    const claimed = claimedIssuer(token);
    if (claimed === undefined) return invalidToken('not-a-jwt');
    const issuer = trusted.get(claimed);
    if (issuer === undefined) return invalidToken('issuer-unknown');
    try {
      return principalOf(await verified(token, issuer, now()), issuer);
    } catch (error) {
      return denialFor(error);
    }
  };
}

interface Trusted {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly tenantOfAudience: Map<string, string>;
  readonly environment: 'live' | 'test';
  readonly userReach: 'patient' | 'tenant';
  readonly key: JWTVerifyGetKey;
}

function trustedByIssuer(issuers: readonly TrustedIssuer[], timeoutMs: number): Map<string, Trusted> {
  const trusted = new Map<string, Trusted>();
  for (const one of issuers) {
    const { issuer, jwksUri, audience, tenant } = one;
    const entry = trusted.get(issuer) ?? newlyTrusted(one, timeoutMs);
    if (entry.jwksUri !== jwksUri) throw new Error('A token issuer is configured with two JWKS addresses.');
    if (entry.tenantOfAudience.has(audience)) throw new Error('A token issuer is configured twice for one audience.');
    entry.tenantOfAudience.set(audience, tenant);
    trusted.set(issuer, entry);
  }
  return trusted;
}

function newlyTrusted(one: TrustedIssuer, timeoutMs: number): Trusted {
  const { issuer, jwksUri, environment = 'live', userReach = 'patient', allowAddresses = [] } = one;
  const url = secureUrl(jwksUri, 'The JWKS address of a token issuer');
  const policy = addressPolicy({ allow: allowAddresses, baseUrl: jwksUri });
  const fetch = guardedFetch(dispatcher({ policy, tls: {}, timeoutMs, maxAnswerBytes: maxJwksBytes }));
  const key = keyByKid(url, timeoutMs, fetch);
  return { issuer, jwksUri, environment, userReach, tenantOfAudience: new Map(), key };
}

const maxJwksBytes = 262_144;

/** Unknown kids cannot make us ask an issuer more than twice a minute. */
const cooldownDuration = 30_000;
const cacheMaxAge = 600_000;

class KeysUnavailable extends Error {}
class KeyUnknown extends Error {}

function keyByKid(url: URL, timeoutDuration: number, fetch: Fetch): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url, { cooldownDuration, cacheMaxAge, timeoutDuration, [customFetch]: fetch });
  return async (header, token) => {
    if (header.kid === undefined) throw new KeyUnknown();
    try {
      return await remote(header, token);
    } catch (error) {
      throw isAboutTheToken(error) ? new KeyUnknown() : new KeysUnavailable();
    }
  };
}

/** Anything else that fails here is the issuer's JWKS: unreachable, late, redirected or malformed. */
function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

/** Read before anything is verified, and used only to choose the keys to verify with. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return undefined;
  }
}

/** No `none`, no HMAC: our issuers' public keys are public, so they must never serve as a shared secret. */
const algorithms = ['RS256', 'RS384', 'ES256', 'ES384'];
const clockToleranceSeconds = 60;

async function verified(token: string, trusted: Trusted, now: Temporal.Instant): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, trusted.key, {
    algorithms,
    issuer: trusted.issuer,
    audience: [...trusted.tenantOfAudience.keys()],
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceSeconds,
    currentDate: new Date(now.epochMilliseconds),
  });
  return payload;
}

function principalOf(payload: JWTPayload, trusted: Trusted): Principal | Denial {
  const tenants = [payload.aud ?? []].flat().flatMap((audience) => trusted.tenantOfAudience.get(audience) ?? []);
  const [tenant, ...more] = new Set(tenants);
  if (tenant === undefined || more.length > 0) return invalidToken('tenant-ambiguous');
  // jose checks the type of the times, not of the subject.
  const subject = text(payload.sub);
  if (subject === undefined) return invalidToken('claim-wrong');
  const clientId = text(payload.client_id) ?? text(payload.azp);
  const patient = text(payload.patient);
  return {
    issuer: trusted.issuer,
    tenant,
    subject,
    ...(clientId !== undefined && { clientId }),
    scopes: parseScopes([payload.scope ?? []].flat().filter(isText).join(' ')).scopes,
    environment: trusted.environment,
    userReach: trusted.userReach,
    ...(patient !== undefined && { patient }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const text = (value: unknown): string | undefined => (isText(value) ? value : undefined);

/** An error that is neither ours nor jose's is a bug, not a bad token. */
function denialFor(error: unknown): Denial {
  if (error instanceof KeysUnavailable) return keysUnavailable;
  if (error instanceof KeyUnknown) return invalidToken('key-unknown');
  if (error instanceof errors.JOSEAlgNotAllowed) return invalidToken('algorithm-not-allowed');
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalidToken('signature-wrong');
  if (error instanceof errors.JWTExpired) return invalidToken('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return invalidToken('claim-wrong');
  if (error instanceof errors.JOSEError) return invalidToken('not-a-jwt');
  throw error;
}
