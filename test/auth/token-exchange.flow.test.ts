import { decodeJwt, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { denied } from '../../src/auth/bearer.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { appClientId, exchangingWith, hashOf, type LaunchingEhr, startLaunchingEhr } from './launching-ehr.ts';
import { startTokenIssuer } from './token-issuer.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;
const idTokenType = 'urn:ietf:params:oauth:token-type:id_token';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

let ehr: LaunchingEhr;
let site: AccessSite;
let clock: Temporal.Instant;
let ours: string;

beforeEach(async () => {
  clock = now;
  ehr = await startLaunchingEhr(() => clock);
  await open({});
});

afterEach(async () => {
  await Promise.all([site.close(), ehr.close()]);
});

describe('an EHR launch in exchange', () => {
  test('is a token for the patient of the launch, whom it calls as the EHR does', async () => {
    const { status, body, headers } = await ask();
    const { access_token, ...rest } = body;
    expect([status, headers.get('cache-control'), rest]).toEqual([
      ...[200, 'no-store'],
      {
        ...{ issued_token_type: accessTokenType, token_type: 'bearer', expires_in: 300 },
        ...{ scope: 'patient/*.rs', patient: 'there-1' },
      },
    ]);
    const { jti, sub, ...claims } = decodeJwt(String(access_token));
    expect(claims).toEqual({
      ...{ iss: site.url, aud: `${site.url}/fhir`, client_id: appClientId, scope: 'patient/*.rs', environment: 'live' },
      ...{ patient: ours, patient_there: 'there-1', patient_ids_of: 'ehr' },
      ...{ iat: nowSeconds, exp: nowSeconds + 300 },
    });
    expect([typeof jti, sub]).toEqual(['string', expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)]);
    expect(await site.access.check(`Bearer ${access_token}`, 'default')).toEqual({
      ...{ issuer: site.url, tenant: 'default', subject: sub, clientId: appClientId, tokenId: jti },
      ...{ environment: 'live', userReach: 'patient', patient: ours, patientThere: 'there-1' },
      scopes: parseScopes('patient/*.rs').scopes,
    });
  });

  test('is proven by reading that Patient with the token of the EHR, which goes nowhere else', async () => {
    await ask();
    expect(ehr.asked).toEqual([{ path: '/fhir/Patient/there-1', authorization: `Bearer ${ehr.accessToken}` }]);
  });

  test('calls the same person the same, another one another, and nobody by name', async () => {
    const subjectOf = async (sub: string) =>
      decodeJwt(String((await ask({ subject_token: await ehr.idToken({ sub }) })).body.access_token)).sub;
    const [first, again, other] = [await subjectOf('a'), await subjectOf('a'), await subjectOf('b')];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('is written down before it is answered, so that the token leads back to the person', async () => {
    const { jti, sub } = decodeJwt(String((await ask()).body.access_token));
    const rows = await site.app.store.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'exchange-token')
      .execute();
    expect(rows.map(({ tenant, actor, outcome, detail }) => [tenant, actor, outcome, JSON.parse(detail)])).toEqual([
      [
        ...['default', 'clinician-1', 'done'],
        {
          ...{ issuer: ehr.issuer.issuer, clientId: appClientId, patient: ours, environment: 'live' },
          ...{ pseudonym: sub, tokenId: jti },
        },
      ],
    ]);
  });

  test('is written down when it is refused, without anything that was sent', async () => {
    await ask({ ehr_access_token: 'another' });
    const rows = await site.app.store.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'exchange-token')
      .execute();
    expect(rows.map(({ tenant, actor, outcome, detail }) => [tenant, actor, outcome, JSON.parse(detail)])).toEqual([
      [
        ...['default', 'unknown', 'refused'],
        { status: 400, error: 'invalid_request', requestId: '', network: expect.stringContaining('127.0.0.1') },
      ],
    ]);
  });

  test('follows a patient who is found to be another: what is asked later is about the right one', async () => {
    const authorization = `Bearer ${(await ask()).body.access_token}`;
    const other = await site.patient('MRN0002');
    await site.app.store.db
      .updateTable('patient_match')
      .set({ patient_id: other })
      .where('server_id', '=', 'there-1')
      .execute();
    expect(await site.access.check(authorization, 'default')).toMatchObject({ patient: other });
    await site.app.store.db.deleteFrom('patient_match').execute();
    const principal = await site.access.check(authorization, 'default');
    expect(denied(principal)).toBe(false);
    expect(principal).not.toHaveProperty('patient');
  });

  test('follows a patient who is merged into another', async () => {
    const authorization = `Bearer ${(await ask()).body.access_token}`;
    const survivor = await site.patient('MRN0002');
    await site.merge('MRN0002', 'MRN0001');
    expect(await site.access.check(authorization, 'default')).toMatchObject({
      ...{ patient: survivor, patientThere: 'there-1' },
    });
  });

  test('is asked for at the address of the tenant as well', async () => {
    expect((await site.post('/t/default/token', await form())).status).toBe(200);
  });

  test('is no id_token, and an id_token is no access token', async () => {
    expect(await site.access.check(`Bearer ${await ehr.idToken()}`, 'default')).toMatchObject({ reason: 'id-token' });
    expect(await site.access.check(`Bearer ${await ehr.idToken({ nonce: undefined })}`, 'default')).toMatchObject({
      reason: 'audience-wrong',
    });
  });
});

describe('scopes', () => {
  test.each([
    ['', 'patient/*.rs'],
    ['launch openid patient/Device.rs patient/Observation.read', 'patient/Device.rs patient/Observation.read'],
    ['patient/*.*', 'patient/*.rs'],
    ['patient/Observation.rs?category=survey', 'patient/Observation.rs?category=survey'],
  ])('%j is granted as %j', async (scope, granted) => {
    expect((await ask({ scope })).body.scope).toBe(granted);
  });

  test.each(['user/*.rs', 'system/*.rs', 'patient/Device.cud', 'patient/Nothing.rs', 'openid'])(
    '%s is refused',
    async (scope) => {
      const { status, body } = await ask({ scope });
      expect([status, body.error]).toEqual([400, 'invalid_scope']);
    },
  );

  test('are those of the configuration at most, and so is the lifetime', async () => {
    await reopen({ exchange: { scopes: ['patient/Device.r'], lifetimeSeconds: 60 } });
    expect((await ask()).body).toMatchObject({ scope: 'patient/Device.r', expires_in: 60 });
    expect((await ask({ scope: 'patient/*.rs' })).body.scope).toBe('patient/Device.r');
  });
});

describe('a launch is not confirmed, always in the same words,', () => {
  const unconfirmed = [400, { error: 'invalid_request', error_description: 'The launch could not be confirmed.' }];

  test.each<[string, JWTPayload, object]>([
    ['of another client', { aud: 'another-app' }, {}],
    ['of several clients without saying which', { aud: [appClientId, 'another-app'] }, {}],
    ['that was authorized for another client', { aud: [appClientId, 'another-app'], azp: 'another-app' }, {}],
    ['that has expired', { exp: nowSeconds - 61 }, {}],
    ['that never expires', { exp: undefined }, {}],
    ['that does not say when it was issued', { iat: undefined }, {}],
    ['that was issued too long ago', { iat: nowSeconds - 661 }, {}],
    ['that is issued in the future', { iat: nowSeconds + 61 }, {}],
    ['of nobody', { sub: undefined }, {}],
    ['of another patient, as its own claim says', { patient: 'there-2' }, {}],
    ['that goes with another access token', { at_hash: 'x' }, {}],
    ['that is an access token', {}, { typ: 'at+jwt' }],
    ['under an unknown kid', {}, { kid: 'other' }],
  ])('by an id_token %s', async (_what, changed, header) => {
    const { status, body } = await ask({ subject_token: await ehr.idToken(changed, header) });
    expect([status, body]).toEqual(unconfirmed);
    expect(ehr.asked).toEqual([]);
  });

  test('by an id_token of an issuer that we do not know, or by none', async () => {
    const stranger = await startTokenIssuer();
    const foreign = await stranger.sign(await stranger.newKey('ES384'), { iss: stranger.issuer });
    await stranger.close();
    for (const subject_token of [foreign, 'nonsense', 'a.b.c']) {
      const { status, body } = await ask({ subject_token });
      expect([status, body]).toEqual(unconfirmed);
    }
  });

  test.each([
    ['without the token of the EHR', { ehr_access_token: '' }],
    ['with another token', { ehr_access_token: 'another' }],
    ['with a token that is none', { ehr_access_token: 'two words' }],
    ['for another patient', { patient: 'there-2' }],
    ['for an id that leads elsewhere', { patient: '..' }],
    ['for an id with a path', { patient: 'there-1/_history' }],
    ['for a query', { patient: 'there-1?x' }],
    ['for another client than it says', { client_id: 'another-app' }],
  ])('%s', async (_what, over) => {
    const { status, body } = await ask(over);
    expect([status, body]).toEqual(unconfirmed);
  });

  test.each([
    ['another Patient', { status: 200, body: { resourceType: 'Patient', id: 'there-2' } }],
    ['something else', { status: 200, body: { resourceType: 'OperationOutcome', id: 'there-1' } }],
    ['that there is none', { status: 404, body: { resourceType: 'Patient', id: 'there-1' } }],
    ['nothing new', { status: 304, body: {} }],
  ])('where the EHR answers %s', async (_what, answer) => {
    ehr.answerWith(answer);
    const { status, body } = await ask();
    expect([status, body]).toEqual(unconfirmed);
  });

  test('after an id_token was used thirty times', async () => {
    const subject_token = await ehr.idToken();
    for (let n = 0; n < 30; n++) expect((await ask({ subject_token })).status).toBe(200);
    const { status, body } = await ask({ subject_token });
    expect([status, body]).toEqual(unconfirmed);
    expect((await ask()).status).toBe(200);
  });
});

describe('a launch is confirmed', () => {
  test.each<[string, JWTPayload]>([
    ['ten minutes after it was issued, and the skew of a clock', { iat: nowSeconds - 660 }],
    ['within the skew of a clock before it was issued', { iat: nowSeconds + 60 }],
    ['where it goes with this access token', { at_hash: hashOf('ehr-access-token') }],
    ['where it was authorized for us among others', { aud: [appClientId, 'another-app'], azp: appClientId }],
    ['where it says the same patient', { patient: 'there-1' }],
  ])('%s', async (_what, changed) => {
    expect((await ask({ subject_token: await ehr.idToken(changed) })).status).toBe(200);
  });

  test('by the claim of the id_token alone, where the configuration trusts it', async () => {
    await reopen({ exchange: { fhirBaseUrl: undefined, trustPatientClaim: true } });
    const ehr_access_token = '';
    const claimed = await ehr.idToken({ patient: 'there-1' });
    expect((await ask({ subject_token: claimed, ehr_access_token })).status).toBe(200);
    expect((await ask({ ehr_access_token })).status).toBe(400);
    expect((await ask({ subject_token: claimed, patient: 'there-2', ehr_access_token })).status).toBe(400);
    expect(ehr.asked).toEqual([]);
  });

  test('but its patient is nobody here: whoever may see the patient is told so', async () => {
    await site.app.store.db.deleteFrom('patient_match').execute();
    const { status, body } = await ask();
    expect([status, body]).toEqual([
      400,
      { error: 'invalid_target', error_description: 'This patient is not known here.' },
    ]);
  });
});

describe('a launch cannot be confirmed now', () => {
  const later = [
    503,
    { error: 'temporarily_unavailable', error_description: 'The launch cannot be confirmed at the moment.' },
  ];

  test.each([500, 503, 429])('because the EHR answers %d', async (status) => {
    ehr.answerWith({ status, body: {} });
    const answered = await ask();
    expect([answered.status, answered.body]).toEqual(later);
  });

  test('because its keys cannot be had', async () => {
    ehr.issuer.answerJwksWith({ status: 500 });
    const { status, body } = await ask();
    expect([status, body]).toEqual(later);
  });
});

describe('the form', () => {
  test.each([
    ['subject_token', 'invalid_request', 'subject_token is required.'],
    ['subject_token_type', 'invalid_request', 'subject_token_type is required.'],
    ['patient', 'invalid_request', 'patient is required.'],
  ])('has %s', async (name, error, error_description) => {
    const { status, body } = await ask({ [name]: '' });
    expect([status, body]).toEqual([400, { error, error_description }]);
  });

  test.each([
    [{ subject_token_type: accessTokenType }, 'invalid_request'],
    [{ requested_token_type: idTokenType }, 'invalid_request'],
    [{ audience: 'https://elsewhere.test' }, 'invalid_target'],
    [{ resource: 'https://elsewhere.test' }, 'invalid_target'],
  ])('with %j is %s', async (over, error) => {
    const { status, body } = await ask(over as Record<string, string>);
    expect([status, body.error]).toEqual([400, error]);
  });

  test('may name what it wants, and for which of our addresses', async () => {
    for (const audience of [`${site.url}/fhir`, `${site.url}/t/default/fhir`]) {
      const over = { audience, resource: audience, requested_token_type: accessTokenType, client_id: appClientId };
      expect((await ask(over)).status).toBe(200);
    }
  });

  test('asks for one of the two grants of this endpoint: there are no clients here', async () => {
    const { status, body } = await ask({ grant_type: 'client_credentials' });
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type']);
  });
});

async function form(over: Record<string, string> = {}): Promise<Record<string, string>> {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: over.subject_token ?? (await ehr.idToken()),
    subject_token_type: idTokenType,
    patient: 'there-1',
    ehr_access_token: ehr.accessToken,
    ...over,
  };
}

const ask = async (over: Record<string, string> = {}) => site.post('/token', await form(over));

async function open(over: Parameters<typeof exchangingWith>[2]): Promise<void> {
  const key = await newKey();
  site = await startAccessSite({
    clock: () => clock,
    file: ({ keyFile }) => exchangingWith(ehr, keyFile('keys.json', key), over),
  });
  ours = await site.patient('MRN0001', 'there-1');
}

async function reopen(over: Parameters<typeof exchangingWith>[2]): Promise<void> {
  await site.close();
  await open(over);
}
