import express from 'express';
import { expect, test } from 'vitest';
import { jwksRouter } from '../../src/auth/jwks-route.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys } from '../../src/auth/keys.ts';
import { listen } from './local-server.ts';

test('anybody reads our public keys as JSON and learns how long to keep them', async () => {
  const jwks = [await generateSigningKey('RS384'), { ...(await generateSigningKey('ES384')), state: 'retired' }];
  const keys = await loadSigningKeys({ keys: jwks });
  const server = await listen(express().use(jwksRouter(fixedKeys(keys))));
  try {
    const response = await fetch(`${server.url}/.well-known/jwks.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const { kid, n, e } = jwks[0] as { kid: string; n: string; e: string };
    expect(await response.json()).toEqual({ keys: [{ kty: 'RSA', kid, alg: 'RS384', use: 'sig', n, e }] });
  } finally {
    await server.close();
  }
});
