import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { backendServicesClient } from '../../src/auth/backend-client.ts';
import { failed } from '../../src/auth/failure.ts';
import { jwksPath, jwksRouter } from '../../src/auth/jwks-route.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys, type SigningAlg, type SigningKey } from '../../src/auth/keys.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { listen } from './local-server.ts';
import { checkTrusting } from './trusted.ts';

const closers: Array<() => Promise<void>> = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('a hospital that is as strict as SMART', () => {
  test.each<SigningAlg>(['RS384', 'ES384'])(
    'takes our %s assertion, fetches our JWKS, and lets our token in',
    async (alg) => {
      const keys = await newKeys(alg);
      const sandbox = await hospitalThatKnows(keys, ['system/Device.crus']);
      const client = clientOf(sandbox, keys, ['system/Device.crus', 'system/Observation.crus']);
      const access = await client.authorizationFor(`${sandbox.baseUrl}/Device`);
      if (failed(access)) throw new Error(access.problem.message);
      expect(access.scopes).toEqual(parseScopes('system/Device.crus').scopes);
      const statusOf = async (type: string) =>
        (await fetch(`${sandbox.baseUrl}/${type}`, { headers: { authorization: access.authorization } })).status;
      expect([await statusOf('Device'), await statusOf('Observation')]).toEqual([200, 403]);
    },
  );

  test('refuses a key that it does not know, and we say so', async () => {
    const sandbox = await hospitalThatKnows(await newKeys('ES384'), ['system/Device.crus']);
    const stranger = clientOf(sandbox, await newKeys('ES384'), ['system/Device.crus']);
    expect(await stranger.accessToken()).toMatchObject({ problem: { code: 'destination-unauthorized' } });
  });

  test('refuses scopes that were never agreed, and we say which error it was', async () => {
    const keys = await newKeys('ES384');
    const sandbox = await hospitalThatKnows(keys, ['system/Device.r']);
    expect(await clientOf(sandbox, keys, ['system/Patient.r']).accessToken()).toMatchObject({
      problem: {
        code: 'destination-unauthorized',
        message: 'The token request was answered with status 400 (invalid_scope).',
      },
    });
  });
});

test('the token that a hospital gives its EHR app is taken by our own check', async () => {
  const sandbox = await hospitalThatKnows(await newKeys('ES384'), []);
  const audience = 'https://itb.hospital.test/fhir';
  const { issuer, jwksUri } = sandbox;
  const check = checkTrusting([{ issuer, jwksUri, audience }]);
  const tokenFor = (aud: string) =>
    sandbox.issueUserToken({ scope: 'patient/Device.rs', patient: 'p-1', audience: aud });
  expect(await check(`Bearer ${await tokenFor(audience)}`)).toMatchObject({
    tenant: 'north',
    patient: 'p-1',
    scopes: parseScopes('patient/Device.rs').scopes,
  });
  expect(await check(`Bearer ${await tokenFor('https://other.test')}`)).toMatchObject({ reason: 'audience-wrong' });
});

const newKeys = async (alg: SigningAlg) => loadSigningKeys({ keys: [await generateSigningKey(alg)] });

async function hospitalThatKnows(keys: readonly SigningKey[], scopes: string[]): Promise<Sandbox> {
  const ours = await listen(express().use(jwksRouter(fixedKeys(keys))));
  const sandbox = await startSandbox({ clients: [{ clientId: 'itb', jwksUri: ours.url + jwksPath, scopes }] });
  closers.push(ours.close, sandbox.close);
  return sandbox;
}

const clientOf = ({ baseUrl }: Sandbox, keys: readonly SigningKey[], scopes: string[]) =>
  backendServicesClient({
    fhirBaseUrl: baseUrl,
    clientId: 'itb',
    keys: fixedKeys(keys),
    scopes,
    requestTimeoutMs: 5000,
  });
