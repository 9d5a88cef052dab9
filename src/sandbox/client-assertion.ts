import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { clientKeys, type FindKey, type KeyRegistration } from './client-keys.ts';

export const assertionAlgorithms = ['RS384', 'ES384'];

/** `client_assertion_type` (RFC 7523). */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const maxLifetimeSeconds = 300;
/** Clocks differ: a client that asks for exactly five minutes is not refused for being a little ahead. */
const skewSeconds = 10;

export interface AssertionSettings {
  clients: readonly (KeyRegistration & { clientId: string })[];
  tokenUrl: string;
  clock: () => number;
}

/** The client that an assertion proves, or why it proves nothing (in words that repeat nothing of it). */
export type AssertionCheck = (assertion: string) => Promise<{ clientId: string } | { refused: string }>;

/** Client authentication by signed JWT, each rule of SMART App Launch 2.2 "Asymmetric authentication" and RFC 7523. */
export function assertionCheck(settings: AssertionSettings): AssertionCheck {
  const { clients, tokenUrl, clock } = settings;
  const registered = new Map(clients.map((client) => [client.clientId, { client, key: clientKeys(client, clock) }]));
  const seen = new Map<string, number>();

  return async (assertion) => {
    const parts = decode(assertion);
    if (!parts) return { refused: 'the assertion is not a signed JWT' };
    const { header, claims } = parts;
    const entry = registered.get(claims.iss ?? '');
    if (!entry) return { refused: 'iss is not a registered client' };
    const { clientId, jwksUri } = entry.client;
    const refused = headerProblem(header, jwksUri) ?? (await signatureProblem(assertion, header, entry.key));
    if (refused) return { refused };
    const nowSeconds = clock() / 1000;
    const wrong = claimProblem(claims, clientId, nowSeconds) ?? replayProblem(claims, nowSeconds);
    return wrong ? { refused: wrong } : { clientId };
  };

  async function signatureProblem(assertion: string, header: ProtectedHeaderParameters, findKey: FindKey) {
    const key = await findKey(header.kid ?? '', header.alg ?? '');
    if (!key) return 'the key set of the client holds not exactly one key with this kid and type';
    try {
      await jwtVerify(assertion, key, {
        algorithms: assertionAlgorithms,
        audience: tokenUrl,
        requiredClaims: ['exp', 'jti'],
        clockTolerance: skewSeconds,
        currentDate: new Date(clock()),
      });
      return undefined;
    } catch (error) {
      return describe(error);
    }
  }

  function claimProblem(claims: JWTPayload, clientId: string, nowSeconds: number): string | undefined {
    const { sub, aud, exp = 0, iat, jti } = claims;
    if (sub !== clientId) return 'sub differs from iss';
    if (aud !== tokenUrl) return 'aud is not exactly the token URL';
    if (exp > nowSeconds + maxLifetimeSeconds + skewSeconds) return 'exp is more than five minutes ahead';
    if (iat !== undefined && iat > nowSeconds + skewSeconds) return 'iat lies in the future';
    if (iat !== undefined && exp - iat > maxLifetimeSeconds + skewSeconds) return 'the lifetime exceeds five minutes';
    if (typeof jti !== 'string' || jti === '') return 'jti is missing';
    return undefined;
  }

  /** Remembers the jti for as long as the assertion could be accepted. Called last: only a valid assertion uses up its jti. */
  function replayProblem({ iss, jti, exp = 0 }: JWTPayload, nowSeconds: number): string | undefined {
    for (const [known, until] of seen) if (until < nowSeconds) seen.delete(known);
    const use = JSON.stringify([iss, jti]);
    if (seen.has(use)) return 'jti was used before';
    seen.set(use, exp + skewSeconds);
    return undefined;
  }
}

function decode(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } | undefined {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    return undefined;
  }
}

function headerProblem(header: ProtectedHeaderParameters, jwksUri: string | undefined): string | undefined {
  if (!assertionAlgorithms.includes(header.alg ?? '')) return 'alg is neither RS384 nor ES384';
  if (header.typ !== 'JWT') return 'typ is not JWT';
  if (typeof header.kid !== 'string' || header.kid === '') return 'kid is missing';
  if (header.jku !== undefined && header.jku !== jwksUri) return 'jku is not the registered key set URL';
  return undefined;
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'exp has passed';
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.claim} is missing or not acceptable`;
  if (error instanceof errors.JOSEError) return 'the signature does not verify';
  throw error;
}
