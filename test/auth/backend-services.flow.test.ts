import { decodeJwt, decodeProtectedHeader, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { denied } from '../../src/auth/bearer.ts';
import type { PrivateSigningJwk, SigningAlg } from '../../src/auth/keys.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { publicPart, type Registry, startRegistry } from './client-registry.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let site: AccessSite;
let registry: Registry;
let key: PrivateSigningJwk;
let clock: Temporal.Instant;
let testerKey: PrivateSigningJwk;

beforeEach(async () => {
  clock = now;
  key = await newKey();
  registry = await startRegistry(key);
  const own = await newKey();
  testerKey = await newKey();
  site = await startAccessSite({
    clock: () => clock,
    file: ({ keyFile }) => ({
      tokens: {
        signingKeysFile: keyFile('own.json', own),
        clients: [
          {
            clientId: 'registry',
            jwksUri: registry.jwksUri,
            scopes: ['system/Device.rs', 'system/Observation.rs?category=survey'],
          },
          {
            clientId: 'tester',
            jwksFile: keyFile('tester.json', publicPart(testerKey)),
            scopes: ['system/*.rs'],
            environment: 'test',
          },
        ],
      },
    }),
  });
});

afterEach(async () => {
  await Promise.all([site.close(), registry.close()]);
});

describe('Inferno backend_services_authorization', () => {
  test('smart_backend_services_invalid_grant_type (SAL@251): exactly 400', async () => {
    const { status, body } = await ask({ grant_type: 'not_a_grant_type' });
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type']);
  });

  test('smart_backend_services_invalid_client_assertion, smart_backend_services_invalid_jwt (SAL@251)', async () => {
    const { status, body } = await ask({ client_assertion_type: 'not_an_assertion_type' });
    expect([status, body.error]).toEqual([400, 'invalid_client']);
  });

  test.each<SigningAlg>(['ES384', 'RS384'])(
    'smart_backend_services_auth_request_success, _response_body (SAL@253-258) with %s: five minutes ahead, no iat',
    async (alg) => {
      key = await newKey(alg);
      registry.publish(key);
      const { status, body, headers } = await ask({ client_assertion: await assertion({ iat: undefined }) });
      expect([status, headers.get('cache-control'), headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
      const { access_token, ...rest } = body;
      expect(rest).toEqual({ token_type: 'bearer', expires_in: 300, scope: 'system/Device.rs' });
      expect(typeof access_token).toBe('string');
    },
  );
});

describe('the token of a back-end application', () => {
  test('says who it is for, whose it is and what it opens, for five minutes', async () => {
    const { body } = await ask({});
    const token = String(body.access_token);
    const { kid: _kid, ...header } = decodeProtectedHeader(token);
    expect(header).toEqual({ alg: 'ES384', typ: 'at+jwt' });
    const { jti, ...claims } = decodeJwt(token);
    expect(claims).toEqual({
      ...{ iss: site.url, sub: 'registry', client_id: 'registry', aud: `${site.url}/fhir`, environment: 'live' },
      ...{ scope: 'system/Device.rs', iat: nowSeconds, exp: nowSeconds + 300 },
    });
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is signed with a key that our JWKS publishes', async () => {
    const { kid } = decodeProtectedHeader(String((await ask({})).body.access_token));
    const published = (await site.app.keys.current()).map(({ publicJwk }) => publicJwk.kid);
    expect(published).toEqual([kid]);
  });

  test('is a principal here, and expires', async () => {
    const authorization = `Bearer ${(await ask({})).body.access_token}`;
    const claims = decodeJwt(authorization.slice('Bearer '.length));
    expect(await site.access.check(authorization, 'default')).toEqual({
      ...{ issuer: site.url, tenant: 'default', subject: 'registry', clientId: 'registry' },
      ...{ environment: 'live', userReach: 'patient', tokenId: claims.jti },
      scopes: parseScopes('system/Device.rs').scopes,
    });
    clock = now.add({ seconds: 300 + 59 });
    expect(denied(await site.access.check(authorization, 'default'))).toBe(false);
    clock = now.add({ seconds: 300 + 61 });
    expect(await site.access.check(authorization, 'default')).toMatchObject({ status: 401, reason: 'expired' });
    expect(await site.access.check(authorization, 'elsewhere')).toMatchObject({ status: 401 });
  });

  test('is issued at the address of the tenant as well, which may be the audience of the assertion', async () => {
    const client_assertion = await assertion({ aud: `${site.url}/t/default/token` });
    expect((await site.post('/t/default/token', { ...form(), client_assertion })).status).toBe(200);
    const elsewhere = await fetch(`${site.url}/t/elsewhere/token`, {
      method: 'POST',
      body: new URLSearchParams(form()),
    });
    expect(elsewhere.status).toBe(404);
  });
});

describe('scopes (SAL@250)', () => {
  test.each([
    ['system/Device.read', 'system/Device.read'],
    ['system/*.read', 'system/Device.rs system/Observation.rs?category=survey'],
    ['system/*.*', 'system/Device.rs system/Observation.rs?category=survey'],
    ['system/Device.cruds system/Procedure.rs', 'system/Device.rs'],
    ['system/Observation.rs', 'system/Observation.rs?category=survey'],
    ['system/Observation.r?category=survey', 'system/Observation.r?category=survey'],
    ['openid system/Device.s', 'system/Device.s'],
    ['system/Device.rs system/Device.rs', 'system/Device.rs'],
  ])('%s is narrowed to %s', async (scope, granted) => {
    expect((await ask({ scope })).body.scope).toBe(granted);
  });

  test.each([
    'system/Procedure.rs',
    'system/Device.write',
    'system/Observation.rs?category=laboratory',
    'patient/Device.rs',
    'user/Device.rs',
    'system/Nothing.read',
    'openid',
    'system/Device.sr',
  ])('%s is refused as invalid_scope', async (scope) => {
    const { status, body } = await ask({ scope });
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
  });

  test.each(['', '  '])('left out (%j) is invalid_scope', async (scope) => {
    expect((await ask({ scope })).body.error).toBe('invalid_scope');
  });

  test('a type that nobody has here is not granted by a wildcard', async () => {
    const asTester = async (scope: string) => {
      const client_assertion = await assertion({ iss: 'tester', sub: 'tester' }, {}, testerKey);
      return (await ask({ scope, client_assertion })).body;
    };
    expect((await asTester('system/Nothing.read')).error).toBe('invalid_scope');
    expect((await asTester('system/Device.read')).scope).toBe('system/Device.read');
    expect((await asTester('system/*.read')).scope).toBe('system/*.read');
  });
});

test('a client that is registered for tests gets tokens that open test patients', async () => {
  const client_assertion = await assertion({ iss: 'tester', sub: 'tester' }, {}, testerKey);
  const { body } = await ask({ scope: 'system/*.rs', client_assertion });
  const principal = await site.access.check(`Bearer ${body.access_token}`, 'default');
  expect(principal).toMatchObject({ clientId: 'tester', environment: 'test' });
});

describe('an assertion (SAL@249)', () => {
  const unproven = 'The client could not be authenticated.';

  test.each<[string, JWTPayload, object, string]>([
    ['of nobody', { iss: undefined, sub: undefined }, {}, unproven],
    ['of an unknown client', { iss: 'nobody', sub: 'nobody' }, {}, unproven],
    ['under an unknown kid', {}, { kid: 'other' }, unproven],
    ['without a kid', {}, { kid: undefined }, unproven],
    ['that is no JWT by its typ', {}, { typ: 'at+jwt' }, unproven],
    ['without a typ', {}, { typ: undefined }, unproven],
    ['that names another key set', {}, { jku: 'https://evil.test/jwks' }, unproven],
    ['with something critical', {}, { crit: ['b64'], b64: true }, unproven],
    ['whose sub is another', { sub: 'tester' }, {}, 'iss and sub of the assertion are both the client id.'],
    ['for another audience', { aud: 'https://x.test/token' }, {}, 'aud of the assertion is exactly the token URL.'],
    ['for several audiences', { aud: ['us'] }, {}, 'aud of the assertion is exactly the token URL.'],
    ['that never expires', { exp: undefined }, {}, 'The assertion has no exp.'],
    ['that has expired', { exp: nowSeconds - 61 }, {}, 'The assertion has expired.'],
    ['that lives too long', { exp: nowSeconds + 361 }, {}, 'exp of the assertion is more than five minutes ahead.'],
    [
      'that was made too long before its end',
      { iat: nowSeconds - 61, exp: nowSeconds + 300 },
      {},
      'The assertion lives longer than five minutes.',
    ],
    ['of the future', { iat: nowSeconds + 61 }, {}, 'iat of the assertion lies in the future.'],
    ['without a jti', { jti: undefined }, {}, 'The assertion has no jti.'],
  ])('%s is refused', async (_what, claims, header, description) => {
    const { status, body } = await ask({ client_assertion: await assertion(claims, header) });
    expect([status, body]).toEqual([401, { error: 'invalid_client', error_description: description }]);
  });

  test.each([
    ['lives five minutes and the skew of a clock', { exp: nowSeconds + 360 }],
    ['was made within the skew of a clock', { iat: nowSeconds + 60, exp: nowSeconds + 300 }],
  ])('that %s is taken', async (_what, claims) => {
    expect((await ask({ client_assertion: await assertion(claims) })).status).toBe(200);
  });

  test('may name the key set that is registered', async () => {
    const client_assertion = await assertion({}, { jku: registry.jwksUri });
    expect((await ask({ client_assertion })).status).toBe(200);
  });

  test.each(['', 'nonsense', 'a.b.c'])('%j is none', async (client_assertion) => {
    expect((await ask({ client_assertion })).body).toEqual({ error: 'invalid_client', error_description: unproven });
  });

  test('without a signature, or with one of another key, proves nobody', async () => {
    const unsigned = new UnsecuredJWT(claimsOf({})).encode();
    const forged = await assertion({}, { kid: key.kid }, await newKey());
    for (const client_assertion of [unsigned, forged]) {
      expect((await ask({ client_assertion })).body.error_description).toBe(unproven);
    }
  });

  test('is used once (jti): again it is refused, whatever process or scope', async () => {
    const client_assertion = await assertion({});
    expect((await ask({ client_assertion })).status).toBe(200);
    const { status, body } = await ask({ client_assertion, scope: 'system/Observation.rs' });
    expect([status, body.error_description]).toEqual([401, 'The jti of the assertion was used before.']);
  });

  test('that is refused for what it asks uses up its jti; one that proves nobody uses up none', async () => {
    const client_assertion = await assertion({ jti: 'j-1', aud: 'https://x.test' });
    expect((await ask({ client_assertion })).status).toBe(401);
    expect((await ask({ client_assertion: await assertion({ jti: 'j-1' }) })).status).toBe(200);
  });

  test('of another client may have the same jti', async () => {
    expect((await ask({ client_assertion: await assertion({ jti: 'j-1' }) })).status).toBe(200);
    const other = await assertion({ iss: 'tester', sub: 'tester', jti: 'j-1' }, {}, testerKey);
    expect((await ask({ client_assertion: other })).status).toBe(200);
  });

  test('is remembered only for as long as it could count', async () => {
    await ask({ client_assertion: await assertion({}) });
    clock = now.add({ seconds: 300 + 121 });
    await ask({ client_assertion: await assertion({ exp: nowSeconds + 600 }) });
    const rows = await site.app.store.db.selectFrom('used_token').select(['uses', 'until']).execute();
    expect(rows).toEqual([{ uses: 1, until: clock.epochMilliseconds + 420_000 }]);
  });
});

describe('the keys of a client', () => {
  test('are kept for as long as their server says, and asked for anew for a key that they lack', async () => {
    registry.cacheControl('max-age=60');
    await ask({});
    await ask({});
    expect(registry.requests()).toBe(1);
    clock = now.add({ seconds: 60 });
    await ask({});
    expect(registry.requests()).toBe(2);
    key = await newKey('RS384');
    registry.publish(key);
    expect((await ask({})).status).toBe(401);
    clock = now.add({ seconds: 70 });
    expect((await ask({})).status).toBe(200);
    expect(registry.requests()).toBe(3);
  });

  test.each(['no-store', 'no-cache'])('are not kept where their server says %s', async (value) => {
    registry.cacheControl(value);
    await ask({});
    await ask({});
    expect(registry.requests()).toBe(2);
  });

  test('are asked for once for all who come at the same time', async () => {
    registry.cacheControl('no-store');
    registry.delay(200);
    const forged = await assertion({}, { kid: 'made up' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ client_assertion: forged })));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(registry.requests()).toBe(1);
  });

  test('of which two have one kid and type are none', async () => {
    registry.publish({ ...(await newKey()), kid: key.kid as string });
    expect((await ask({})).status).toBe(401);
  });

  test('may have one kid in two types', async () => {
    registry.publish({ ...(await newKey('RS384')), kid: key.kid as string });
    expect((await ask({})).status).toBe(200);
  });

  test.each([
    ['is down', { status: 503, body: '' }],
    ['answers a page', { status: 200, body: '<html>' }],
    ['publishes a private key', { status: 200, body: '{"keys":[{"kty":"EC","kid":"a","d":"x"}]}' }],
  ])('cannot be had when their server %s: the client is told to come back', async (_what, answer) => {
    registry.answerWith(answer);
    const { status, headers, body } = await ask({});
    expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '30']);
  });

  test('are asked for once in ten seconds while they cannot be had', async () => {
    registry.answerWith({ status: 503, body: '' });
    expect([(await ask({})).status, (await ask({})).status, registry.requests()]).toEqual([503, 503, 1]);
  });
});

describe('the form', () => {
  test('names each parameter once', async () => {
    const body = new URLSearchParams([...Object.entries(form()), ['scope', 'system/Device.rs']]);
    const response = await fetch(`${site.url}/token`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'A parameter is repeated.' },
    ]);
  });

  test('is a form', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${site.url}/token`, { method: 'POST', body: '{}', headers })).status).toBe(415);
  });

  test('is posted', async () => {
    const response = await fetch(`${site.url}/token`);
    expect([response.status, response.headers.get('allow'), response.headers.get('cache-control')]).toEqual([
      ...[405, 'POST', 'no-store'],
    ]);
  });
});

const form = (): Record<string, string> => ({
  scope: 'system/Device.rs',
  grant_type: 'client_credentials',
  client_assertion_type: assertionType,
});

async function ask(over: Record<string, string>) {
  const client_assertion = over.client_assertion ?? (await assertion({}));
  return site.post('/token', { ...form(), client_assertion, ...over });
}

let count = 0;

const claimsOf = (changed: JWTPayload): JWTPayload => ({
  ...{ iss: 'registry', sub: 'registry', aud: `${site.url}/token`, exp: nowSeconds + 300 },
  ...{ jti: `jti-${count++}`, ...changed },
});

/** Signed as a client does it: `alg`, `kid` and `typ`, and no `iat`. */
async function assertion(changed: JWTPayload, header: object = {}, signer = key): Promise<string> {
  const { alg = '', kid } = signer;
  return new SignJWT(claimsOf(changed))
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header } as { alg: string })
    .sign(await importJWK(signer, alg));
}
