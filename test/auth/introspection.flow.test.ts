import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BearerCheck, denied } from '../../src/auth/bearer.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys } from '../../src/auth/keys.ts';
import { parseScopes } from '../../src/auth/scopes.ts';
import { type IntrospectingIssuer, startIntrospectingIssuer } from './introspecting-issuer.ts';
import { startTokenIssuer } from './token-issuer.ts';
import { checkTrusting, type Trust } from './trusted.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;
const audience = 'https://itb.hospital.test/fhir';

let issuer: IntrospectingIssuer;
let clock: Temporal.Instant;
let check: BearerCheck;

beforeEach(async () => {
  clock = now;
  issuer = await startIntrospectingIssuer();
  check = checkTrusting([trustIn(issuer)], { clock: () => clock });
});
afterEach(() => issuer.close());

describe('an opaque token that its issuer calls active', () => {
  test('says who asks', async () => {
    issuer.says('opaque', {
      ...active(),
      sub: 'user-1',
      patient: 'p-1',
      jti: 't-1',
      iss: issuer.issuer,
      aud: audience,
    });
    expect(await check('Bearer opaque')).toEqual({
      ...{ issuer: issuer.issuer, tenant: 'north', subject: 'user-1', clientId: 'app', tokenId: 't-1' },
      ...{ environment: 'live', userReach: 'patient', patient: 'p-1' },
      scopes: parseScopes('patient/Device.rs').scopes,
    });
  });

  test('and whose user is not named stands for its application', async () => {
    issuer.says('opaque', active());
    expect(await check('Bearer opaque')).toMatchObject({ subject: 'app', clientId: 'app' });
  });

  test('is asked about with our secret, and with nothing else of us', async () => {
    issuer.says('opaque', active());
    await check('Bearer opaque');
    expect(issuer.asked).toEqual([
      { form: { token: 'opaque' }, authorization: `Basic ${Buffer.from('adapter:s%3Acret').toString('base64')}` },
    ]);
  });

  test('is asked about with an assertion where we have a key', async () => {
    const keys = await loadSigningKeys({ keys: [await generateSigningKey('ES384')] });
    const introspection = { url: issuer.introspectionUrl, clientId: 'adapter', credential: { keys: fixedKeys(keys) } };
    check = checkTrusting([{ ...trustIn(issuer), introspection }], { clock: () => clock });
    issuer.says('opaque', active());
    expect(denied(await check('Bearer opaque'))).toBe(false);
    const { client_assertion = '', client_assertion_type } = issuer.asked[0]?.form ?? {};
    expect(client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    expect(decodeProtectedHeader(client_assertion)).toMatchObject({ alg: 'ES384', kid: keys[0]?.kid });
    expect(decodeJwt(client_assertion)).toMatchObject({ iss: 'adapter', sub: 'adapter', aud: issuer.issuer });
  });

  test('may be a JWT, of which only its own issuer is asked', async () => {
    const signer = await startTokenIssuer();
    const token = await signer.sign(await signer.newKey('ES384'), { iss: issuer.issuer });
    const foreign = await signer.sign(await signer.newKey('ES384'), { iss: 'https://elsewhere.test' });
    await signer.close();
    issuer.says(token, active());
    expect(denied(await check(`Bearer ${token}`))).toBe(false);
    expect(await check(`Bearer ${foreign}`)).toMatchObject({ status: 401, reason: 'issuer-unknown' });
    expect(issuer.asked.map(({ form }) => form.token)).toEqual([token]);
  });
});

describe('a token is refused', () => {
  test.each<[string, object, string]>([
    ['that is not active', { active: false }, 'inactive'],
    ['whose scope is not told', { ...active(), scope: undefined }, 'answer-incomplete'],
    ['whose client is not told', { ...active(), client_id: undefined }, 'answer-incomplete'],
    ['whose end is not told', { ...active(), exp: undefined }, 'answer-incomplete'],
    ['that ended more than a minute ago', { ...active(), exp: nowSeconds - 60 }, 'expired'],
    ['that begins in more than a minute', { ...active(), nbf: nowSeconds + 61 }, 'claim-wrong'],
    ['of another issuer', { ...active(), iss: 'https://elsewhere.test' }, 'claim-wrong'],
    ['for another audience', { ...active(), aud: 'https://elsewhere.test/fhir' }, 'audience-wrong'],
    ['for other audiences', { ...active(), aud: ['https://elsewhere.test/fhir'] }, 'audience-wrong'],
    ['that is a refresh token', { ...active(), token_type: 'refresh_token' }, 'type-wrong'],
  ])('%s', async (_what, answer, reason) => {
    issuer.says('opaque', answer);
    expect(await check('Bearer opaque')).toEqual({
      ...{ status: 401, error: 'invalid_token', reason },
      description: reason === 'expired' ? 'The access token has expired.' : 'The access token is not valid.',
    });
  });

  test.each<[string, object]>([
    ['ended less than a minute ago', { exp: nowSeconds - 59 }],
    ['begins within a minute', { nbf: nowSeconds + 60 }],
    ['ends later than any calendar', { exp: 1e300 }],
    ['calls itself an access token', { token_type: 'access_token' }],
    ['calls itself a bearer token', { token_type: 'Bearer' }],
    ['is for us among others', { aud: ['https://elsewhere.test', audience] }],
  ])('but not one that %s', async (_what, over) => {
    issuer.says('opaque', { ...active(), ...over });
    expect(denied(await check('Bearer opaque'))).toBe(false);
  });
});

describe('an issuer that gives no answer', () => {
  test.each([
    ['is down', { status: 503, body: '{}' }],
    ['does not know us', { status: 401, body: '{"error":"invalid_client"}', headers: { 'www-authenticate': 'Basic' } }],
    ['redirects', { status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }],
    ['answers a page', { status: 200, body: '<html>' }],
    ['answers without saying whether it is active', { status: 200, body: '{}' }],
    ['says that it is active in a word only', { status: 200, body: '{"active":"true"}' }],
    ['answers too much', { status: 200, body: JSON.stringify({ active: true, more: 'x'.repeat(300_000) }) }],
  ])('because it %s lets nobody in, and says of no token that it is bad', async (_what, answer) => {
    issuer.answerWith(answer);
    expect(await check('Bearer opaque')).toEqual({
      ...{ status: 503, error: 'temporarily_unavailable', reason: 'introspection-unavailable' },
      description: 'The access token cannot be checked at the moment.',
    });
  });

  test('is asked again the next time', async () => {
    issuer.answerWith({ status: 503, body: '' });
    await check('Bearer opaque');
    issuer.answerWith();
    issuer.says('opaque', active());
    expect(denied(await check('Bearer opaque'))).toBe(false);
  });
});

describe('what an issuer said', () => {
  test('holds for a minute: a token that was revoked meanwhile is refused then', async () => {
    issuer.says('opaque', active());
    await check('Bearer opaque');
    issuer.says('opaque', { active: false });
    clock = now.add({ milliseconds: 59_999 });
    expect(denied(await check('Bearer opaque'))).toBe(false);
    expect(issuer.asked).toHaveLength(1);
    clock = now.add({ seconds: 60 });
    expect(await check('Bearer opaque')).toMatchObject({ reason: 'inactive' });
  });

  test('does not hold beyond the end of the token', async () => {
    issuer.says('opaque', { ...active(), exp: nowSeconds + 10 });
    await check('Bearer opaque');
    clock = now.add({ seconds: 10 });
    await check('Bearer opaque');
    expect(issuer.asked).toHaveLength(2);
  });

  test('of a token that is not active holds for ten seconds', async () => {
    await check('Bearer opaque');
    issuer.says('opaque', active());
    clock = now.add({ milliseconds: 9_999 });
    expect(await check('Bearer opaque')).toMatchObject({ reason: 'inactive' });
    clock = now.add({ seconds: 10 });
    expect(denied(await check('Bearer opaque'))).toBe(false);
    expect(issuer.asked).toHaveLength(2);
  });

  test('of a token that is active no more holds as long', async () => {
    issuer.says('opaque', active());
    await check('Bearer opaque');
    issuer.says('opaque', { active: false });
    clock = now.add({ seconds: 60 });
    for (let n = 0; n < 3; n++) expect(await check('Bearer opaque')).toMatchObject({ reason: 'inactive' });
    expect(issuer.asked).toHaveLength(2);
  });

  test('is asked once for all who come at the same time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    issuer.waitFor(promise);
    issuer.says('opaque', active());
    const all = Array.from({ length: 50 }, () => check('Bearer opaque'));
    resolve();
    expect((await Promise.all(all)).filter(denied)).toEqual([]);
    expect(issuer.asked).toHaveLength(1);
  });
});

describe('several issuers of opaque tokens', () => {
  let second: IntrospectingIssuer;
  beforeEach(async () => {
    second = await startIntrospectingIssuer();
    check = checkTrusting([trustIn(issuer), trustIn(second)], { clock: () => clock });
  });
  afterEach(() => second.close());

  test('are asked in the order of the configuration, until one knows it', async () => {
    second.says('opaque', active());
    expect(await check('Bearer opaque')).toMatchObject({ issuer: second.issuer });
    issuer.says('another', active());
    expect(await check('Bearer another')).toMatchObject({ issuer: issuer.issuer });
    expect([issuer.asked.length, second.asked.length]).toEqual([2, 1]);
  });

  test('of which one gives no answer are no reason to call a token bad', async () => {
    issuer.answerWith({ status: 503, body: '' });
    expect(await check('Bearer opaque')).toMatchObject({ status: 503 });
    clock = now.add({ seconds: 10 });
    second.says('opaque', active());
    expect(await check('Bearer opaque')).toMatchObject({ issuer: second.issuer });
  });

  test('all of which do not know it have refused it', async () => {
    expect(await check('Bearer opaque')).toMatchObject({ status: 401, reason: 'inactive' });
  });
});

function active() {
  return { active: true, scope: 'patient/Device.rs openid', client_id: 'app', exp: nowSeconds + 300 };
}

const trustIn = ({ issuer: name, introspectionUrl }: IntrospectingIssuer): Trust => ({
  issuer: name,
  audience,
  introspection: { url: introspectionUrl, clientId: 'adapter', credential: { secret: 's:cret' } },
});
