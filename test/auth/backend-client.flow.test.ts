import express from 'express';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BackendClientOptions, backendServicesClient } from '../../src/auth/backend-client.ts';
import { jwksRouter } from '../../src/auth/jwks-route.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys, type SigningKey } from '../../src/auth/keys.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { grantToken, type Hospital, type HospitalAnswers, startHospital } from './hospital.ts';
import { listen } from './local-server.ts';

let keys: readonly SigningKey[];
const closers: Array<() => Promise<void>> = [];

beforeAll(async () => {
  const instant = (text: string) => Temporal.Instant.from(text);
  const jwks = [
    await generateSigningKey('RS384', instant('2024-01-01T00:00:00Z')),
    await generateSigningKey('ES384', instant('2024-02-01T00:00:00Z')),
  ];
  keys = await loadSigningKeys({ keys: jwks });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('a token request', () => {
  test('is the form that SMART Backend Services names, with nothing else in it', async () => {
    const { client, hospital } = await start();
    const scopes = parseScopes('system/Device.crus').scopes;
    expect(await client.accessToken()).toEqual({ token: 'token-1', scopes });
    expect(hospital.tokenRequests).toEqual([
      {
        scope: 'system/Device.crus system/Observation.crus',
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: expect.any(String),
      },
    ]);
  });

  test.each([
    [['RS384'], undefined, 'RS384'],
    [['ES384'], undefined, 'ES384'],
    [['RS384', 'ES384'], undefined, 'ES384'],
    [undefined, undefined, 'ES384'],
    [['RS384', 'ES384'], 'RS384', 'RS384'],
    [['RS256'], 'RS384', 'RS384'],
  ] as const)(
    'to a server that states %s, configured %s, is signed with %s and verifies with our JWKS',
    async (algorithms, algorithm, expected) => {
      const { client, hospital } = await start({ algorithms }, { algorithm });
      await client.accessToken();
      const assertion = hospital.tokenRequests[0]?.client_assertion as string;
      expect(decodeProtectedHeader(assertion).alg).toBe(expected);
      const ours = await serveOurJwks();
      const { payload } = await jwtVerify(assertion, createRemoteJWKSet(new URL(ours)), {
        audience: hospital.tokenEndpoint,
        issuer: 'itb-client',
        subject: 'itb-client',
        typ: 'JWT',
        maxTokenAge: 60,
      });
      expect((payload.exp as number) - (payload.iat as number)).toBe(240);
    },
  );

  test('is not sent to a server that takes none of our algorithms', async () => {
    const { client, hospital } = await start({ algorithms: ['PS512'] });
    expect(await client.accessToken()).toEqual(problem('destination-unauthorized', /none of the algorithms/));
    expect(hospital.tokenRequests).toEqual([]);
  });

  test('never repeats a jti', async () => {
    const { client, hospital } = await start();
    for (let n = 1; n <= 5; n++) {
      await client.accessToken();
      client.refused(`token-${n}`);
    }
    const ids = hospital.tokenRequests.map((form) => decodeJwt(form.client_assertion as string).jti);
    expect(new Set(ids).size).toBe(5);
  });
});

describe('a token', () => {
  test('is asked for once when fifty calls need it at the same time', async () => {
    const { client, hospital } = await start();
    const results = await Promise.all(Array.from({ length: 50 }, () => client.accessToken()));
    expect(results.map((result) => 'token' in result && result.token)).toEqual(Array(50).fill('token-1'));
    expect(hospital.tokenRequests).toHaveLength(1);
    expect(hospital.configurationRequests()).toBe(1);
  });

  test('comes with what was granted, which may be less than what was asked for', async () => {
    const { client } = await start({ token: answer({ scope: 'system/Observation.r openid' }) });
    expect(await client.accessToken()).toMatchObject({ scopes: parseScopes('system/Observation.r').scopes });
  });

  test('may come with status 201', async () => {
    const { client } = await start({ token: (n, response) => grantToken(n, response.status(201)) });
    expect(await client.accessToken()).toMatchObject({ token: 'token-1' });
  });

  test('without a stated scope has what was asked for', async () => {
    const { client } = await start({ token: answer({ scope: undefined }) });
    expect(await client.accessToken()).toMatchObject({
      scopes: parseScopes('system/Device.crus system/Observation.crus').scopes,
    });
  });

  test.each([
    ['after 80 % of a long life', 300, 239, 240],
    ['10 s before the end of a short life', 30, 19, 20],
    ['every time when it lives 10 s', 10, 0, 0],
    ['after 48 s when the server does not say how long it lives', undefined, 47, 48],
    ['within the hour when the server says it lives for a year', 31_536_000, 2879, 2880],
    ['after 80 % when the server writes the number as text', '300', 239, 240],
  ])('is renewed %s', async (_when, expires_in, stillSeconds, renewSeconds) => {
    const clock = movableClock();
    const { client, hospital } = await start({ token: answer({ expires_in }) }, { clock: clock.now });
    await client.accessToken();
    clock.advance(stillSeconds);
    if (stillSeconds < renewSeconds) await client.accessToken();
    expect(hospital.tokenRequests).toHaveLength(1);
    clock.advance(renewSeconds - stillSeconds);
    await client.accessToken();
    expect(hospital.tokenRequests).toHaveLength(2);
  });

  test('that the FHIR server refused is not used again', async () => {
    const { client } = await start();
    await client.accessToken();
    client.refused('token-1');
    expect(await client.accessToken()).toMatchObject({ token: 'token-2' });
  });

  test('stays when an older one is refused late', async () => {
    const { client } = await start();
    await client.accessToken();
    client.refused('token-1');
    await client.accessToken();
    client.refused('token-1');
    expect(await client.accessToken()).toMatchObject({ token: 'token-2' });
  });
});

describe('the Authorization header', () => {
  test('is given for an address under the FHIR base', async () => {
    const { client, hospital } = await start();
    expect(await client.authorizationFor(`${hospital.fhirBaseUrl}/Device?_tag=a`)).toEqual({
      authorization: 'Bearer token-1',
      token: 'token-1',
      scopes: parseScopes('system/Device.crus').scopes,
    });
  });

  test.each([
    ['another host', (_base: string) => 'https://evil.test/fhir/Device'],
    ['the authorization server', (_base: string, tokenEndpoint: string) => tokenEndpoint],
    ['a path that only begins alike', (base: string) => `${base}evil/Device`],
    ['a path that climbs out', (base: string) => `${base}/../admin`],
    ['no absolute address', () => '/fhir/Device'],
  ])('is a programming error for %s, and no token is asked for', async (_what, address) => {
    const { client, hospital } = await start();
    const url = address(hospital.fhirBaseUrl, hospital.tokenEndpoint);
    await expect(client.authorizationFor(url)).rejects.toThrow(/outside the FHIR base/);
    expect(hospital.tokenRequests).toEqual([]);
  });

  test('is not given when there is no token', async () => {
    const { client, hospital } = await start({ token: (_n, response) => response.sendStatus(401) });
    expect(await client.authorizationFor(hospital.fhirBaseUrl)).toEqual(problem('destination-unauthorized', /401/));
  });
});

describe('a refusal', () => {
  test.each([
    [400, 'invalid_client', 'destination-unauthorized'],
    [401, 'invalid_client', 'destination-unauthorized'],
    [400, 'invalid_scope', 'destination-unauthorized'],
    [403, 'unauthorized_client', 'destination-unauthorized'],
    [500, 'invalid_request', 'destination-unavailable'],
  ])('with status %s and %s is %s, and says nothing else of what the server wrote', async (status, error, code) => {
    const { client, hospital } = await start({
      token: (_n, response) =>
        response
          .status(status)
          .json({ error, error_description: `canary ${hospital.tokenRequests[0]?.client_assertion}` }),
    });
    const result = await client.accessToken();
    expect(result).toEqual(
      problem(code, new RegExp(`^The token request was answered with status ${status} \\(${error}\\)\\.$`)),
    );
  });

  test('with an error code that OAuth does not know keeps it out of the message', async () => {
    const { client } = await start({ token: (_n, response) => response.status(400).json({ error: 'canary' }) });
    expect(await client.accessToken()).toEqual(problem('destination-unauthorized', /status 400\.$/));
  });

  test('makes the client read the configuration again, for the token endpoint may have moved', async () => {
    const { client, hospital } = await start({ token: (_n, response) => response.status(404).end() });
    await client.accessToken();
    await client.accessToken();
    expect(hospital.configurationRequests()).toBe(2);
  });

  test.each([
    ['no bearer token', { token_type: 'mac' }],
    ['no token', { access_token: undefined }],
    ['a token that would break the header', { access_token: 'a\r\nb: c' }],
  ])('is also an answer that holds %s', async (_what, members) => {
    const { client } = await start({ token: answer(members) });
    expect(await client.accessToken()).toEqual(problem('destination-unauthorized', /no bearer token/));
  });

  test.each([
    ['another origin', 'https://elsewhere.test/token'],
    ['the same origin', '/token'],
  ])('is also a redirect to %s: the assertion is not sent on', async (_where, target) => {
    const asked: string[] = [];
    const recording: typeof fetch = (input, init) => {
      asked.push(String(input));
      return fetch(input, init);
    };
    const { client, hospital } = await start(
      { token: (_n, response) => response.redirect(307, target) },
      { fetch: recording },
    );
    expect(await client.accessToken()).toEqual(problem('destination-unauthorized', /status 307/));
    expect(hospital.tokenRequests).toHaveLength(1);
    expect(asked).toEqual([`${hospital.fhirBaseUrl}/.well-known/smart-configuration`, hospital.tokenEndpoint]);
  });
});

describe('a server that is busy', () => {
  test('is not asked again before the time that it stated', async () => {
    const clock = movableClock();
    const busyOnce = (n: number, response: express.Response) =>
      n === 1 ? response.set('Retry-After', '30').sendStatus(503) : grantToken(n, response);
    const { client, hospital } = await start({ token: busyOnce }, { clock: clock.now });
    expect(await client.accessToken()).toEqual({
      ...problem('destination-unavailable', /503/),
      retryAfterMs: 30_000,
    });
    clock.advance(29);
    expect(await client.accessToken()).toEqual({ ...problem('destination-unavailable', /503/), retryAfterMs: 1000 });
    expect(hospital.tokenRequests).toHaveLength(1);
    clock.advance(1);
    expect(await client.accessToken()).toMatchObject({ token: 'token-2' });
  });

  test('without a stated time is asked again at the next call', async () => {
    const { client, hospital } = await start({
      token: (n, response) => (n === 1 ? response.sendStatus(429) : grantToken(n, response)),
    });
    expect(await client.accessToken()).toEqual(problem('destination-unavailable', /429/));
    expect(await client.accessToken()).toMatchObject({ token: 'token-2' });
    expect(hospital.configurationRequests()).toBe(1);
  });

  test('and silent: the time limit holds', async () => {
    const { client } = await start({ token: () => undefined }, { requestTimeoutMs: 100 });
    expect(await client.accessToken()).toEqual(problem('destination-unavailable', /time limit/));
  });

  test('and answers a page of its proxy', async () => {
    const { client } = await start({ token: (_n, response) => response.send('<html>') });
    expect(await client.accessToken()).toEqual(problem('destination-unavailable', /not JSON/));
  });
});

test('the SMART configuration is read again after an hour', async () => {
  const clock = movableClock();
  const { client, hospital } = await start({}, { clock: clock.now });
  await client.accessToken();
  clock.advance(3599);
  await client.accessToken();
  expect(hospital.configurationRequests()).toBe(1);
  clock.advance(301);
  await client.accessToken();
  expect(hospital.configurationRequests()).toBe(2);
});

test('a client for a base that is neither https nor loopback cannot be made', () => {
  const options = { clientId: 'c', keys: fixedKeys(keys), scopes: [], requestTimeoutMs: 1000 };
  expect(() => backendServicesClient({ ...options, fhirBaseUrl: 'http://fhir.hospital.test' })).toThrow(/not https/);
});

async function start(answers: HospitalAnswers = {}, options: Partial<BackendClientOptions> = {}) {
  const hospital: Hospital = await startHospital(answers);
  closers.push(hospital.close);
  const client = backendServicesClient({
    fhirBaseUrl: hospital.fhirBaseUrl,
    clientId: 'itb-client',
    keys: fixedKeys(keys),
    scopes: ['system/Device.crus', 'system/Observation.crus'],
    requestTimeoutMs: 5000,
    ...options,
  });
  return { client, hospital };
}

async function serveOurJwks(): Promise<string> {
  const server = await listen(express().use(jwksRouter(fixedKeys(keys))));
  closers.push(server.close);
  return `${server.url}/.well-known/jwks.json`;
}

const answer =
  (members: object) =>
  (n: number, response: express.Response): unknown =>
    response.json({ access_token: `token-${n}`, token_type: 'Bearer', expires_in: 300, ...members });

function movableClock() {
  let now = Temporal.Instant.from('2024-06-25T10:00:00Z');
  return {
    now: () => now,
    advance: (seconds: number) => {
      now = now.add({ seconds });
    },
  };
}

const problem = (code: string, message: RegExp) => ({
  problem: expect.objectContaining({ code, message: expect.stringMatching(message) }),
});
