import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denied } from '../../src/auth/bearer.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { mrnSystem } from '../http/sample-events.ts';
import { launchApp } from '../smart-server/launch-app.ts';
import { type SmartServer, startSmartServer } from '../smart-server/smart-server.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';

/** An authorization server that nobody here wrote: what we believe of it, it says itself. */
const redirectUri = 'http://127.0.0.1:9/app/';
const [jwtBase, opaqueBase] = ['http://127.0.0.1:9/jwt/fhir', 'http://127.0.0.1:9/opaque/fhir'];
const scope = 'launch openid fhirUser patient/Device.rs patient/Observation.rs?category=survey';

let sandbox: Sandbox;
let smart: SmartServer;
let site: AccessSite;
let ours: string;

beforeAll(async () => {
  sandbox = await startSandbox({ clients: [], patients: [{ resourceType: 'Patient', id: 'p1' }] });
  smart = await startSmartServer({
    apps: [{ clientId: 'page', redirectUris: [redirectUri] }],
    tokensFor: { [jwtBase]: 'jwt', [opaqueBase]: 'opaque' },
    ehr: sandbox,
  });
  const key = await newKey();
  site = await startAccessSite({
    file: ({ keyFile, secretFile }) => {
      const signingKeysFile = keyFile('keys.json', key);
      const { clientId, clientSecret } = smart.introspection;
      const introspection = { clientId, clientSecretFile: secretFile('secret.txt', clientSecret) };
      const exchange = { clientIds: ['page'], fhirBaseUrl: smart.fhirBaseUrl };
      return {
        tokens: { signingKeysFile },
        destinations: [
          {
            ...{ name: 'ehr', environment: 'live', fhirBaseUrl: smart.fhirBaseUrl, clientId: 'itb', signingKeysFile },
            patientIdentifierSystems: { [mrnSystem]: mrnSystem },
          },
        ],
        issuers: [
          {
            ...{ issuer: smart.issuer, discover: true, audience: [jwtBase, opaqueBase], patientIdsOf: 'ehr' },
            ...{ introspection, exchange },
          },
        ],
      };
    },
  });
  ours = await site.patient('MRN0001', 'p1');
});
afterAll(async () => {
  await site.close();
  await smart.close();
  await sandbox.close();
});

describe('a launch at a SMART server that is not ours', () => {
  test.each([
    ['signed', jwtBase],
    ['opaque', opaqueBase],
  ])('gives a %s token that opens its patient here', async (_what, aud) => {
    const { access_token } = await launched(aud);
    expect(await site.access.check(`Bearer ${access_token}`, 'default')).toMatchObject({
      ...{ issuer: smart.issuer, clientId: 'page', subject: 'ehr-user', patient: ours, patientThere: 'p1' },
      scopes: parseScopes(scope).scopes,
    });
  });

  test('gives a token for the hospital itself, which opens nothing here', async () => {
    const { access_token } = await launched(smart.fhirBaseUrl);
    expect(await site.access.check(`Bearer ${access_token}`, 'default')).toMatchObject({ reason: 'audience-wrong' });
  });

  test('gives no id_token that opens anything', async () => {
    const { id_token } = await launched(jwtBase);
    expect(await site.access.check(`Bearer ${id_token}`, 'default')).toMatchObject({ status: 401 });
  });

  test('is exchanged for a token of ours, which the page may use in place of the hospital’s', async () => {
    const { id_token = '', access_token } = await launched(smart.fhirBaseUrl, `${scope} patient/Patient.r`);
    const answer = await exchanged(id_token, access_token);
    expect([answer.status, answer.body.patient]).toEqual([200, 'p1']);
    const principal = await site.access.check(`Bearer ${answer.body.access_token}`, 'default');
    expect(denied(principal)).toBe(false);
    expect(principal).toMatchObject({ patient: ours, patientThere: 'p1', clientId: 'page', environment: 'live' });
    expect(decodeJwt(String(answer.body.access_token)).sub).not.toBe('ehr-user');
  });

  test('is not exchanged where its token may not read the Patient, which is the proof', async () => {
    const { id_token = '', access_token } = await launched(smart.fhirBaseUrl);
    expect((await exchanged(id_token, access_token)).status).toBe(400);
  });

  test('is not exchanged with the token of another server in place of the hospital’s', async () => {
    const { id_token = '', access_token } = await launched(jwtBase);
    expect((await exchanged(id_token, access_token)).status).toBe(400);
  });
});

test('a token that nobody issued is told apart by asking', async () => {
  expect(await site.access.check('Bearer invented', 'default')).toMatchObject({ status: 401, reason: 'inactive' });
});

const launched = (aud: string, asked = scope) =>
  launchApp({
    ...{ clientId: 'page', redirectUri, discoverAt: smart.fhirBaseUrl, aud, scope: asked },
    launch: smart.launch({ patient: 'p1' }),
  });

const exchanged = (id_token: string, ehr_access_token: string) =>
  site.post('/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: id_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ...{ patient: 'p1', ehr_access_token },
  });
