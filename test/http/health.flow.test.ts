import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/auth/keys.ts';
import { startTestService, type TestService } from './test-service.ts';

let folder: string;
let service: TestService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'itb-fhir-keys-'));
  const signingKeysFile = join(folder, 'keys.json');
  const keys = [await generateSigningKey('ES384'), await generateSigningKey('RS384')];
  await writeFile(signingKeysFile, JSON.stringify({ keys }), { mode: 0o600 });
  const destination = {
    ...{ environment: 'test' as const, fhirBaseUrl: 'http://127.0.0.1:9/fhir', clientId: 'adapter', signingKeysFile },
    patientIdentifierSystems: { 'urn:mrn': 'urn:mrn' },
  };
  const destinations = ['one', 'two'].map((name) => ({ ...destination, name }));
  service = await startTestService({ destinations });
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

test('the process is alive and ready', async () => {
  const answers = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(service.url + path)));
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([{ status: 'ok' }, { status: 'ready' }]);
});

test('when the store is gone it is alive, not ready, and keeps nothing', async () => {
  const own = await startTestService();
  await own.app.store.close();
  const [alive, ready, intake] = [
    await fetch(`${own.url}/healthz`),
    await fetch(`${own.url}/readyz`),
    await own.post({ type: 'refill' }),
  ];
  await own.close();
  expect([alive.status, ready.status, intake.status]).toEqual([200, 503, 500]);
  expect(ready.headers.get('retry-after')).toBe('10');
  expect(await ready.json()).toEqual({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'transient', diagnostics: 'the store does not answer' }],
  });
  expect(intake.body.issue).toEqual([{ severity: 'fatal', code: 'exception', diagnostics: 'internal error' }]);
});

test('the JWKS shows the public members of each key once, and for how long it may be kept', async () => {
  const response = await fetch(`${service.url}/.well-known/jwks.json`);
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ['alg', 'e', 'kid', 'kty', 'n', 'use'],
  ]);
});

describe('what is not there', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/events'],
    ['DELETE', '/healthz'],
  ])('%s %s is 404 with an OperationOutcome', async (method, path) => {
    const response = await fetch(service.url + path, { method });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      404,
      'application/fhir+json; charset=utf-8',
    ]);
    expect(await response.json()).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'not-found', diagnostics: 'no such resource here' }],
    });
  });

  test('a broken escape in the address is a bad request, not an error of ours', async () => {
    const response = await fetch(`${service.url}/status/%E0%A4%A`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ issue: [{ diagnostics: 'the request cannot be read' }] });
  });

  test.each([
    ...['/status/%00', '/board/patients/%00', '/fhir/Patient/%00', '/nowhere/%00', '/status/x%1fy', '/status/%7F'],
    ...['/board?name=%00', '/status?at=%00'],
  ])('%s has a control character, and is refused without it', async (path) => {
    const response = await fetch(service.url + path);
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'structure', diagnostics: 'the request cannot be read' }],
      },
    ]);
  });

  test.each(['/status/%20', '/status/%2500', '/status/~', '/status/x?at=%0A'])('%s has none', async (path) => {
    expect((await fetch(service.url + path)).status).not.toBe(400);
  });
});
