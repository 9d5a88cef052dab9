import { decodeProtectedHeader, type FlattenedJWSInput } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issuerKeys, KeysUnavailable, KeyUnknown } from '../../src/auth/issuer-keys.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');

let issuer: TokenIssuer;
let key: IssuerKey;
let clock: Temporal.Instant;
let keys: ReturnType<typeof issuerKeys>;
beforeEach(async () => {
  clock = now;
  issuer = await startTokenIssuer();
  key = await issuer.newKey('ES384');
  issuer.publish(key);
  const place = { uri: issuer.jwksUri, fetch };
  keys = issuerKeys(
    async () => place,
    5000,
    () => clock,
  );
});
afterEach(() => issuer.close());

/** What comes of looking for the key of a token. */
async function found(signer: IssuerKey = key) {
  const [header, payload, signature] = (await issuer.sign(signer, {})).split('.') as [string, string, string];
  const token: FlattenedJWSInput = { protected: header, payload, signature };
  try {
    await keys({ alg: signer.alg, ...decodeProtectedHeader(token) }, token);
    return 'found';
  } catch (error) {
    return (error as Error).constructor;
  }
}

describe('the key set of an issuer', () => {
  test.each([
    ['is down', { status: 503 }],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    ['answers a page', { status: 200, body: '<html>' }],
    ['answers no key set', { status: 200, body: '{"keys":"none"}' }],
  ])('is asked for once in ten seconds while the issuer %s', async (_what, answer) => {
    issuer.answerJwksWith(answer);
    expect([await found(), await found(), issuer.jwksRequests()]).toEqual([KeysUnavailable, KeysUnavailable, 1]);
    issuer.answerJwksWith();
    clock = now.add({ milliseconds: 9_999 });
    expect([await found(), issuer.jwksRequests()]).toEqual([KeysUnavailable, 1]);
    clock = now.add({ seconds: 10 });
    expect([await found(), issuer.jwksRequests()]).toEqual(['found', 2]);
  });

  test('that was had is no failure for lacking a key', async () => {
    const another = await issuer.newKey('ES384');
    expect([await found(another), await found(), issuer.jwksRequests()]).toEqual([KeyUnknown, 'found', 1]);
  });
});
