import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { generateSigningKey, loadSigningKeys, publicJwks, type SigningAlg } from '../../src/auth/keys.ts';
import { clientAssertion } from '../../src/auth/token-request.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00.900Z');
const tokenEndpoint = 'https://Auth.hospital.test:443/token';

describe.each<SigningAlg>(['RS384', 'ES384'])('a client assertion signed with %s', (alg) => {
  const loaded = generateSigningKey(alg).then((jwk) => loadSigningKeys({ keys: [jwk] }));

  test('has the header and the claims of SMART Backend Services and verifies with our public JWKS', async () => {
    const [key] = await loaded;
    if (!key) throw new Error('no key');
    const assertion = await clientAssertion({ tokenEndpoint, clientId: 'itb', key, now });
    expect(decodeProtectedHeader(assertion)).toEqual({ alg, kid: key.kid, typ: 'JWT' });
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(publicJwks([key])), {
      currentDate: new Date(now.epochMilliseconds),
    });
    const issuedAt = Temporal.Instant.from('2024-06-25T10:00:00Z').epochMilliseconds / 1000;
    expect(payload).toEqual({
      iss: 'itb',
      sub: 'itb',
      aud: 'https://Auth.hospital.test:443/token',
      iat: issuedAt,
      exp: issuedAt + 240,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});

test('a thousand assertions of the same instant have a thousand jti', async () => {
  const [key] = await loadSigningKeys({ keys: [await generateSigningKey('ES384')] });
  if (!key) throw new Error('no key');
  const request = { tokenEndpoint, clientId: 'itb', key, now };
  const assertions = await Promise.all(Array.from({ length: 1000 }, () => clientAssertion(request)));
  const ids = assertions.map(
    (text) => JSON.parse(atob((text.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/'))).jti,
  );
  expect(new Set(ids).size).toBe(1000);
});
