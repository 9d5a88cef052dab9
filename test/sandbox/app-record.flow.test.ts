import type { Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noonMs, observation, startHospital } from './hospital.ts';
import { type Launching, startLaunching } from './launching.ts';

let app: Launching;

beforeAll(async () => {
  app = await startLaunching();
});
afterAll(() => app.close());

describe('the token of an app', () => {
  const stored: Record<string, string> = {};
  beforeAll(async () => {
    const create = async (resource: object & { resourceType: string }) => {
      const { body } = await app.hospital.fhir('POST', `/${resource.resourceType}`, { body: resource });
      return String(body.id);
    };
    for (const id of ['p1', 'p2']) {
      const subject = { reference: `Patient/${id}` };
      stored[`Observation ${id}`] = await create(observation(`of ${id}`, { subject }));
      stored[`Device ${id}`] = await create({ resourceType: 'Device', patient: subject } as never);
      const medication = await create({ resourceType: 'Medication', code: { text: `fill of ${id}` } } as never);
      stored[`Medication ${id}`] = medication;
      await create({
        resourceType: 'MedicationAdministration',
        status: 'in-progress',
        medicationReference: { reference: `Medication/${medication}` },
        subject,
        effectivePeriod: { start: '2026-03-01' },
      } as never);
      stored[`Provenance ${id}`] = await create({
        resourceType: 'Provenance',
        target: [{ reference: `Observation/${stored[`Observation ${id}`]}` }],
        recorded: '2026-03-01T10:00:00Z',
        agent: [{ who: { display: 'nurse' } }],
      } as never);
    }
  });

  test.each(['Observation', 'Device', 'Medication', 'Provenance'])(
    'reads the %s of its patient alone',
    async (type) => {
      const token = await app.tokenFor('launch patient/*.rs');
      const read = async (path: string) => {
        const { status, body } = await app.hospital.fhir('GET', path, { token });
        return { status, text: JSON.stringify(body) };
      };
      expect((await read(`/${type}/${stored[`${type} p1`]}`)).status).toBe(200);
      const foreign = await read(`/${type}/${stored[`${type} p2`]}`);
      expect(foreign).toEqual(await read(`/${type}/never-there`));
      expect(foreign.status).toBe(404);
      expect((await read(`/${type}/${stored[`${type} p2`]}/_history`)).status).toBe(404);
      expect((await read(`/${type}/${stored[`${type} p2`]}/_history/1`)).status).toBe(404);
      const found = (await app.hospital.fhir('GET', `/${type}`, { token })).body as Bundle;
      expect([found.total, found.entry?.map(({ resource }) => resource?.id)]).toEqual([1, [stored[`${type} p1`]]]);
    },
  );

  test('reads its Patient and no other', async () => {
    const token = await app.tokenFor('launch patient/Patient.rs', 'p2');
    const statuses = await Promise.all(
      ['/Patient/p2', '/Patient/p1'].map(async (path) => (await app.hospital.fhir('GET', path, { token })).status),
    );
    expect(statuses).toEqual([200, 404]);
    expect((await app.hospital.fhir('GET', '/Patient', { token })).body.total).toBe(1);
  });

  test('does not tell that a resource of another patient was deleted', async () => {
    const { body } = await app.hospital.fhir('POST', '/Observation', {
      body: observation('gone', { subject: { reference: 'Patient/p2' } }),
    });
    await app.hospital.fhir('DELETE', `/Observation/${body.id}`);
    const token = await app.tokenFor('launch patient/*.rs');
    expect((await app.hospital.fhir('GET', `/Observation/${body.id}`, { token })).status).toBe(404);
    expect((await app.hospital.fhir('GET', `/Observation/${body.id}`)).status).toBe(410);
  });

  test('covers only the types and letters of its scopes', async () => {
    const token = await app.tokenFor('launch patient/Device.s');
    const statuses = [
      (await app.hospital.fhir('GET', '/Device', { token })).status,
      (await app.hospital.fhir('GET', `/Device/${stored['Device p1']}`, { token })).status,
      (await app.hospital.fhir('GET', '/Observation', { token })).status,
      (await app.hospital.fhir('POST', '/Device', { token, body: { resourceType: 'Device' } })).status,
    ];
    expect(statuses).toEqual([200, 403, 403, 403]);
  });
});

describe('introspection', () => {
  const introspect = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const url = `${app.sandbox.issuer}/auth/introspect`;
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
    return { status: response.status, body: (await response.json()) as object };
  };

  test('tells a registered client, and a bearer, what an app was given', async () => {
    const token = await app.tokenFor('launch patient/Device.rs');
    const expected = {
      ...{ active: true, scope: 'launch patient/Device.rs', client_id: 'page', sub: 'sandbox-user' },
      ...{
        iss: app.sandbox.issuer,
        aud: app.sandbox.baseUrl,
        iat: noonMs / 1000,
        exp: noonMs / 1000 + 300,
        patient: 'p1',
      },
    };
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const proven = { client_assertion_type, client_assertion: await app.hospital.assertion() };
    expect(await introspect({ token, ...proven })).toEqual({ status: 200, body: expected });
    const authorization = `Bearer ${await app.hospital.bearer()}`;
    expect(await introspect({ token }, { authorization })).toEqual({ status: 200, body: expected });
  });

  test('says of any other token only that it is not active', async () => {
    const authorization = `Bearer ${await app.hospital.bearer()}`;
    const idToken = (await app.redeem()).body.id_token ?? '';
    for (const token of ['invented', '', idToken]) {
      expect(await introspect({ token }, { authorization })).toEqual({ status: 200, body: { active: false } });
    }
  });

  test('tells nothing to a stranger', async () => {
    const token = await app.tokenFor('launch patient/Device.rs');
    expect((await introspect({ token })).status).toBe(401);
    expect((await introspect({ token }, { authorization: 'Bearer invented' })).status).toBe(401);
  });
});

describe('discovery', () => {
  const get = async (url: string) => {
    const response = await fetch(url, { headers: { origin: 'https://app.example' } });
    return { origin: response.headers.get('access-control-allow-origin'), body: (await response.json()) as object };
  };

  test('smart-configuration says what apps need, to pages of any origin', async () => {
    const { origin: allowed, body } = await get(`${app.sandbox.baseUrl}/.well-known/smart-configuration`);
    expect(allowed).toBe('*');
    expect(body).toMatchObject({
      issuer: app.sandbox.issuer,
      authorization_endpoint: `${app.sandbox.issuer}/auth/authorize`,
      token_endpoint: app.sandbox.tokenUrl,
      introspection_endpoint: `${app.sandbox.issuer}/auth/introspect`,
      grant_types_supported: ['client_credentials', 'authorization_code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
      capabilities: [
        ...['client-confidential-asymmetric', 'permission-v2', 'permission-v1', 'launch-ehr', 'launch-standalone'],
        ...['authorize-post', 'client-public', 'sso-openid-connect', 'context-banner', 'context-style'],
        ...['context-ehr-patient', 'context-standalone-patient', 'permission-patient'],
      ],
    });
  });

  test('openid-configuration agrees with it', async () => {
    const { origin: allowed, body } = await get(`${app.sandbox.issuer}/.well-known/openid-configuration`);
    expect(allowed).toBe('*');
    expect(body).toMatchObject({
      issuer: app.sandbox.issuer,
      authorization_endpoint: `${app.sandbox.issuer}/auth/authorize`,
      token_endpoint: app.sandbox.tokenUrl,
      jwks_uri: app.sandbox.jwksUri,
      id_token_signing_alg_values_supported: ['RS384'],
    });
  });

  test('the style has colours and lengths', async () => {
    const { body } = await get(`${app.sandbox.issuer}/style.json`);
    expect(body).toMatchObject({ color_background: '#fbfaf7', dim_border_radius: '4px' });
  });

  test('a browser may send a token to the FHIR API, and is not let into the pages for users', async () => {
    const headers = {
      origin: 'https://app.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const preflight = await fetch(`${app.sandbox.baseUrl}/Device`, { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'authorization']);
    const page = await fetch(app.sandbox.ehrUrl, { headers });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a hospital without apps offers no launch', async () => {
    const plain = await startHospital();
    const { body } = await get(`${plain.sandbox.baseUrl}/.well-known/smart-configuration`);
    expect(body).not.toHaveProperty('authorization_endpoint');
    expect((await fetch(plain.sandbox.ehrUrl)).status).toBe(404);
    const { body: refused } = await plain.requestToken({ grant_type: 'authorization_code' });
    expect(refused.error).toBe('unsupported_grant_type');
    await plain.close();
  });
});

describe('the page of the EHR', () => {
  test('lists the patients, and launches the app with the record that was open', async () => {
    const page = await (await fetch(app.sandbox.ehrUrl)).text();
    expect(page).toContain('<li>Example: <a href="/ehr/launch/page/p1">launch page</a></li>');
    const response = await fetch(`${app.sandbox.ehrUrl}/launch/page/p2`, { redirect: 'manual' });
    const url = new URL(response.headers.get('location') ?? '');
    expect([response.status, url.origin + url.pathname]).toEqual([303, 'http://127.0.0.1:9/app/launch']);
    expect(url.searchParams.get('iss')).toBe(app.sandbox.baseUrl);
    const launch = url.searchParams.get('launch') ?? '';
    expect((await app.redeem({ code: await app.codeFor({ launch }) })).body.patient).toBe('p2');
  });

  test.each(['page/p3', 'other/p1'])('knows no launch of %s', async (path) => {
    expect((await fetch(`${app.sandbox.ehrUrl}/launch/${path}`)).status).toBe(404);
  });
});
