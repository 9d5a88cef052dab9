import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { launchApp } from './launch-app.ts';
import { type SmartServer, startSmartServer } from './smart-server.ts';

const redirectUri = 'http://127.0.0.1:9/app/';
const [jwtBase, opaqueBase] = ['http://127.0.0.1:9/jwt/fhir', 'http://127.0.0.1:9/opaque/fhir'];
const app = { clientId: 'page', redirectUri };

let sandbox: Sandbox;
let smart: SmartServer;

beforeAll(async () => {
  sandbox = await startSandbox({
    clients: [],
    patients: [
      { resourceType: 'Patient', id: 'p1' },
      { resourceType: 'Patient', id: 'p2' },
    ],
  });
  smart = await startSmartServer({
    apps: [{ clientId: 'page', redirectUris: [redirectUri] }],
    tokensFor: { [jwtBase]: 'jwt', [opaqueBase]: 'opaque' },
    ehr: sandbox,
  });
});
afterAll(async () => {
  await smart.close();
  await sandbox.close();
});

const basic = (client: { clientId: string; clientSecret: string }) => ({
  authorization: `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}`,
});

async function introspect(token: string) {
  const { url, ...client } = smart.introspection;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ token }), headers: basic(client) });
  return (await response.json()) as object;
}

describe('a SMART server that is not ours', () => {
  it('launches from the EHR with the open record, each time with its own', async () => {
    const scope = 'launch openid fhirUser patient/Device.rs patient/Observation.rs?category=laboratory';
    const answers = [];
    for (const patient of ['p1', 'p2']) {
      const launch = smart.launch({ patient, needPatientBanner: patient === 'p1' });
      answers.push(await launchApp({ ...app, discoverAt: smart.fhirBaseUrl, aud: jwtBase, scope, launch }));
    }
    expect(
      answers.map(({ patient, need_patient_banner, scope: given, expires_in }) => [
        patient,
        need_patient_banner,
        given,
        expires_in,
      ]),
    ).toEqual([
      ['p1', true, scope, 300],
      ['p2', false, scope, 300],
    ]);
  });

  it('signs access tokens and id tokens with keys that it publishes', async () => {
    const launch = smart.launch({ patient: 'p1' });
    const scope = 'launch openid fhirUser patient/*.rs';
    const tokens = await launchApp({ ...app, discoverAt: smart.fhirBaseUrl, aud: jwtBase, scope, launch });
    const keys = createRemoteJWKSet(new URL(smart.jwksUri));
    const access = await jwtVerify(tokens.access_token, keys, { issuer: smart.issuer, audience: jwtBase });
    expect(access.payload).toMatchObject({ sub: 'ehr-user', client_id: 'page', patient: 'p1', scope });
    expect(access.protectedHeader).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
    const id = await jwtVerify(tokens.id_token ?? '', keys, { issuer: smart.issuer, audience: 'page' });
    expect(id.payload).toMatchObject({ sub: 'ehr-user', fhirUser: `${smart.fhirBaseUrl}/Practitioner/ehr-user` });
  });

  it('issues opaque tokens that it describes to a resource server alone', async () => {
    const launch = smart.launch({ patient: 'p1' });
    const scope = 'launch patient/Device.rs';
    const { access_token: token } = await launchApp({
      ...app,
      discoverAt: smart.fhirBaseUrl,
      aud: opaqueBase,
      scope,
      launch,
    });
    expect(() => decodeJwt(token)).toThrow();
    expect(await introspect(token)).toMatchObject({
      ...{ active: true, scope, client_id: 'page', patient: 'p1', aud: opaqueBase, sub: 'ehr-user', iss: smart.issuer },
    });
    expect(await introspect('invented')).toEqual({ active: false });
  });

  it('asks for a patient in a standalone launch', async () => {
    const scope = 'launch/patient patient/Device.rs';
    const launched = { ...app, discoverAt: smart.fhirBaseUrl, scope };
    expect((await launchApp({ ...launched, choose: 'p2' })).patient).toBe('p2');
    await expect(launchApp(launched)).rejects.toThrow('Choose a patient');
  });

  it('refuses a launch that nobody opened, and tokens for a server that it does not know', async () => {
    const launched = { ...app, discoverAt: smart.fhirBaseUrl, scope: 'launch patient/*.rs' };
    await expect(launchApp({ ...launched, launch: 'invented' })).rejects.toThrow('access_denied');
    const aud = 'https://elsewhere.example/fhir';
    await expect(launchApp({ ...launched, launch: smart.launch({ patient: 'p1' }), aud })).rejects.toThrow(
      'invalid_target',
    );
  });

  it('serves the record of the EHR behind it to its tokens, of the patient in context alone', async () => {
    const launch = smart.launch({ patient: 'p1' });
    const scope = 'launch patient/Patient.rs';
    const { access_token } = await launchApp({ ...app, discoverAt: smart.fhirBaseUrl, scope, launch });
    const get = async (path: string, token: string) => {
      const response = await fetch(smart.fhirBaseUrl + path, { headers: { authorization: `Bearer ${token}` } });
      return {
        status: response.status,
        body: (await response.json()) as { id?: string; entry?: { fullUrl: string }[] },
      };
    };
    expect((await get('/Patient/p1', access_token)).body.id).toBe('p1');
    expect((await get('/Patient', access_token)).body.entry?.map(({ fullUrl }) => fullUrl)).toEqual([
      `${smart.fhirBaseUrl}/Patient/p1`,
    ]);
    expect([(await get('/Patient/p2', access_token)).status, (await get('/Patient/p1', 'invented')).status]).toEqual([
      404, 401,
    ]);
  });

  it('gives a back end a token for a FHIR server', async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/Device.rs',
      resource: jwtBase,
    });
    const response = await fetch(smart.tokenUrl, { method: 'POST', body, headers: basic(smart.backEnd) });
    const { access_token = '' } = (await response.json()) as { access_token?: string };
    expect(decodeJwt(access_token)).toMatchObject({ aud: jwtBase, scope: 'system/Device.rs', client_id: 'back-end' });
  });
});
