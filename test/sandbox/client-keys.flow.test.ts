import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClientKey, clientKey, type Hospital, noonMs, startHospital } from './hospital.ts';

let nowMs = noonMs;
let published: { keys: JWK[]; cacheControl?: string; fetches: number };
let hospital: Hospital;
let key: ClientKey;

const jwksServer = createServer((_request, response) => {
  published.fetches += 1;
  if (published.cacheControl) response.setHeader('cache-control', published.cacheControl);
  response.end(JSON.stringify({ keys: published.keys }));
});

beforeEach(async () => {
  await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve));
  key = await clientKey();
  published = { keys: [key.jwk], fetches: 0 };
  const jwksUri = `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks.json`;
  const clients = [{ clientId: 'adapter', jwksUri, scopes: ['system/*.rs'] }];
  hospital = await startHospital({ clock: () => nowMs, clients });
});
afterEach(async () => {
  await hospital.close();
  jwksServer.closeAllConnections();
  await new Promise((resolve) => jwksServer.close(resolve));
});

const statusWith = async (signer: ClientKey) =>
  (await hospital.requestToken({ client_assertion: await hospital.assertion({ key: signer }) })).status;

describe('keys registered by URL', () => {
  test('are kept as long as max-age says and no longer', async () => {
    published.cacheControl = 'public, max-age=60';
    expect([await statusWith(key), await statusWith(key), published.fetches]).toEqual([200, 200, 1]);
    nowMs += 61_000;
    expect([await statusWith(key), published.fetches]).toEqual([200, 2]);
  });

  test.each([undefined, 'no-store', 'no-cache, max-age=60'])(
    'are fetched each time with Cache-Control %s',
    async (header) => {
      published.cacheControl = header;
      expect([await statusWith(key), await statusWith(key), published.fetches]).toEqual([200, 200, 2]);
    },
  );

  test('are fetched anew for a kid that the kept set lacks, so that a rotation works at once', async () => {
    published.cacheControl = 'max-age=3600';
    expect(await statusWith(key)).toBe(200);
    const next = await clientKey('RS384', 'k2');
    published.keys = [key.jwk, next.jwk];
    expect([await statusWith(next), published.fetches]).toEqual([200, 2]);
  });

  test('refuse a key that was withdrawn, once max-age has passed', async () => {
    published.cacheControl = 'max-age=60';
    expect(await statusWith(key)).toBe(200);
    published.keys = [];
    nowMs += 61_000;
    expect(await statusWith(key)).toBe(401);
  });

  test('must hold exactly one key with the kid and type', async () => {
    const twin = await clientKey('ES384', 'k1');
    published.keys = [key.jwk, twin.jwk];
    expect(await statusWith(key)).toBe(401);
    const otherType = await clientKey('RS384', 'k1');
    published.keys = [key.jwk, otherType.jwk];
    expect(await statusWith(key)).toBe(200);
  });

  test('must be public and usable', async () => {
    published.keys = [{ ...(await exportJWK(key.privateKey)), kid: key.kid }];
    expect(await statusWith(key)).toBe(401);
    published.keys = [{ kty: 'EC', kid: 'k1', crv: 'P-384', x: 'nonsense', y: 'nonsense' }];
    expect(await statusWith(key)).toBe(401);
  });

  test('refuse the client, not crash, while their URL does not answer', async () => {
    jwksServer.closeAllConnections();
    await new Promise((resolve) => jwksServer.close(resolve));
    expect(await statusWith(key)).toBe(401);
    await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve));
  });
});
