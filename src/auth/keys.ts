import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import * as z from 'zod';

/** The two algorithms that a SMART Backend Services client SHALL be able to sign with. */
export type SigningAlg = 'RS384' | 'ES384';

/** See key-life.ts. */
export type KeyState = 'published' | 'signing' | 'retired';

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly state: KeyState;
  readonly createdAt?: Temporal.Instant;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** One key of the key file: a private JWK, with its state (default `signing`) and two instants beside it. */
export interface PrivateSigningJwk extends JWK {
  state?: KeyState;
  createdAt?: string;
  /** Since when it has been in its state. */
  since?: string;
}

/** Checks and imports a private JWK Set: RSA ≥ 2048 bit for RS384, EC P-384 for ES384, one `kid` each. */
export async function loadSigningKeys(jwks: unknown): Promise<readonly SigningKey[]> {
  const parsed = keyFile.safeParse(jwks);
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
    throw new Error(`The key file is not a set of private RS384 or ES384 keys with a kid. Look at: ${places}.`);
  }
  const kids = new Set(parsed.data.keys.map((key) => key.kid));
  if (kids.size < parsed.data.keys.length) throw new Error('Two keys of the key file have the same kid.');
  return Promise.all(parsed.data.keys.map(imported));
}

/** A new private key, to be written to a key file; its `kid` is its thumbprint (RFC 7638). */
export async function generateSigningKey(alg: SigningAlg, createdAt?: Temporal.Instant): Promise<PrivateSigningJwk> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kid, alg, use: 'sig', state: 'signing', ...(createdAt && { createdAt: createdAt.toString() }) };
}

/** What servers may see: the public members of every key that is not retired. */
export function publicJwks(keys: readonly SigningKey[]): JSONWebKeySet {
  return { keys: keys.filter((key) => key.state !== 'retired').map((key) => key.publicJwk) };
}

/** The newest signing key whose algorithm is among `algorithms`; without a date a key counts as oldest, of equals the last. */
export function signingKeyFor(
  keys: readonly SigningKey[],
  algorithms: readonly string[] | undefined,
): SigningKey | undefined {
  const able = keys.filter((key) => key.state === 'signing' && (algorithms?.includes(key.alg) ?? true));
  return able.toSorted((a, b) => createdMs(a) - createdMs(b)).at(-1);
}

const createdMs = (key: SigningKey): number => key.createdAt?.epochMilliseconds ?? 0;

const part = z.string().regex(/^[A-Za-z0-9_-]+$/);

const base64urlLength2048Bit = 342;

const life = {
  kid: z.string().min(1),
  state: z.enum(['published', 'signing', 'retired']).default('signing'),
  createdAt: z.string().refine(isInstant).optional(),
  since: z.string().refine(isInstant).optional(),
};

const rsa = z.looseObject({
  ...life,
  kty: z.literal('RSA'),
  alg: z.literal('RS384').default('RS384'),
  n: part.min(base64urlLength2048Bit),
  e: part,
  d: part,
});

const ec = z.looseObject({
  ...life,
  kty: z.literal('EC'),
  alg: z.literal('ES384').default('ES384'),
  crv: z.literal('P-384'),
  x: part,
  y: part,
  d: part,
});

const keyFile = z.object({ keys: z.array(z.discriminatedUnion('kty', [rsa, ec])).min(1) });

type FileKey = z.infer<typeof keyFile>['keys'][number];

async function imported(key: FileKey): Promise<SigningKey> {
  const privateKey = await privateKeyOf(key);
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    ...(key.createdAt && { createdAt: Temporal.Instant.from(key.createdAt) }),
    privateKey,
    publicJwk: publicJwkOf(key),
  };
}

async function privateKeyOf(key: FileKey): Promise<CryptoKey> {
  const { state: _state, createdAt: _createdAt, since: _since, ...jwk } = key;
  const privateKey = await importJWK(jwk, key.alg, { extractable: false }).catch(() => undefined);
  if (privateKey === undefined || privateKey instanceof Uint8Array) {
    throw new Error('A key of the key file cannot be imported: its members do not fit together.');
  }
  return privateKey;
}

/** Names what may leave, instead of removing what may not: a new private member cannot slip through. */
function publicJwkOf(key: FileKey): JWK {
  const { kid, alg } = key;
  if (key.kty === 'RSA') return { kty: key.kty, kid, alg, use: 'sig', n: key.n, e: key.e };
  return { kty: key.kty, kid, alg, use: 'sig', crv: key.crv, x: key.x, y: key.y };
}

function isInstant(text: string): boolean {
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}
