import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readKeyFile, readSigningKeys, writeKeyFile } from '../../src/auth/key-file.ts';
import { type KeyNews, keysOfFile } from '../../src/auth/key-ring.ts';
import { jwksInText } from '../../src/auth/key-text.ts';
import { generateSigningKey, loadSigningKeys } from '../../src/auth/keys.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'itb-key-file-'));
  path = join(folder, 'keys.json');
});

afterEach(() => rm(folder, { recursive: true }));

const privately = (text: string) => writeFile(path, text, { mode: 0o600 });

describe('a key file', () => {
  test('is written whole, for its owner alone, and leaves nothing beside it', async () => {
    const key = await generateSigningKey('ES384');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeKeyFile(path, [key]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ keys: [key] });
    expect(await readdir(folder)).toEqual(['keys.json']);
    expect(await readKeyFile(path)).toEqual([key]);
  });

  test.each([0o640, 0o604, 0o620])('that others can open (%o) is refused with the way to mend it', async (mode) => {
    await privately('{}');
    await chmod(path, mode);
    await expect(readSigningKeys(path)).rejects.toThrow(`Make it yours alone: chmod 600 ${path}`);
  });

  test('that is broken is refused without a word of its content', async () => {
    await privately('canary-key-material {');
    await expect(readSigningKeys(path)).rejects.toThrow(/^The key is neither valid JSON nor a PEM\.$/);
  });

  test('that cannot be written stays as it was, and nothing is left beside it', async () => {
    const key = await generateSigningKey('ES384');
    await expect(writeKeyFile(join(folder, 'missing', 'keys.json'), [key])).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('keys in words of other tools', () => {
  test.each([
    ['EC P-384', 'ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['RSA', 'RS384', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ] as const)('a PKCS #8 PEM of %s signs under its thumbprint as %s', async (_kind, alg, pair) => {
    const { privateKey } = pair();
    const jwks = await jwksInText(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
    const [key] = await loadSigningKeys(jwks);
    const kid = await calculateJwkThumbprint(privateKey.export({ format: 'jwk' }) as never);
    expect({ kid: key?.kid, alg: key?.alg, state: key?.state }).toEqual({ kid, alg, state: 'signing' });
  });

  test('one JWK is a set of one; its own kid stays, and its thumbprint stands in for a missing one', async () => {
    const key = await generateSigningKey('ES384');
    expect(await jwksInText(JSON.stringify(key))).toEqual({ keys: [key] });
    const { kid, ...unnamed } = key;
    expect(await jwksInText(JSON.stringify(unnamed))).toEqual({ keys: [{ ...unnamed, kid }] });
    expect(await jwksInText(JSON.stringify({ ...key, kid: 'site-7' }))).toEqual({ keys: [{ ...key, kid: 'site-7' }] });
  });

  test.each([
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary', /^The PEM is no unencrypted PKCS #8 private key/],
    ['-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----', /^The PEM cannot be read as a private key\.$/],
    ['{"kty":"oct-canary"}', /^The key has not the members of a private RS384 or ES384 key\.$/],
  ])('what cannot be used is refused without its content', async (text, refusal) => {
    await expect(jwksInText(text)).rejects.toThrow(refusal);
  });
});

describe('a running process', () => {
  const kidsOf = async (ring: Awaited<ReturnType<typeof keysOfFile>>) => (await ring.current()).map(({ kid }) => kid);

  test('takes up the keys of a file that was replaced, and says so once', async () => {
    const [one, two] = [await generateSigningKey('ES384'), await generateSigningKey('ES384')];
    await writeKeyFile(path, [one]);
    const news: KeyNews[] = [];
    const ring = await keysOfFile(path, (what) => news.push(what));
    expect(await kidsOf(ring)).toEqual([one.kid]);
    expect(news).toEqual([]);
    await writeKeyFile(path, [one, two]);
    expect(await Promise.all([kidsOf(ring), kidsOf(ring)])).toEqual([
      [one.kid, two.kid],
      [one.kid, two.kid],
    ]);
    expect(await kidsOf(ring)).toEqual([one.kid, two.kid]);
    expect(news).toEqual(['read-again']);
  });

  test('keeps the keys that it has while the file is gone, broken or open to others, and takes up the next good one', async () => {
    const [one, two] = [await generateSigningKey('ES384'), await generateSigningKey('ES384')];
    await writeKeyFile(path, [one]);
    const news: KeyNews[] = [];
    const ring = await keysOfFile(path, (what) => news.push(what));
    await rename(path, `${path}.away`);
    expect(await kidsOf(ring)).toEqual([one.kid]);
    expect(await kidsOf(ring)).toEqual([one.kid]);
    await privately('{');
    expect(await kidsOf(ring)).toEqual([one.kid]);
    await writeKeyFile(path, [two]);
    await chmod(path, 0o644);
    expect(await kidsOf(ring)).toEqual([one.kid]);
    await chmod(path, 0o600);
    expect(await kidsOf(ring)).toEqual([two.kid]);
    expect(news).toEqual(['unusable', 'unusable', 'unusable', 'read-again']);
  });

  test('does not start with a file that cannot be used', async () => {
    await expect(keysOfFile(path, () => {})).rejects.toThrow('ENOENT');
  });
});
