import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type Denial, invalidToken, issuerUnavailable } from './denial.ts';
import { KeysUnavailable, KeyUnknown } from './issuer-keys.ts';
import { parseScopes } from './scopes.ts';
import { clockToleranceSeconds, instantOf, isText, type TokenClaims, text } from './token-claims.ts';

/** Checks a signed access token (RFC 7519, RFC 9068) but for its audience: whom it is for is another question. */
export async function checkSigned(
  token: string,
  issuer: string,
  key: JWTVerifyGetKey,
  now: Temporal.Instant,
): Promise<TokenClaims | Denial> {
  const read = await verified(token, key, { issuer, types: accessTokenTypes }, now);
  if (isDenied(read)) return read;
  return isIdToken(read.payload) ? invalidToken('id-token') : claimsOf(read.payload);
}

export interface SignedBy {
  readonly issuer: string;
  /** Of its header. Absent there: any. */
  readonly types: readonly string[];
}

/** A JWT whose signature and times were checked. Its payload stands apart: it may have members of any name. */
export interface Verified {
  readonly payload: JWTPayload;
}

/** What a JWT says, with `typ` as expected and nothing critical that we do not know. */
export async function verified(
  token: string,
  key: JWTVerifyGetKey,
  { issuer, types }: SignedBy,
  now: Temporal.Instant,
): Promise<Verified | Denial> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms,
      issuer,
      requiredClaims: ['exp', 'aud'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now.epochMilliseconds),
    });
    const { typ, crit } = protectedHeader;
    const isExpected = crit === undefined && (typ === undefined || types.includes(mediaType(typ)));
    return isExpected ? { payload } : invalidToken('type-wrong');
  } catch (error) {
    return denialFor(error);
  }
}

export const isDenied = (result: Denial | Verified | TokenClaims): result is Denial => 'reason' in result;

/** No `none`, no HMAC: our issuers' public keys are public, so they must never serve as a shared secret. */
const algorithms = ['RS256', 'RS384', 'ES256', 'ES384'];

const accessTokenTypes = ['at+jwt', 'jwt'];

/** RFC 7515 §4.1.9: `application/` may be left out, and case does not count. */
const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');

/** What only an id_token says (OpenID Connect Core 1.0 §2, §3.1.3.6, §3.3.2.11). It tells who signed in, and opens nothing. */
const isIdToken = (payload: JWTPayload): boolean =>
  ['nonce', 'at_hash', 'c_hash', 's_hash'].some((claim) => payload[claim] !== undefined);

export function claimsOf(payload: JWTPayload): TokenClaims | Denial {
  // jose checks the type of the times, not of the subject.
  const subject = text(payload.sub);
  if (subject === undefined) return invalidToken('claim-wrong');
  const clientId = text(payload.client_id) ?? text(payload.azp);
  const patient = text(payload.patient);
  const tokenId = text(payload.jti);
  const scope = [payload.scope ?? []].flat().filter(isText).join(' ');
  return {
    issuer: String(payload.iss),
    audiences: [payload.aud ?? []].flat(),
    subject,
    ...(clientId !== undefined && { clientId }),
    scopes: parseScopes(scope).scopes,
    scopeWords: scope.split(' '),
    ...(patient !== undefined && { patient }),
    ...(tokenId !== undefined && { tokenId }),
    expiresAt: instantOf(payload.exp ?? 0),
  };
}

/** An error that is neither ours nor jose's is a bug, not a bad token. */
function denialFor(error: unknown): Denial {
  if (error instanceof KeysUnavailable) return issuerUnavailable('keys-unavailable');
  if (error instanceof KeyUnknown) return invalidToken('key-unknown');
  if (error instanceof errors.JOSEAlgNotAllowed) return invalidToken('algorithm-not-allowed');
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalidToken('signature-wrong');
  if (error instanceof errors.JWTExpired) return invalidToken('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return invalidToken('claim-wrong');
  if (error instanceof errors.JOSEError) return invalidToken('not-a-jwt');
  throw error;
}
