import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BearerCheck, denied } from '../../src/auth/bearer.ts';
import { type IntrospectingIssuer, startIntrospectingIssuer } from './introspecting-issuer.ts';
import { type LocalServer, listen } from './local-server.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';
import { checkTrusting } from './trusted.ts';

const audience = 'https://itb.hospital.test/fhir';
const now = Temporal.Instant.from('2024-06-25T10:00:00Z');
const exp = now.epochMilliseconds / 1000 + 86_400;

let keys: TokenIssuer;
let key: IssuerKey;
let opaque: IntrospectingIssuer;
let hospital: LocalServer;
let published: Record<string, unknown>;
let asked: string[];
let clock: Temporal.Instant;
let check: BearerCheck;

beforeEach(async () => {
  clock = now;
  asked = [];
  keys = await startTokenIssuer();
  key = await keys.newKey('ES384');
  keys.publish(key);
  opaque = await startIntrospectingIssuer();
  hospital = await listen(
    express().get('/.well-known/:name', (request, response) => {
      asked.push(request.params.name);
      const document = published[request.params.name];
      if (typeof document === 'string') response.redirect(document);
      else response.status(document ? 200 : 404).json(document ?? {});
    }),
  );
  published = { 'openid-configuration': { issuer: hospital.url, jwks_uri: keys.jwksUri } };
  check = discovering(hospital.url);
});
afterEach(async () => {
  await Promise.all([hospital.close(), keys.close(), opaque.close()]);
});

describe('an issuer that is discovered', () => {
  test.each(['openid-configuration', 'smart-configuration'])('has its keys where its %s says', async (name) => {
    published = { [name]: { issuer: hospital.url, jwks_uri: keys.jwksUri } };
    expect(await outcome()).toBe('accepted');
  });

  test('is asked about opaque tokens where it says', async () => {
    published = { 'smart-configuration': { introspection_endpoint: opaque.introspectionUrl } };
    opaque.says('opaque', { active: true, scope: 'system/*.rs', client_id: 'app', exp });
    expect(denied(await check('Bearer opaque'))).toBe(false);
  });

  test('is looked up once an hour, whoever comes', async () => {
    await Promise.all(Array.from({ length: 20 }, () => outcome()));
    clock = now.add({ milliseconds: 3_599_999 });
    await outcome();
    expect(asked.toSorted()).toEqual(['openid-configuration', 'smart-configuration']);
    clock = now.add({ hours: 1 });
    await outcome();
    expect(asked).toHaveLength(4);
  });

  test('is looked up again half a minute after it could not be had', async () => {
    const before = published;
    published = {};
    expect(await outcome()).toBe('keys-unavailable');
    published = before;
    clock = now.add({ milliseconds: 29_999 });
    expect(await outcome()).toBe('keys-unavailable');
    clock = now.add({ seconds: 30 });
    expect(await outcome()).toBe('accepted');
  });

  test('may redirect within its origin', async () => {
    published = {
      'openid-configuration': '/.well-known/elsewhere',
      elsewhere: { issuer: hospital.url, jwks_uri: keys.jwksUri },
    };
    expect(await outcome()).toBe('accepted');
  });
});

describe('nothing is believed of an issuer', () => {
  test.each<[string, () => unknown]>([
    ['that speaks of another issuer', () => ({ issuer: 'https://elsewhere.test', jwks_uri: keys.jwksUri })],
    ['that does not say who it is', () => ({ jwks_uri: keys.jwksUri })],
    ['whose keys travel over plain http', () => ({ issuer: hospital.url, jwks_uri: 'http://keys.test/jwks' })],
    ['whose keys have no address', () => ({ issuer: hospital.url, jwks_uri: 'keys' })],
    ['that names no keys', () => ({ issuer: hospital.url })],
    ['that redirects to another origin', () => `${keys.issuer}/.well-known/openid-configuration`],
    ['that publishes something else', () => ['a list']],
  ])('%s', async (_what, document) => {
    published = { 'openid-configuration': document() };
    expect(await outcome()).toBe('keys-unavailable');
  });

  test('that speaks of another issuer in its SMART configuration', async () => {
    published = { 'smart-configuration': { issuer: 'https://elsewhere.test', jwks_uri: keys.jwksUri } };
    expect(await outcome()).toBe('keys-unavailable');
  });
});

function discovering(issuer: string): BearerCheck {
  const introspection = { clientId: 'adapter', credential: { secret: 's' } };
  return checkTrusting([{ issuer, audience, discover: true, introspection }], { clock: () => clock });
}

let count = 0;

async function outcome(): Promise<string> {
  const token = await keys.sign(key, { iss: hospital.url, aud: audience, sub: 'u', exp, jti: `${count++}` });
  const result = await check(`Bearer ${token}`);
  return denied(result) ? result.reason : 'accepted';
}
