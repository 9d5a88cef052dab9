import { importJWK, type JSONWebKeySet, type JWK } from 'jose';

/** How a client registered its public keys: inline, or by URL. */
export interface KeyRegistration {
  jwks?: JSONWebKeySet;
  jwksUri?: string;
}

/** Finds the one public key for a kid and algorithm, or undefined when there is none or more than one. */
export type FindKey = (kid: string, alg: string) => Promise<Awaited<ReturnType<typeof importJWK>> | undefined>;

/**
 * Keys of one client. A set that was fetched is kept for as long as its `Cache-Control: max-age` says and no longer
 * (SMART App Launch 2.2: servers SHALL NOT cache longer), and fetched anew at once for a kid that it lacks.
 */
export function clientKeys({ jwks, jwksUri }: KeyRegistration, clock: () => number): FindKey {
  let kept: { keys: JWK[]; freshUntilMs: number } = { keys: jwks?.keys ?? [], freshUntilMs: 0 };

  return async (kid, alg) => {
    const known = candidates(kept.keys, kid, alg);
    const isFresh = clock() < kept.freshUntilMs && known.length > 0;
    if (jwksUri && !isFresh) kept = await fetchKeys(jwksUri, clock());
    const [key, ...others] = candidates(kept.keys, kid, alg);
    // A set that publishes private members is a leak, not a registration.
    const usable = key && others.length === 0 && key.d === undefined;
    return usable ? importJWK(key, alg).catch(() => undefined) : undefined;
  };
}

function candidates(keys: JWK[], kid: string, alg: string): JWK[] {
  const kty = alg.startsWith('RS') ? 'RSA' : 'EC';
  return keys.filter((key) => key.kid === kid && key.kty === kty);
}

async function fetchKeys(uri: string, nowMs: number): Promise<{ keys: JWK[]; freshUntilMs: number }> {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (!response?.ok) return { keys: [], freshUntilMs: 0 };
  const body = (await response.json().catch(() => undefined)) as Partial<JSONWebKeySet> | undefined;
  const keys = Array.isArray(body?.keys) ? body.keys : [];
  return { keys, freshUntilMs: nowMs + maxAgeMs(response.headers.get('cache-control') ?? '') };
}

function maxAgeMs(cacheControl: string): number {
  if (/no-store|no-cache/i.test(cacheControl)) return 0;
  return Number(/max-age=(\d+)/i.exec(cacheControl)?.[1] ?? 0) * 1000;
}
