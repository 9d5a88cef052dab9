import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensure, type Hospital, noonMs, observation, patient, startHospital, transaction } from './hospital.ts';

let nowMs = noonMs;
let hospital: Hospital;

beforeAll(async () => {
  hospital = await startHospital({ clock: () => nowMs });
});
afterAll(() => hospital.close());

describe('without a valid token', () => {
  const challenged = (error: string) => expect.stringContaining(error);

  test('a request is answered 401 with a challenge and an OperationOutcome', async () => {
    const { status, headers, body } = await hospital.fhir('GET', '/Patient/p1', { token: '' });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="itb-fhir-sandbox"']);
    expect(body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
  });

  test('a forged token is refused', async () => {
    const { status, headers } = await hospital.fhir('GET', '/Patient/p1', { token: 'e30.e30.e30' });
    expect([status, headers.get('www-authenticate')]).toEqual([401, challenged('error="invalid_token"')]);
  });

  test('a token for EHR apps is refused: it is not one of this server for this server', async () => {
    const audience = hospital.sandbox.baseUrl;
    const token = await hospital.sandbox.issueUserToken({ scope: 'system/*.cruds', audience });
    expect((await hospital.fhir('GET', '/Patient/p1', { token })).status).toBe(401);
  });

  test('a token works until it expires', async () => {
    const token = await hospital.bearer();
    nowMs += 299_000;
    expect((await hospital.fhir('GET', '/Patient/p1', { token })).status).toBe(200);
    nowMs += 2_000;
    const { status, headers } = await hospital.fhir('GET', '/Patient/p1', { token });
    expect([status, headers.get('www-authenticate')]).toEqual([401, challenged('The token has expired')]);
    nowMs -= 301_000;
  });

  test('a token of another sandbox is refused', async () => {
    const other = await startHospital({ clock: () => nowMs });
    expect((await hospital.fhir('GET', '/Patient/p1', { token: await other.bearer() })).status).toBe(401);
    await other.close();
  });

  test('metadata, smart-configuration and keys are open', async () => {
    const { baseUrl, jwksUri } = hospital.sandbox;
    const open = [`${baseUrl}/metadata`, `${baseUrl}/.well-known/smart-configuration`, jwksUri];
    const answers = await Promise.all(open.map((url) => hospital.fhir('GET', url, { token: '' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('scopes', () => {
  const stored = async () =>
    (await hospital.fhir('POST', '/Observation', { body: observation(crypto.randomUUID()) })).body;

  test.each([
    ['system/Observation.c', 'POST', 201],
    ['system/Observation.ruds', 'POST', 403],
    ['system/Observation.r', 'GET', 200],
    ['system/Observation.cuds', 'GET', 403],
    ['system/Observation.r', 'GET history', 200],
    ['system/Observation.s', 'GET history', 403],
    ['system/Observation.s', 'GET search', 200],
    ['system/Observation.crud', 'GET search', 403],
    ['system/Observation.s', 'POST search', 200],
    ['system/Observation.crud', 'POST search', 403],
    ['system/Observation.u', 'PUT', 200],
    ['system/Observation.crds', 'PUT', 403],
    ['system/Observation.d', 'DELETE', 200],
    ['system/Observation.crus', 'DELETE', 403],
    ['system/Observation.read', 'GET', 200],
    ['system/Observation.read', 'PUT', 403],
    ['system/Observation.write', 'PUT', 200],
    ['system/Observation.write', 'GET', 403],
    ['system/Device.cruds', 'GET', 403],
    ['system/*.*', 'DELETE', 200],
  ])('%s: %s is answered %i', async (scope, interaction, expected) => {
    const { id, ...resource } = await stored();
    const token = await hospital.bearer(scope);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const calls: Record<string, () => ReturnType<Hospital['fhir']>> = {
      POST: () => hospital.fhir('POST', '/Observation', { token, body: observation('n') }),
      GET: () => hospital.fhir('GET', `/Observation/${id}`, { token }),
      'GET history': () => hospital.fhir('GET', `/Observation/${id}/_history/1`, { token }),
      'GET search': () => hospital.fhir('GET', `/Observation?_id=${id}`, { token }),
      'POST search': () => hospital.fhir('POST', '/Observation/_search', { token, body: `_id=${id}`, headers: form }),
      PUT: () => hospital.fhir('PUT', `/Observation/${id}`, { token, body: { ...resource, id } }),
      DELETE: () => hospital.fhir('DELETE', `/Observation/${id}`, { token }),
    };
    const { status, body } = (await calls[interaction]?.()) ?? {};
    expect(status).toBe(expected);
    if (expected === 403)
      expect(body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'forbidden' }] });
  });

  test('are checked for each entry: a transaction with one entry outside them changes nothing', async () => {
    const token = await hospital.bearer('system/Observation.cs');
    const device = {
      resource: { resourceType: 'Device' as const },
      request: { method: 'POST' as const, url: 'Device' },
    };
    const body = transaction(ensure(observation('whole')), device);
    expect((await hospital.fhir('POST', '', { token, body })).status).toBe(403);
    expect(hospital.sandbox.resources('Observation').filter(isNamed('whole'))).toEqual([]);
  });

  test('are checked for each entry: a batch answers 403 in the entry outside them', async () => {
    const token = await hospital.bearer('system/Observation.cs');
    const device = {
      resource: { resourceType: 'Device' as const },
      request: { method: 'POST' as const, url: 'Device' },
    };
    const body = { ...transaction(ensure(observation('batched')), device), type: 'batch' };
    const answer = await hospital.fhir('POST', '', { token, body });
    const statuses = answer.body.entry.map((entry: { response: { status: string } }) => entry.response.status);
    expect([answer.status, statuses]).toEqual([200, ['201 Created', '403 Forbidden']]);
  });

  test('a conditional create needs the permission to search too: its answer tells what exists', async () => {
    const token = await hospital.bearer('system/Observation.c');
    const body = transaction(ensure(observation('c-only')));
    expect((await hospital.fhir('POST', '', { token, body })).status).toBe(403);
  });
});

describe('patients', () => {
  test('are never created, changed or deleted by a client, whatever its scopes', async () => {
    const put = { ...patient, active: true };
    const calls = [
      await hospital.fhir('POST', '/Patient', { body: { resourceType: 'Patient' } }),
      await hospital.fhir('PUT', '/Patient/p1', { body: put }),
      await hospital.fhir('DELETE', '/Patient/p1'),
      await hospital.fhir('POST', '', {
        body: transaction({ resource: put, request: { method: 'PUT', url: 'Patient/p1' } }),
      }),
    ];
    expect(calls.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(hospital.sandbox.history('Patient', 'p1')).toHaveLength(1);
  });

  test('are registered by the hospital', async () => {
    await hospital.sandbox.addPatients([{ resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: 'M2' }] }]);
    const { body } = await hospital.fhir('GET', '/Patient?identifier=urn:mrn%7CM2');
    expect(body.total).toBe(1);
  });
});

const isNamed = (value: string) => (resource: object) => JSON.stringify(resource).includes(`"${value}"`);
