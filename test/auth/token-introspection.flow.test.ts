import { decodeJwt, importJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PrivateSigningJwk } from '../../src/auth/keys.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { exchangingWith, type LaunchingEhr, startLaunchingEhr } from './launching-ehr.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');

let ehr: LaunchingEhr;
let site: AccessSite;
let clock: Temporal.Instant;
let key: PrivateSigningJwk;
let token: string;

beforeEach(async () => {
  clock = now;
  key = await newKey();
  ehr = await startLaunchingEhr(() => clock);
  site = await startAccessSite({
    clock: () => clock,
    file: ({ keyFile }) => exchangingWith(ehr, keyFile('keys.json', key)),
  });
  await site.patient('MRN0001', 'there-1');
  token = await newToken();
});
afterEach(async () => {
  await Promise.all([site.close(), ehr.close()]);
});

describe('Inferno smart_token_introspection', () => {
  test('active token (SAL@95, 270-281): what its holder was told, and no more', async () => {
    const { status, headers, body } = await ask(token);
    const { iat, exp, jti, sub } = decodeJwt(token);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      ...[200, 'application/json; charset=utf-8', 'no-store'],
    ]);
    expect(body).toEqual({
      ...{ active: true, token_type: 'bearer', iss: site.url, aud: `${site.url}/fhir`, sub, iat, exp, jti },
      ...{ client_id: 'pump-page', scope: 'patient/*.rs', patient: 'there-1' },
    });
  });

  test('token=invalid_token_value (SAL@271): 200, not active, and no other member', async () => {
    const { status, body } = await ask('invalid_token_value');
    expect([status, body]).toEqual([200, { active: false }]);
  });
});

describe('of a token nothing is said but that it is not active', () => {
  test('when it has expired', async () => {
    clock = now.add({ seconds: 240 });
    const asking = await newToken();
    clock = now.add({ seconds: 361 });
    expect((await ask(token, asking)).body).toEqual({ active: false });
  });

  test.each([
    ['of another issuer', { iss: 'https://elsewhere.test' }, 'at+jwt'],
    ['without an end', { exp: undefined }, 'at+jwt'],
    ['without an audience', { aud: undefined }, 'at+jwt'],
    ['of another type', {}, 'JWT'],
  ])('%s, though our own key signed it', async (_what, changed, typ) => {
    expect((await ask(await signed(changed, typ))).body).toEqual({ active: false });
  });

  test('of the EHR: that is for the EHR to say', async () => {
    expect((await ask(await ehr.idToken())).body).toEqual({ active: false });
  });
});

describe('whoever asks', () => {
  test.each([
    ['nobody', undefined, 'Bearer realm="fhir"'],
    [
      'somebody with a bad token',
      'Bearer nonsense',
      'Bearer realm="fhir", error="invalid_token", error_description="The access token is not valid."',
    ],
  ])('is %s: 401', async (_what, authorization, challenge) => {
    const { status, headers, body } = await site.post('/introspect', { token }, authorization ? { authorization } : {});
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([401, 'invalid_client', challenge]);
  });

  test('asks about a token', async () => {
    const { status, body } = await site.post('/introspect', {}, { authorization: `Bearer ${token}` });
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description: 'token is required.' }]);
  });

  test('asks at the address of the tenant as well, and at no other', async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await site.post('/t/default/introspect', { token }, headers)).body.active).toBe(true);
    const body = new URLSearchParams({ token });
    expect((await fetch(`${site.url}/t/elsewhere/introspect`, { method: 'POST', headers, body })).status).toBe(404);
  });
});

describe('the audit keeps', () => {
  const rows = async () => {
    const { db } = site.app.store;
    const found = await db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'introspect-token')
      .orderBy('seq')
      .execute();
    return found.map(({ tenant, actor, outcome, detail }) => [tenant, actor, outcome, JSON.parse(detail)]);
  };
  const came = { requestId: '', network: expect.stringContaining('127.0.0.1') };

  test('who asked about which token, and that of another text nothing was said', async () => {
    const { jti, sub, patient } = decodeJwt(token);
    await ask(token);
    await ask('Mustermann');
    const by = { ...came, issuer: site.url, subject: sub, tokenId: jti };
    expect(await rows()).toEqual([
      ['default', 'pump-page', 'done', { ...by, active: 'yes', askedTokenId: jti, patient }],
      ['default', 'pump-page', 'done', { ...by, active: 'no' }],
    ]);
  });

  test('who was refused', async () => {
    await site.post('/introspect', { token });
    expect(await rows()).toEqual([
      ['default', 'unknown', 'refused', { ...came, status: 401, error: 'invalid_client' }],
    ]);
  });
});

const ask = (asked: string, asking = token) =>
  site.post('/introspect', { token: asked }, { authorization: `Bearer ${asking}` });

async function newToken(): Promise<string> {
  const { body } = await site.post('/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: await ehr.idToken(),
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    patient: 'there-1',
    ehr_access_token: ehr.accessToken,
  });
  return String(body.access_token);
}

async function signed(changed: object, typ: string): Promise<string> {
  return new SignJWT({ ...decodeJwt(token), ...changed })
    .setProtectedHeader({ alg: 'ES384', kid: key.kid as string, typ })
    .sign(await importJWK(key, 'ES384'));
}
