import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BearerCheck, bearerCheck, denied } from '../../src/auth/bearer.ts';
import { type Denial, wwwAuthenticate } from '../../src/auth/denial.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

const audience = 'https://itb.hospital.test/fhir';
const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;

let issuer: TokenIssuer;
let other: TokenIssuer;
let key: IssuerKey;
let check: BearerCheck;

beforeEach(async () => {
  issuer = await startTokenIssuer();
  other = await startTokenIssuer();
  key = await issuer.newKey('ES384');
  issuer.publish(key);
  check = bearerCheck(
    [
      { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, tenant: 'north' },
      { issuer: other.issuer, jwksUri: other.jwksUri, audience, tenant: 'south' },
    ],
    { clock: () => now, jwksTimeoutMs: 1000 },
  );
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all([issuer.close(), other.close()]);
});

describe('a valid token', () => {
  test('says who asks: issuer, tenant, subject, client, scopes and launch context', async () => {
    const scope = 'patient/Device.rs openid';
    const token = await issuer.sign(key, claims({ client_id: 'app', patient: 'p-1', scope }));
    expect(await check(`Bearer ${token}`)).toEqual({
      issuer: issuer.issuer,
      tenant: 'north',
      subject: 'user-1',
      clientId: 'app',
      scopes: parseScopes('patient/Device.rs').scopes,
      patient: 'p-1',
    });
  });

  test.each(['RS256', 'RS384', 'ES256', 'ES384'])('may be signed with %s', async (alg) => {
    const signer = await issuer.newKey(alg);
    issuer.publish(signer);
    expect(await check(`bearer ${await issuer.sign(signer, claims())}`)).toMatchObject({ subject: 'user-1' });
  });

  test('of each of two issuers is checked with the keys of that issuer and opens its tenant', async () => {
    const otherKey = await other.newKey('RS384');
    other.publish(otherKey);
    const token = await other.sign(otherKey, claims({ iss: other.issuer }));
    expect(await check(`Bearer ${token}`)).toMatchObject({ issuer: other.issuer, tenant: 'south' });
    expect(await reasonFor(await issuer.sign(key, claims({ iss: other.issuer })))).toBe('key-unknown');
  });

  test('may have its scopes as a list', async () => {
    const token = await issuer.sign(key, claims({ scope: ['system/Device.r', 'system/Patient.r', 7] }));
    expect(await check(`Bearer ${token}`)).toMatchObject({
      scopes: parseScopes('system/Device.r system/Patient.r').scopes,
    });
  });

  test('may name its client as OpenID does (azp)', async () => {
    expect(await check(`Bearer ${await issuer.sign(key, claims({ azp: 'app' }))}`)).toMatchObject({ clientId: 'app' });
  });

  test('without scopes is somebody who may do nothing', async () => {
    expect(await check(`Bearer ${await issuer.sign(key, claims())}`)).toMatchObject({ scopes: [] });
  });

  test('costs one fetch of the keys, however many come at the same time', async () => {
    const token = await issuer.sign(key, claims());
    await Promise.all(Array.from({ length: 50 }, () => check(`Bearer ${token}`)));
    expect(issuer.jwksRequests()).toBe(1);
  });
});

describe('a token is refused', () => {
  test('without a signature (alg none)', async () => {
    const token = new UnsecuredJWT(claims()).encode();
    expect(await reasonFor(`${token}`)).toBe('algorithm-not-allowed');
  });

  test.each(['HS256', 'HS384'])('when %s takes the public key for a shared secret', async (alg) => {
    const publicKey = (await importJWK(key.jwk, key.alg, { extractable: true })) as CryptoKey;
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    const token = await new SignJWT(claims()).setProtectedHeader({ alg, kid: key.jwk.kid }).sign(secret);
    expect(await reasonFor(token)).toBe('algorithm-not-allowed');
  });

  test.each(['PS384', 'ES512', 'RS512'])('when %s is not on our list, even from a published key', async (alg) => {
    const signer = await issuer.newKey(alg);
    issuer.publish(signer);
    expect(await reasonFor(await issuer.sign(signer, claims()))).toBe('algorithm-not-allowed');
  });

  test('when it brings its own key along', async () => {
    const attacker = await issuer.newKey('ES384');
    const token = await issuer.sign(attacker, claims(), { jwk: attacker.jwk });
    expect(await reasonFor(token)).toBe('key-unknown');
  });

  test('when somebody else signed it under a published kid', async () => {
    const attacker = await issuer.newKey('ES384');
    expect(await reasonFor(await issuer.sign(attacker, claims(), { kid: key.jwk.kid }))).toBe('signature-wrong');
  });

  test('when a claim was changed after signing', async () => {
    const [header, , signature] = (await issuer.sign(key, claims())).split('.');
    const changed = Buffer.from(JSON.stringify(claims({ patient: 'p-2' }))).toString('base64url');
    expect(await reasonFor(`${header}.${changed}.${signature}`)).toBe('signature-wrong');
  });

  test('when it names no kid', async () => {
    expect(await reasonFor(await issuer.sign(key, claims(), { kid: undefined }))).toBe('key-unknown');
  });

  test.each([
    ['is for another audience', { aud: 'https://other.test/fhir' }, 'claim-wrong'],
    ['is for an audience that only begins alike', { aud: `${audience}/more` }, 'claim-wrong'],
    ['names no audience', { aud: undefined }, 'claim-wrong'],
    ['is of an issuer that we do not know', { iss: 'https://evil.test' }, 'issuer-unknown'],
    ['names no issuer', { iss: undefined }, 'issuer-unknown'],
    ['has expired for more than a minute', { exp: nowSeconds - 61 }, 'expired'],
    ['never expires', { exp: undefined }, 'claim-wrong'],
    ['is not yet valid for more than a minute', { nbf: nowSeconds + 61 }, 'claim-wrong'],
    ['has no subject', { sub: undefined }, 'claim-wrong'],
  ])('when it %s', async (_what, changed, reason) => {
    expect(await reasonFor(await issuer.sign(key, claims(changed)))).toBe(reason);
  });

  test.each([
    ['expired 59 s ago', { exp: nowSeconds - 59 }],
    ['is valid in 59 s', { nbf: nowSeconds + 59 }],
  ])('but not when it %s: clocks differ', async (_what, changed) => {
    expect(await reasonFor(await issuer.sign(key, claims(changed)))).toBe('accepted');
  });

  test.each([
    [undefined, 'no-token'],
    ['', 'no-token'],
    ['Basic dXNlcjpwYXNz', 'no-token'],
    ['Bearer', 'no-token'],
    ['Bearer a b', 'no-token'],
    ['Bearer opaque', 'not-a-jwt'],
    ['Bearer a.b.c', 'not-a-jwt'],
  ])('when the header is %j', async (header, reason) => {
    expect(await check(header)).toMatchObject({ status: 401, reason });
  });

  test('always in the same words, so that the refusal teaches nothing about issuers and keys', async () => {
    const attacker = await issuer.newKey('ES384');
    const tokens = [
      'opaque',
      await issuer.sign(key, claims({ iss: 'https://evil.test' })),
      await issuer.sign(key, claims({ aud: 'https://other.test' })),
      await issuer.sign(attacker, claims()),
      await issuer.sign(attacker, claims(), { kid: key.jwk.kid }),
    ];
    const denials = await Promise.all(tokens.map((token) => check(`Bearer ${token}`)));
    const answers = denials.map((denial) => wwwAuthenticate(denial as Denial));
    expect(new Set(answers)).toEqual(
      new Set(['Bearer realm="fhir", error="invalid_token", error_description="The access token is not valid."']),
    );
  });
});

describe('the keys of an issuer', () => {
  test('that are new are fetched once the cool-down is over; unknown kids in between cost no fetch', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await check(`Bearer ${await issuer.sign(key, claims())}`);
    const next = await issuer.newKey('ES384');
    issuer.publish(next);
    const token = await issuer.sign(next, claims());
    vi.advanceTimersByTime(29_000);
    for (let n = 0; n < 20; n++) expect(await reasonFor(token)).toBe('key-unknown');
    expect(issuer.jwksRequests()).toBe(1);
    vi.advanceTimersByTime(2000);
    expect(await reasonFor(token)).toBe('accepted');
    expect(issuer.jwksRequests()).toBe(2);
  });

  test('are kept for ten minutes, during which the issuer may be away', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = await issuer.sign(key, claims());
    await check(`Bearer ${token}`);
    issuer.answerJwksWith({ status: 500 });
    vi.advanceTimersByTime(599_000);
    expect(await reasonFor(token)).toBe('accepted');
    vi.advanceTimersByTime(2000);
    expect(await reasonFor(token)).toBe('keys-unavailable');
  });

  test.each([
    ['is down', { status: 503 }],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['answers a page', { status: 200, body: '<html>' }],
    ['answers no key set', { status: 200, body: '{"keys":"none"}' }],
  ])(
    'cannot be had when the issuer %s: nobody is let in, and nobody is told that the token is bad',
    async (_what, answer) => {
      issuer.answerJwksWith(answer);
      expect(await check(`Bearer ${await issuer.sign(key, claims())}`)).toEqual({
        status: 503,
        error: 'temporarily_unavailable',
        description: 'The access token cannot be checked at the moment.',
        reason: 'keys-unavailable',
      });
    },
  );

  test('cannot be had when nobody listens, and are had when the issuer is back', async () => {
    await other.close();
    const token = await other.sign(await other.newKey('ES384'), claims({ iss: other.issuer }));
    expect(await reasonFor(token)).toBe('keys-unavailable');
    issuer.answerJwksWith({ status: 503 });
    const ours = await issuer.sign(key, claims());
    expect(await reasonFor(ours)).toBe('keys-unavailable');
    issuer.answerJwksWith();
    expect(await reasonFor(ours)).toBe('accepted');
    other = await startTokenIssuer();
  });
});

describe('one issuer for several tenants', () => {
  const north = 'https://itb.test/t/north/fhir';
  const south = 'https://itb.test/t/south/fhir';

  beforeEach(() => {
    const { issuer: name, jwksUri } = issuer;
    check = bearerCheck(
      [
        { issuer: name, jwksUri, audience: north, tenant: 'north' },
        { issuer: name, jwksUri, audience: south, tenant: 'south' },
      ],
      { clock: () => now },
    );
  });

  test('opens the tenant whose FHIR base the token names', async () => {
    expect(await check(`Bearer ${await issuer.sign(key, claims({ aud: south }))}`)).toMatchObject({ tenant: 'south' });
    const withOwn = await issuer.sign(key, claims({ aud: [north, 'https://elsewhere.test'] }));
    expect(await check(`Bearer ${withOwn}`)).toMatchObject({ tenant: 'north' });
  });

  test('opens none when the token names two', async () => {
    expect(await reasonFor(await issuer.sign(key, claims({ aud: [north, south] })))).toBe('tenant-ambiguous');
  });
});

describe('a configuration that cannot be trusted stops the start', () => {
  const entry = { issuer: 'https://a.test', jwksUri: 'https://a.test/jwks', audience, tenant: 'north' };

  test.each([
    ['keys over plain http', [{ ...entry, jwksUri: 'http://a.test/jwks' }], /not https/],
    ['two key addresses for one issuer', [entry, { ...entry, audience: 'b', jwksUri: 'https://b.test' }], /two JWKS/],
    ['two tenants for one audience', [entry, { ...entry, tenant: 'south' }], /twice for one audience/],
  ])('%s', (_what, issuers, message) => {
    expect(() => bearerCheck(issuers)).toThrow(message);
  });
});

const claims = (changed: object = {}) => ({
  iss: issuer.issuer,
  aud: audience,
  sub: 'user-1',
  exp: nowSeconds + 300,
  ...changed,
});

async function reasonFor(token: string): Promise<string> {
  const result = await check(`Bearer ${token}`);
  return denied(result) ? result.reason : 'accepted';
}
