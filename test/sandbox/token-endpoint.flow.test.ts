import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientKey, type Hospital, noonMs, startHospital } from './hospital.ts';

let nowMs = noonMs;
let hospital: Hospital;
const nowSeconds = () => Math.floor(nowMs / 1000);

beforeAll(async () => {
  hospital = await startHospital({ clock: () => nowMs });
});
afterAll(() => hospital.close());

/** Asks for a token with an assertion that differs from a good one, and gives status, error and reason of the answer. */
async function refusal(over: Parameters<Hospital['assertion']>[0]) {
  const { status, body } = await hospital.requestToken({ client_assertion: await hospital.assertion(over) });
  return [status, body.error, body.error_description];
}
const accepted = [200, undefined, undefined];
const refusedBecause = (reason: string) => [401, 'invalid_client', expect.stringContaining(reason)];

describe('a good request', () => {
  test('gives a bearer token of at most 300 seconds that must not be stored', async () => {
    const { status, headers, body } = await hospital.requestToken({ scope: 'system/Device.rs' });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { access_token, ...rest } = body;
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 300, scope: 'system/Device.rs' });
    expect(access_token.split('.')).toHaveLength(3);
  });

  test('may be valid for exactly five minutes and carry no iat, as Inferno sends it', async () => {
    expect(await refusal({ claims: { exp: nowSeconds() + 300 } })).toEqual(accepted);
  });

  test('may come from a clock that is five seconds ahead or behind', async () => {
    expect(await refusal({ claims: { exp: nowSeconds() + 305, iat: nowSeconds() + 5 } })).toEqual(accepted);
    expect(await refusal({ claims: { exp: nowSeconds() - 5 } })).toEqual(accepted);
  });

  test('may be signed with RS384', async () => {
    const key = await clientKey('RS384');
    const client = { clientId: 'adapter', jwks: { keys: [key.jwk] }, scopes: ['system/*.rs'] };
    const other = await startHospital({ clients: [client] });
    const client_assertion = await other.assertion({ key });
    const { status, body } = await other.requestToken({ scope: 'system/Device.rs', client_assertion });
    expect([status, body.scope]).toEqual([200, 'system/Device.rs']);
    await other.close();
  });
});

describe('the form', () => {
  test.each([
    ['another grant type', { grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    ['no grant type', { grant_type: undefined }, 400, 'unsupported_grant_type'],
    ['another assertion type', { client_assertion_type: 'not_an_assertion_type' }, 400, 'invalid_client'],
    ['no assertion', { client_assertion: '' }, 401, 'invalid_client'],
    ['an assertion that is no JWT', { client_assertion: 'a.b.c' }, 401, 'invalid_client'],
    ['no scope', { scope: undefined }, 400, 'invalid_scope'],
    ['an empty scope', { scope: ' ' }, 400, 'invalid_scope'],
    ['only scopes of another level', { scope: 'patient/Observation.rs openid' }, 400, 'invalid_scope'],
    ['scope letters out of order', { scope: 'system/Observation.sr' }, 400, 'invalid_scope'],
  ])('with %s is refused', async (_what, form, status, error) => {
    const answer = await hospital.requestToken(form);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  test('with a repeated parameter is refused', async () => {
    const body = new URLSearchParams([...Array(2)].map(() => ['grant_type', 'client_credentials']));
    const response = await fetch(hospital.sandbox.tokenUrl, { method: 'POST', body });
    expect([response.status, await response.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  test('must be posted, as a form', async () => {
    const url = hospital.sandbox.tokenUrl;
    const headers = { 'content-type': 'application/json' };
    const statuses = [await fetch(url), await fetch(url, { method: 'POST', body: '{}', headers })].map((r) => r.status);
    expect(statuses).toEqual([405, 415]);
  });
});

describe('the assertion is refused when', () => {
  test('it was used before', async () => {
    const client_assertion = await hospital.assertion();
    const first = await hospital.requestToken({ client_assertion });
    const second = await hospital.requestToken({ client_assertion });
    expect([first.status, second.status, second.body.error_description]).toEqual([200, 401, 'jti was used before']);
  });

  test('another assertion used the same jti within its lifetime, but not after', async () => {
    const claims = { jti: 'the-same' };
    expect(await refusal({ claims })).toEqual(accepted);
    const again = { ...claims, exp: nowSeconds() + 100 };
    expect(await refusal({ claims: again })).toEqual(refusedBecause('jti was used'));
    nowMs += 600_000;
    expect(await refusal({ claims })).toEqual(accepted);
  });

  test.each([
    ['exp is more than five minutes ahead', { exp: 400 }, 'exp is more'],
    ['exp has passed', { exp: -30 }, 'exp has passed'],
    ['iat lies in the future', { iat: 60, exp: 200 }, 'iat lies'],
    ['its lifetime exceeds five minutes', { iat: -200, exp: 200 }, 'the lifetime'],
    ['nbf lies in the future', { nbf: 60, exp: 200 }, 'nbf'],
  ])('%s', async (_why, offsets, reason) => {
    const claims = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, nowSeconds() + offset]));
    expect(await refusal({ claims })).toEqual(refusedBecause(reason));
  });

  test.each([
    ['exp is missing', { exp: undefined }, 'exp'],
    ['jti is missing', { jti: undefined }, 'jti'],
    ['jti is empty', { jti: '' }, 'jti is missing'],
    ['aud is another URL', { aud: 'http://127.0.0.1/fhir' }, 'aud'],
    ['aud is missing', { aud: undefined }, 'aud'],
    ['sub is another client', { sub: 'someone' }, 'sub differs'],
    ['sub is missing', { sub: undefined }, 'sub differs'],
    ['iss is unknown', { iss: 'someone', sub: 'someone' }, 'iss is not'],
    ['iss is missing', { iss: undefined }, 'iss is not'],
  ])('%s', async (_why, claims, reason) => {
    expect(await refusal({ claims })).toEqual(refusedBecause(reason));
  });

  test('aud names the token URL among others, or with a slash more', async () => {
    const url = hospital.sandbox.tokenUrl;
    expect(await refusal({ claims: { aud: [url, 'http://other'] } })).toEqual(refusedBecause('aud is not exactly'));
    expect(await refusal({ claims: { aud: `${url}/` } })).toEqual(refusedBecause('aud'));
  });

  test.each([
    ['kid is missing', { kid: undefined }, 'kid is missing'],
    ['kid is unknown', { kid: 'k2' }, 'key set'],
    ['typ is missing', { typ: undefined }, 'typ is not'],
    ['typ is another', { typ: 'at+jwt' }, 'typ is not'],
    ['jku is not the registered one', { jku: 'http://127.0.0.1:9/jwks.json' }, 'jku'],
  ])('%s', async (_why, header, reason) => {
    expect(await refusal({ header })).toEqual(refusedBecause(reason));
  });

  test('another key signed it', async () => {
    expect(await refusal({ key: await clientKey() })).toEqual(refusedBecause('signature'));
  });

  test('it is signed with HS256 or not at all', async () => {
    const { tokenUrl } = hospital.sandbox;
    const claims = { iss: 'adapter', sub: 'adapter', aud: tokenUrl, jti: 'x', exp: nowSeconds() + 200 };
    const secret = new TextEncoder().encode(JSON.stringify(hospital.key.jwk).padEnd(64));
    const hmac = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'JWT' }).sign(secret);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none', kid: 'k1', typ: 'JWT' })}.${encode(claims)}.`;
    for (const client_assertion of [hmac, none]) {
      const { status, body } = await hospital.requestToken({ client_assertion });
      expect([status, body.error, body.error_description]).toEqual(refusedBecause('alg is neither'));
    }
  });

  test('it is signed with RS256, even by a registered key', async () => {
    const key = await clientKey('RS256');
    const client = { clientId: 'adapter', jwks: { keys: [key.jwk] }, scopes: ['system/*.rs'] };
    const other = await startHospital({ clients: [client] });
    const { status, body } = await other.requestToken({ client_assertion: await other.assertion({ key }) });
    expect([status, body.error, body.error_description]).toEqual(refusedBecause('alg is neither'));
    await other.close();
  });

  test('its refusal repeats neither the assertion nor a claim', async () => {
    const client_assertion = await hospital.assertion({ claims: { iss: 'canary-7', sub: 'canary-7' } });
    const { body } = await hospital.requestToken({ client_assertion });
    expect(JSON.stringify(body)).not.toMatch(/canary|eyJ/);
  });
});

describe('scopes', () => {
  test('are narrowed to what was pre-authorized', async () => {
    const key = await clientKey();
    const scopes = ['system/Device.crus', 'system/Patient.rs'];
    const other = await startHospital({ clients: [{ clientId: 'adapter', jwks: { keys: [key.jwk] }, scopes }] });
    const granted = async (scope: string) => {
      const { body } = await other.requestToken({ scope, client_assertion: await other.assertion({ key }) });
      return body.scope ?? body.error;
    };
    expect(await granted('system/Device.cruds system/Observation.rs')).toBe('system/Device.crus');
    expect(await granted('system/*.read')).toBe('system/Device.rs system/Patient.rs');
    expect(await granted('system/Patient.read')).toBe('system/Patient.read');
    expect(await granted('system/Observation.cruds')).toBe('invalid_scope');
    await other.close();
  });
});
