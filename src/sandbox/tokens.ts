import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** The sandbox's two signing keys: one for access tokens to itself, one for what others verify. */
export interface SandboxTokens {
  /** Public keys that verify id tokens and user tokens. */
  readonly jwks: JSONWebKeySet;
  issueAccessToken(grant: AccessGrant): Promise<string>;
  /** What a valid access token grants; throws a jose error otherwise. */
  verifyAccessToken(token: string): Promise<AccessGranted>;
  issueIdToken(claims: IdTokenClaims): Promise<string>;
  issueUserToken(claims: UserTokenClaims): Promise<string>;
}

export interface AccessGrant {
  readonly clientId: string;
  readonly scope: string;
  /** The user; default: the client itself. */
  readonly subject?: string;
  /** The patient in context. */
  readonly patient?: string;
}

export interface AccessGranted extends Required<Omit<AccessGrant, 'patient'>> {
  readonly patient?: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface IdTokenClaims {
  readonly clientId: string;
  readonly subject: string;
  /** The access token beside which it is issued (OpenID Connect Core 3.1.3.6 `at_hash`). */
  readonly accessToken: string;
  readonly fhirUser?: string;
  readonly nonce?: string;
}

export interface UserTokenClaims {
  scope: string;
  patient?: string;
  audience: string;
  /** Default 300. */
  expiresInSeconds?: number;
}

export interface TokenSettings {
  issuer: string;
  /** Audience of access tokens: the FHIR base. */
  fhirBaseUrl: string;
  lifetimeSeconds: number;
  clock: () => number;
}

const accessTokenType = 'at+jwt';
const idTokenLifetimeSeconds = 300;

export async function sandboxTokens(settings: TokenSettings): Promise<SandboxTokens> {
  const { issuer, fhirBaseUrl, clock } = settings;
  const [access, user] = await Promise.all([generateKeyPair('ES384'), generateKeyPair('RS384', { extractable: true })]);
  const userKey = { ...(await exportJWK(user.publicKey)), kid: 'sandbox-user-1', alg: 'RS384', use: 'sig' };

  const claims = (payload: JWTPayload, audience: string, lifetimeSeconds: number) => {
    const now = Math.floor(clock() / 1000);
    return new SignJWT({ ...payload, jti: crypto.randomUUID() })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds);
  };

  const signedForOthers = (unsigned: SignJWT) =>
    unsigned.setProtectedHeader({ alg: 'RS384', typ: 'JWT', kid: userKey.kid }).sign(user.privateKey);

  return {
    jwks: { keys: [userKey] },
    issueAccessToken: ({ clientId, scope, subject = clientId, patient }) =>
      claims({ scope, client_id: clientId, sub: subject, patient }, fhirBaseUrl, settings.lifetimeSeconds)
        .setProtectedHeader({ alg: 'ES384', typ: accessTokenType })
        .sign(access.privateKey),
    async verifyAccessToken(token) {
      const { payload } = await jwtVerify(token, access.publicKey, {
        algorithms: ['ES384'],
        typ: accessTokenType,
        issuer,
        audience: fhirBaseUrl,
        requiredClaims: ['exp', 'scope'],
        currentDate: new Date(clock()),
      });
      return granted(payload);
    },
    issueIdToken: ({ clientId, subject, accessToken, fhirUser, nonce }) =>
      signedForOthers(
        claims({ sub: subject, fhirUser, nonce, at_hash: atHash(accessToken) }, clientId, idTokenLifetimeSeconds),
      ),
    issueUserToken: ({ scope, patient, audience, expiresInSeconds = 300 }) =>
      signedForOthers(claims({ scope, sub: sandboxUser, patient }, audience, expiresInSeconds)),
  };
}

/** Who is signed in at the sandbox: there is one user, and no sign-in. */
export const sandboxUser = 'sandbox-user';

const granted = ({ scope, client_id, sub, patient, iat = 0, exp = 0 }: JWTPayload): AccessGranted => ({
  scope: String(scope),
  clientId: String(client_id),
  subject: String(sub),
  ...(typeof patient === 'string' && { patient }),
  issuedAt: iat,
  expiresAt: exp,
});

/** The left half of the hash that goes with RS384. */
const atHash = (accessToken: string): string =>
  createHash('sha384').update(accessToken).digest().subarray(0, 24).toString('base64url');
