import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noonMs } from './hospital.ts';
import { answerTo, challenge, type Launching, redirectUri, startLaunching, verifier } from './launching.ts';

let app: Launching;

beforeAll(async () => {
  app = await startLaunching();
});
afterAll(() => app.close());

describe('an EHR launch', () => {
  test('ends at the app with a code and its state, and the code becomes a token for the open record', async () => {
    const response = await app.authorize(app.request());
    expect(response.status).toBe(303);
    expect(answerTo(response).get('state')).toBe('st4te');
    const { status, headers, body } = await app.redeem({ code: answerTo(response).get('code') ?? '' });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      access_token: expect.any(String),
      id_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'launch openid fhirUser patient/*.rs',
      patient: 'p1',
      need_patient_banner: true,
      smart_style_url: `${app.sandbox.issuer}/style.json`,
    });
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      iss: app.sandbox.issuer,
      aud: app.sandbox.baseUrl,
      sub: 'sandbox-user',
      client_id: 'page',
      patient: 'p1',
      exp: noonMs / 1000 + 300,
    });
  });

  test('gives an id token that its published keys verify, bound to the access token', async () => {
    const { body } = await app.redeem();
    const keys = createRemoteJWKSet(new URL(app.sandbox.jwksUri));
    const options = { issuer: app.sandbox.issuer, audience: 'page', currentDate: new Date(noonMs) };
    const { payload, protectedHeader } = await jwtVerify(body.id_token ?? '', keys, options);
    const hash = createHash('sha384')
      .update(body.access_token ?? '')
      .digest();
    expect(protectedHeader.alg).toBe('RS384');
    expect(payload).toMatchObject({
      sub: 'sandbox-user',
      nonce: 'n0nce',
      fhirUser: `${app.sandbox.baseUrl}/Practitioner/sandbox-user`,
      at_hash: hash.subarray(0, 24).toString('base64url'),
      exp: noonMs / 1000 + 300,
    });
  });

  test('says when the EHR shows whose record it is', async () => {
    const launch = app.sandbox.launch({ patient: 'p1', needPatientBanner: false });
    const { body } = await app.redeem({ code: await app.codeFor({ launch }) });
    expect(body.need_patient_banner).toBe(false);
  });

  test('may be asked for by POST', async () => {
    const body = app.request();
    const response = await fetch(`${app.sandbox.issuer}/auth/authorize`, { method: 'POST', body, redirect: 'manual' });
    expect([response.status, answerTo(response).get('code')]).toEqual([303, expect.any(String)]);
  });

  test('without openid gives no id token, without a launch no patient scope', async () => {
    const narrow = await app.redeem({
      code: await app.codeFor({ scope: 'launch patient/Device.read system/*.cruds' }),
    });
    expect([narrow.body.scope, narrow.body.id_token]).toEqual(['launch patient/Device.read', undefined]);
    const bare = await app.redeem({ code: await app.codeFor({ scope: 'openid patient/*.rs', launch: undefined }) });
    expect([bare.body.scope, bare.body.patient]).toEqual(['openid', undefined]);
  });

  test('never lets an app write', async () => {
    expect(answerTo(await app.authorize(app.request({ scope: 'patient/*.cud' }))).get('error')).toBe('invalid_scope');
    const { body } = await app.redeem({ code: await app.codeFor({ scope: 'launch patient/*.cruds' }) });
    expect(body.scope).toBe('launch patient/*.rs');
  });
});

describe('a standalone launch', () => {
  const standalone = { scope: 'launch/patient patient/*.rs', launch: undefined };

  test('shows a page on which the user chooses, with names as text', async () => {
    const response = await app.authorize(app.request(standalone));
    const page = await response.text();
    expect([response.status, response.headers.get('content-security-policy')]).toEqual([200, "default-src 'none'"]);
    expect(page).toContain('<button name="chosen_patient" value="p1">Example</button>');
    expect(page).toContain('<button name="chosen_patient" value="p2">&#60;b&#62;Other</button>');
    expect(page).toContain('<input type="hidden" name="state" value="st4te">');
  });

  test('gives a token for the chosen patient', async () => {
    const { body } = await app.redeem({ code: await app.codeFor({ ...standalone, chosen_patient: 'p2' }) });
    expect([body.patient, body.need_patient_banner]).toEqual(['p2', true]);
  });

  test('refuses a choice that is no patient here', async () => {
    const answer = answerTo(await app.authorize(app.request({ ...standalone, chosen_patient: 'p3' })));
    expect([answer.get('error'), answer.get('code')]).toEqual(['invalid_request', null]);
  });
});

describe('an authorization request is refused', () => {
  test.each([
    ['of an unknown app', { client_id: 'stranger' }],
    ['with a longer redirect_uri', { redirect_uri: `${redirectUri}x` }],
    ['without a redirect_uri', { redirect_uri: undefined }],
  ])('%s: on a page, for nothing is sent to what is not trusted', async (_what, over) => {
    const response = await app.authorize(app.request(over));
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  test.each([
    ['for a token instead of a code', { response_type: 'token' }, 'unsupported_response_type'],
    ['without a state', { state: undefined }, 'invalid_request'],
    ['for another server', { aud: 'https://elsewhere.example/fhir' }, 'invalid_request'],
    ['without aud', { aud: undefined }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['with a short challenge', { code_challenge: challenge.slice(1) }, 'invalid_request'],
    ['without a scope', { scope: undefined }, 'invalid_scope'],
    ['for nothing that can be granted', { scope: 'user/*.rs' }, 'invalid_scope'],
    ['with a launch that nobody opened', { launch: 'invented' }, 'invalid_request'],
    ['for a launch without its id', { launch: undefined }, 'invalid_request'],
  ])('%s', async (_what, over, error) => {
    const response = await app.authorize(app.request(over));
    const answer = answerTo(response);
    expect([response.status, answer.get('error'), answer.get('code')]).toEqual([303, error, null]);
    expect(answer.get('state')).toBe('state' in over ? null : 'st4te');
  });

  test('with a parameter stated twice', async () => {
    const twice = app.request();
    twice.append('scope', 'patient/*.rs');
    expect(answerTo(await app.authorize(twice)).get('error')).toBe('invalid_request');
  });

  test('with a launch of five minutes ago', async () => {
    const launch = app.sandbox.launch({ patient: 'p1' });
    app.pass(299_999);
    expect(answerTo(await app.authorize(app.request({ launch }))).get('code')).toEqual(expect.any(String));
    app.pass(1);
    expect(answerTo(await app.authorize(app.request({ launch }))).get('error')).toBe('invalid_request');
    app.pass(-300_000);
  });
});

describe('a code is refused', () => {
  test.each([
    ['for another app', { client_id: 'other' }, 'invalid_client'],
    ['at another redirect_uri', { redirect_uri: `${redirectUri}x` }, 'invalid_grant'],
    ['with another verifier', { code_verifier: `${verifier}x` }, 'invalid_grant'],
    ['with the challenge as verifier', { code_verifier: challenge }, 'invalid_grant'],
    ['that was never issued', { code: 'invented' }, 'invalid_grant'],
  ])('%s', async (_what, over, error) => {
    const { status, body } = await app.redeem(over);
    expect([status, body.error]).toEqual([400, error]);
  });

  test('the second time', async () => {
    const code = await app.codeFor();
    expect([(await app.redeem({ code })).status, (await app.redeem({ code })).body.error]).toEqual([
      200,
      'invalid_grant',
    ]);
  });

  test('after a wrong verifier: it is used up', async () => {
    const code = await app.codeFor();
    await app.redeem({ code, code_verifier: `${verifier}x` });
    expect((await app.redeem({ code })).body.error).toBe('invalid_grant');
  });

  test('after a minute', async () => {
    const [young, old] = [await app.codeFor(), await app.codeFor()];
    app.pass(59_999);
    expect((await app.redeem({ code: young })).status).toBe(200);
    app.pass(1);
    expect((await app.redeem({ code: old })).body.error).toBe('invalid_grant');
    app.pass(-60_000);
  });
});
