import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  generateSigningKey,
  loadSigningKeys,
  type PrivateSigningJwk,
  publicJwks,
  signingKeyFor,
} from '../../src/auth/keys.ts';

let rsa: PrivateSigningJwk;
let ec: PrivateSigningJwk;

beforeAll(async () => {
  rsa = await generateSigningKey('RS384');
  ec = await generateSigningKey('ES384', Temporal.Instant.from('2024-01-01T00:00:00Z'));
});

describe('a key file', () => {
  test('gives keys for the two algorithms that SMART asks for', async () => {
    const keys = await loadSigningKeys({ keys: [rsa, ec] });
    expect(keys.map(({ kid, alg, state }) => ({ kid, alg, state }))).toEqual([
      { kid: rsa.kid, alg: 'RS384', state: 'signing' },
      { kid: ec.kid, alg: 'ES384', state: 'signing' },
    ]);
    expect(keys.every((key) => !key.privateKey.extractable)).toBe(true);
  });

  test.each([
    ['a public key', () => ({ ...ec, d: undefined }), 'keys.0.d'],
    ['no kid', () => ({ ...ec, kid: undefined }), 'keys.0.kid'],
    ['another curve', () => ({ ...ec, crv: 'P-256' }), 'keys.0.crv'],
    ['an algorithm that SMART does not name', () => ({ ...rsa, alg: 'RS256' }), 'keys.0.alg'],
    ['a shared secret', () => ({ kty: 'oct', kid: '1', k: 'AAAA' }), 'keys.0.kty'],
    ['a state that does not exist', () => ({ ...ec, state: 'old' }), 'keys.0.state'],
    ['a date that is none', () => ({ ...ec, createdAt: 'yesterday' }), 'keys.0.createdAt'],
  ])('with %s is refused with the place', async (_what, key, place) => {
    await expect(loadSigningKeys({ keys: [key()] })).rejects.toThrow(`Look at: ${place}.`);
  });

  test('with an RSA key under 2048 bit is refused', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
    await expect(loadSigningKeys({ keys: [{ ...short, kid: 'short' }] })).rejects.toThrow('Look at: keys.0.n.');
  });

  test('with a kid twice, or without keys, is refused', async () => {
    await expect(loadSigningKeys({ keys: [ec, ec] })).rejects.toThrow(/same kid/);
    await expect(loadSigningKeys({ keys: [] })).rejects.toThrow(/Look at: keys\./);
    await expect(loadSigningKeys(undefined)).rejects.toThrow(/Look at: the whole\./);
  });

  test('whose members belong to different keys is refused without quoting them', async () => {
    const other = await exportJWK((await generateKeyPair('ES384', { extractable: true })).privateKey);
    await expect(loadSigningKeys({ keys: [{ ...ec, x: other.x, y: other.y }] })).rejects.toThrow(
      /^A key of the key file cannot be imported: its members do not fit together\.$/,
    );
  });
});

describe('the public JWKS', () => {
  test('holds public members only, whatever stands in the key file', async () => {
    const keys = await loadSigningKeys({
      keys: [
        { ...rsa, canary: 'private' },
        { ...ec, canary: 'private' },
      ],
    });
    const { n, e } = rsa;
    const { x, y } = ec;
    expect(publicJwks(keys)).toEqual({
      keys: [
        { kty: 'RSA', kid: rsa.kid, alg: 'RS384', use: 'sig', n, e },
        { kty: 'EC', kid: ec.kid, alg: 'ES384', use: 'sig', crv: 'P-384', x, y },
      ],
    });
    const text = JSON.stringify(publicJwks(keys));
    for (const secret of [rsa.d, rsa.p, rsa.q, rsa.dp, rsa.dq, rsa.qi, ec.d, 'canary']) {
      expect(text).not.toContain(secret as string);
    }
  });
});

describe('while a key is replaced', () => {
  const keyPair = async (oldState: string, newState: string) =>
    loadSigningKeys({
      keys: [
        { ...(await newer), state: newState },
        { ...(await older), state: oldState },
      ],
    });
  const older = generateSigningKey('ES384', Temporal.Instant.from('2024-01-01T00:00:00Z'));
  const newer = generateSigningKey('ES384', Temporal.Instant.from('2024-06-01T00:00:00Z'));

  test.each([
    ['first the new one is only published', 'signing', 'published', 2, older],
    ['then both may sign and the newer one does', 'signing', 'signing', 2, newer],
    ['at last the old one is gone', 'retired', 'signing', 1, newer],
  ])('%s', async (_step, oldState, newState, published, signer) => {
    const keys = await keyPair(oldState, newState);
    expect(publicJwks(keys).keys).toHaveLength(published);
    expect(signingKeyFor(keys, ['ES384'])?.kid).toBe((await signer).kid);
  });

  test('no key signs that is not in the signing state', async () => {
    expect(signingKeyFor(await keyPair('retired', 'published'), undefined)).toBeUndefined();
  });
});

describe('the signing key', () => {
  test('is one whose algorithm the server accepts', async () => {
    const keys = await loadSigningKeys({ keys: [rsa, ec] });
    expect(signingKeyFor(keys, ['RS384'])?.kid).toBe(rsa.kid);
    expect(signingKeyFor(keys, ['ES384', 'RS384'])?.kid).toBe(ec.kid);
    expect(signingKeyFor(keys, ['PS512'])).toBeUndefined();
  });

  test('is the newest, or without dates the last of the file, when the server states no algorithms', async () => {
    const undated = { ...ec, createdAt: undefined };
    expect(signingKeyFor(await loadSigningKeys({ keys: [ec, rsa] }), undefined)?.kid).toBe(ec.kid);
    expect(signingKeyFor(await loadSigningKeys({ keys: [undated, rsa] }), undefined)?.kid).toBe(rsa.kid);
  });
});
