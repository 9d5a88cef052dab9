import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BearerCheck, denied } from '../../src/auth/bearer.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';
import { checkTrusting } from './trusted.ts';

let issuer: TokenIssuer;
let key: IssuerKey;
let check: BearerCheck;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  key = await issuer.newKey('ES384');
  issuer.publish(key);
  check = checkTrusting([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: 'us' }]);
});

afterAll(() => issuer.close());

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');

/** Headers and claims that are nearly right, so that the attempts get past the first rule. */
const header = () =>
  fc.record(
    {
      alg: fc.oneof(fc.constantFrom('ES384', 'none', 'HS256', 'RS256'), fc.jsonValue()),
      kid: fc.oneof(fc.constant(key.jwk.kid), fc.jsonValue()),
      typ: fc.jsonValue(),
      crit: fc.jsonValue(),
      b64: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
const claims = () =>
  fc.record(
    { iss: fc.oneof(fc.constant(issuer.issuer), fc.jsonValue()), aud: fc.jsonValue(), sub: fc.jsonValue() },
    { requiredKeys: [] },
  );

test('whatever is forged for a trusted issuer is denied as a value: nothing throws, nobody comes in', async () => {
  const forged = fc.tuple(fc.oneof(header(), fc.jsonValue()), fc.oneof(claims(), fc.jsonValue()), fc.base64String());
  await fc.assert(
    fc.asyncProperty(forged, async ([head, body, signature]) => {
      const token = `${encoded(head)}.${encoded(body)}.${signature.replace(/[+/=]/g, '')}`;
      expect(await check(`Bearer ${token}`)).toMatchObject({ status: 401 });
    }),
    { numRuns: 500 },
  );
});

test('whatever stands in a token that the issuer did sign, the answer is a principal or a denial', async () => {
  const odd = fc.record(
    { sub: fc.jsonValue(), scope: fc.jsonValue(), patient: fc.jsonValue(), client_id: fc.jsonValue() },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(odd, async (changed) => {
      const exp = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000) + 60;
      const token = await issuer.sign(key, { iss: issuer.issuer, aud: 'us', exp, ...(changed as object) });
      const result = await check(`Bearer ${token}`);
      if (denied(result)) expect(result.status).toBe(401);
      else expect([typeof result.subject, typeof (result.patient ?? '')]).toEqual(['string', 'string']);
    }),
    { numRuns: 200 },
  );
});
