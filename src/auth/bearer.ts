import { decodeJwt } from 'jose';
import { type Denial, invalidToken, issuerUnavailable, noToken } from './denial.ts';
import type { IssuerChecks } from './issuer-checks.ts';
import type { Scope } from './scopes.ts';
import { isDenied } from './signed-token.ts';
import type { TokenClaims } from './token-claims.ts';
import type { Checked } from './token-memory.ts';

/** An authorization server that we trust, and what its tokens open at one tenant. */
export interface TrustedIssuer {
  readonly checks: IssuerChecks;
  readonly tenant: string;
  /** Our FHIR base as its tokens name it in `aud`. */
  readonly audiences: readonly string[];
  /** Which patients its tokens open: real ones, or those of tests. */
  readonly environment: 'live' | 'test';
  /** What `user/` scopes reach. We do not know whom a hospital lets its users see, so by default: the launch patient. */
  readonly userReach: 'patient' | 'tenant';
  /** The destination whose ids its `patient` is; undefined: ours. */
  readonly patientIdsOf?: string | undefined;
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

/** The patient whom a token names: the survivor's keyed id, or undefined where nobody here is called so. */
export type FindPatient = (asked: AskedPatient) => Promise<string | undefined>;

export interface AskedPatient {
  readonly tenant: string;
  readonly environment: 'live' | 'test';
  readonly id: string;
  /** The destination whose id it is; undefined: ours. */
  readonly patientIdsOf?: string | undefined;
}

export function denied(result: Principal | Denial): result is Denial {
  return 'status' in result;
}

export interface BearerCheckOptions {
  readonly clock: () => Temporal.Instant;
  /** Asked with each request: who a patient is can change while a token lives. */
  readonly findPatient: FindPatient;
}

/**
 * A check of the Authorization header of requests to us (RFC 6750, RFC 7519, RFC 7662, SMART App Launch 2.2 "access token").
 * A tenant's routes get a check made of that tenant's issuers alone, in the order in which opaque tokens are asked about.
 */
export function bearerCheck(
  issuers: readonly TrustedIssuer[],
  { clock, findPatient }: BearerCheckOptions,
): BearerCheck {
  const asked = new Map(issuers.filter(({ checks }) => checks.opaque).map(({ checks }) => [checks.issuer, checks]));
  const known = new Map(issuers.map(({ checks }) => [checks.issuer, checks]));
  return async (authorizationHeader) => {
    const token = bearerToken(authorizationHeader);
    if (token === undefined) return noToken;
    const claimed = claimedIssuer(token);
    const claims =
      claimed === undefined
        ? await checkedByAny([...asked.values()], token, clock())
        : await (known.get(claimed)?.signed?.(token, clock()) ?? invalidToken('issuer-unknown'));
    return isDenied(claims) ? claims : principalOf(claims, issuers, findPatient);
  };
}

export const bearerToken = (authorizationHeader: string | undefined): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorizationHeader ?? '')?.[1];

/** Read before anything is verified, and used only to choose who verifies. Undefined: no JWT, hence opaque. */
export function claimedIssuer(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : '';
  } catch {
    return undefined;
  }
}

/** Nobody knows whose an opaque token is: the issuers are asked one after the other, and the first who knows it counts. */
async function checkedByAny(issuers: readonly IssuerChecks[], token: string, now: Temporal.Instant): Promise<Checked> {
  if (issuers.length === 0) return invalidToken('not-a-jwt');
  let refusal = invalidToken('inactive');
  for (const { opaque } of issuers) {
    const result = await (opaque?.(token, now) ?? refusal);
    if (!isDenied(result)) return result;
    // Whoever could not be asked may have been the one who issued it.
    if (refusal.status !== 503) refusal = result;
  }
  return refusal.status === 503 ? issuerUnavailable('introspection-unavailable') : refusal;
}

async function principalOf(
  claims: TokenClaims,
  issuers: readonly TrustedIssuer[],
  findPatient: FindPatient,
): Promise<Principal | Denial> {
  const meant = issuers.filter((one) => one.checks.issuer === claims.issuer && isFor(claims, one));
  const [opened, ...more] = meant;
  if (opened === undefined) return invalidToken('audience-wrong');
  if (more.length > 0) return invalidToken('tenant-ambiguous');
  const { issuer, subject, clientId, scopes, tokenId, granted } = claims;
  const { tenant, userReach } = opened;
  const environment = granted?.environment ?? opened.environment;
  const named = namedPatient(claims, opened);
  const patient = named && (await findPatient({ tenant, environment, ...named }));
  return {
    ...{ issuer, tenant, subject, scopes, environment, userReach },
    ...(clientId !== undefined && { clientId }),
    ...(patient !== undefined && { patient }),
    ...(patient !== undefined && named && named.id !== patient && { patientThere: named.id }),
    ...(tokenId !== undefined && { tokenId }),
  };
}

function namedPatient({ granted, patient }: TokenClaims, { patientIdsOf }: TrustedIssuer) {
  if (granted?.launch) return { id: granted.launch.patientThere, patientIdsOf: granted.launch.patientIdsOf };
  return patient === undefined ? undefined : { id: patient, patientIdsOf };
}

/** An issuer that was asked and names no audience has said that the token is good where it may be asked about. */
const isFor = ({ audiences }: TokenClaims, { audiences: ours }: TrustedIssuer): boolean =>
  audiences === undefined || audiences.some((one) => ours.includes(one));
