import { exportJWK, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AskedPatient, type BearerCheck, denied, type FindPatient } from '../../src/auth/bearer.ts';
import { type Denial, wwwAuthenticate } from '../../src/auth/denial.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';
import { checkTrusting } from './trusted.ts';

const audience = 'https://itb.hospital.test/fhir';
const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;

let issuer: TokenIssuer;
let other: TokenIssuer;
let key: IssuerKey;
let check: BearerCheck;
let clock: Temporal.Instant;

beforeEach(async () => {
  clock = now;
  issuer = await startTokenIssuer();
  other = await startTokenIssuer();
  key = await issuer.newKey('ES384');
  issuer.publish(key);
  check = checkTrusting(
    [
      { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, tenant: 'north' },
      { issuer: other.issuer, jwksUri: other.jwksUri, audience, tenant: 'south' },
    ],
    { clock: () => clock },
  );
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all([issuer.close(), other.close()]);
});

describe('a valid token', () => {
  test('says who asks: issuer, tenant, subject, client, scopes and launch context', async () => {
    const scope = 'patient/Device.rs openid';
    const token = await issuer.sign(key, claims({ client_id: 'app', patient: 'p-1', scope, jti: 't-1' }));
    expect(await check(`Bearer ${token}`)).toEqual({
      issuer: issuer.issuer,
      tenant: 'north',
      subject: 'user-1',
      clientId: 'app',
      scopes: parseScopes('patient/Device.rs').scopes,
      environment: 'live',
      userReach: 'patient',
      patient: 'p-1',
      tokenId: 't-1',
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
    ['is for another audience', { aud: 'https://other.test/fhir' }, 'audience-wrong'],
    ['is for an audience that only begins alike', { aud: `${audience}/more` }, 'audience-wrong'],
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
    ['calls itself something else', { typ: 'logout+jwt' }],
    ['calls itself an assertion of a client', { typ: 'client-authentication+jwt' }],
    ['says that something is critical', { crit: ['b64'], b64: true }],
  ])('when its header %s', async (_what, header) => {
    expect(await reasonFor(await issuer.sign(key, claims(), header))).toBe('type-wrong');
  });

  test.each(['nonce', 'at_hash', 'c_hash', 's_hash'])('when it is an id_token, as its %s tells', async (claim) => {
    expect(await reasonFor(await issuer.sign(key, claims({ [claim]: 'x' })))).toBe('id-token');
  });

  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT'])('but not when it calls itself %s', async (typ) => {
    expect(await reasonFor(await issuer.sign(key, claims(), { typ }))).toBe('accepted');
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
    await check(`Bearer ${await issuer.sign(key, claims())}`);
    issuer.answerJwksWith({ status: 500 });
    vi.advanceTimersByTime(599_000);
    expect(await reasonFor(await issuer.sign(key, claims({ jti: 'second' })))).toBe('accepted');
    vi.advanceTimersByTime(2000);
    expect(await reasonFor(await issuer.sign(key, claims({ jti: 'third' })))).toBe('keys-unavailable');
  });

  test('that were withdrawn open nothing a minute after the key set was read again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const token = await issuer.sign(key, claims());
    expect(await reasonFor(token)).toBe('accepted');
    issuer.answerJwksWith({ status: 200, body: '{"keys":[]}' });
    vi.advanceTimersByTime(601_000);
    clock = now.add({ milliseconds: 59_999 });
    expect(await reasonFor(token)).toBe('accepted');
    clock = now.add({ seconds: 60 });
    expect(await reasonFor(token)).toBe('key-unknown');
  });

  test('of which two have one kid and type are none; one of another type does not count', async () => {
    const { jwk } = await issuer.newKey('RS384');
    issuer.publish({ ...(await issuer.newKey('RS384')), jwk: { ...jwk, kid: key.jwk.kid as string } });
    expect(await reasonFor(await issuer.sign(key, claims()))).toBe('accepted');
    const twin = await other.newKey('ES384');
    other.publish(twin);
    other.publish({ ...twin, jwk: { ...(await other.newKey('ES384')).jwk, kid: twin.jwk.kid as string } });
    expect(await reasonFor(await other.sign(twin, claims({ iss: other.issuer })))).toBe('key-unknown');
  });

  test('of less than 2048 bits count as none', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['sign', 'verify'],
    );
    issuer.publish({ alg: 'RS384', privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'weak', alg: 'RS384' } });
    const parts = [{ alg: 'RS384', kid: 'weak' }, claims()].map((part) => encoded(part)).join('.');
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(parts));
    expect(await reasonFor(`${parts}.${Buffer.from(signature).toString('base64url')}`)).toBe('key-unknown');
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
    clock = now.add({ seconds: 10 });
    expect(await reasonFor(ours)).toBe('accepted');
    other = await startTokenIssuer();
  });
});

describe('a good token', () => {
  test('may have members of any name: none of them is taken for a word of ours', async () => {
    const token = await issuer.sign(key, claims({ status: 200, reason: 'expired', payload: {}, result: 'x' }));
    expect(await check(`Bearer ${token}`)).toMatchObject({ subject: 'user-1', tenant: 'north' });
  });

  test('is verified once a minute, and by its hash: a changed one is another', async () => {
    const token = await issuer.sign(key, claims({ patient: 'p-1' }));
    await check(`Bearer ${token}`);
    issuer.answerJwksWith({ status: 500 });
    clock = now.add({ milliseconds: 59_999 });
    expect(await reasonFor(token)).toBe('accepted');
    const [header, payload, signature = ''] = token.split('.');
    const spoiled = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(await reasonFor(spoiled)).toBe('signature-wrong');
  });

  test('is refused from its end on, whatever is remembered of it', async () => {
    const token = await issuer.sign(key, claims({ exp: nowSeconds + 10 }));
    expect(await reasonFor(token)).toBe('accepted');
    clock = now.add({ seconds: 69 });
    expect(await reasonFor(token)).toBe('accepted');
    clock = now.add({ seconds: 70 });
    expect(await reasonFor(token)).toBe('expired');
  });
});

describe('the patient of a launch', () => {
  const their = (findPatient: FindPatient, patientIdsOf?: string) =>
    checkTrusting([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, environment: 'test', patientIdsOf }], {
      clock: () => now,
      findPatient,
    });

  test('is found by the id that the issuer uses, and answered by it', async () => {
    const asked: AskedPatient[] = [];
    const find: FindPatient = async (patient) => {
      asked.push(patient);
      return 'ours';
    };
    const token = await issuer.sign(key, claims({ patient: 'theirs' }));
    expect(await their(find, 'ehr')(`Bearer ${token}`)).toMatchObject({ patient: 'ours', patientThere: 'theirs' });
    expect(asked).toEqual([{ tenant: 'north', environment: 'test', id: 'theirs', patientIdsOf: 'ehr' }]);
  });

  test('who was merged is the survivor, still called as the token calls it', async () => {
    const token = await issuer.sign(key, claims({ patient: 'merged' }));
    const principal = await their(async () => 'survivor')(`Bearer ${token}`);
    expect(principal).toMatchObject({ patient: 'survivor', patientThere: 'merged' });
  });

  test('who is not known here is nobody', async () => {
    const token = await issuer.sign(key, claims({ patient: 'theirs', scope: 'patient/*.rs' }));
    const principal = await their(async () => undefined, 'ehr')(`Bearer ${token}`);
    expect(denied(principal)).toBe(false);
    expect(principal).not.toHaveProperty('patient');
    expect(principal).not.toHaveProperty('patientThere');
  });

  test('is looked up with each request: who it is may change while the token lives', async () => {
    const answers = ['first', 'second'];
    const token = await issuer.sign(key, claims({ patient: 'theirs' }));
    const changing = their(async () => answers.shift(), 'ehr');
    expect(await changing(`Bearer ${token}`)).toMatchObject({ patient: 'first' });
    expect(await changing(`Bearer ${token}`)).toMatchObject({ patient: 'second' });
  });
});

describe('one issuer for several tenants', () => {
  const north = 'https://itb.test/t/north/fhir';
  const south = 'https://itb.test/t/south/fhir';

  beforeEach(() => {
    const { issuer: name, jwksUri } = issuer;
    check = checkTrusting(
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

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

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
