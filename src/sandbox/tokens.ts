import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** The sandbox's two signing keys: one for its own access tokens, one for the user tokens that EHR apps would carry. */
export interface SandboxTokens {
  /** Public keys that verify user tokens. */
  readonly jwks: JSONWebKeySet;
  issueAccessToken(clientId: string, scope: string): Promise<string>;
  /** The scope of a valid access token; throws a jose error otherwise. */
  verifyAccessToken(token: string): Promise<string>;
  issueUserToken(claims: UserTokenClaims): Promise<string>;
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

  return {
    jwks: { keys: [userKey] },
    issueAccessToken: (clientId, scope) =>
      claims({ scope, client_id: clientId, sub: clientId }, fhirBaseUrl, settings.lifetimeSeconds)
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
      return String(payload.scope);
    },
    issueUserToken: ({ scope, patient, audience, expiresInSeconds = 300 }) =>
      claims({ scope, sub: 'sandbox-user', ...(patient && { patient }) }, audience, expiresInSeconds)
        .setProtectedHeader({ alg: 'RS384', typ: 'JWT', kid: userKey.kid })
        .sign(user.privateKey),
  };
}
