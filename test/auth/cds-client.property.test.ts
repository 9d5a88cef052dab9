import fc from 'fast-check';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CdsClient, type CdsClientCheck, cdsClientCheck } from '../../src/auth/cds-client.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** The services of tenant `a` stand at one address; the EHR signs with ES384, and has an older RSA key. */

const called = 'https://adapter.example/cds-services/itb-pump-status';
const now = Temporal.Instant.from('2026-03-02T12:00:00Z');
const nowSeconds = now.epochMilliseconds / 1000;
const iss = 'https://ehr.example/oauth';

let ehr: TokenIssuer;
let spare: TokenIssuer;
let key: IssuerKey;
let older: IssuerKey;
let foreign: IssuerKey;
let clients: readonly CdsClient[];

beforeAll(async () => {
  [ehr, spare] = [await startTokenIssuer(), await startTokenIssuer()];
  [key, older, foreign] = [await ehr.newKey('ES384'), await ehr.newKey('RS256'), await ehr.newKey('ES384')];
  ehr.publish(key);
  spare.publish(older);
  const shared = { tenant: 'a', allowAddresses: ['127.0.0.1'] };
  const jwksUris = [ehr.jwksUri, spare.jwksUri];
  clients = [
    { ...shared, iss, jwksUris },
    { ...shared, iss: 'https://cloud.example', ehrTenant: 'north', jwksUris: [ehr.jwksUri] },
    { ...shared, iss: 'https://cloud.example', ehrTenant: 'south', tenant: 'b', jwksUris: [ehr.jwksUri] },
  ];
});
afterAll(async () => {
  await ehr.close();
  await spare.close();
});

function freshCheck(at = now): CdsClientCheck<CdsClient> {
  const uses = new Map<string, number>();
  const countUse = async (used: readonly string[]) => {
    const count = (uses.get(JSON.stringify(used)) ?? 0) + 1;
    uses.set(JSON.stringify(used), count);
    return count;
  };
  return cdsClientCheck(clients, { clock: () => at, countUse });
}

const addresses = (tenant: string) => (tenant === 'a' ? [called] : []);

const claims = { iss, aud: called, jti: 'call-1', iat: nowSeconds, exp: nowSeconds + 300 };

const bearer = async (
  over: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
  by: IssuerKey = key,
): Promise<string> => {
  const stated = Object.fromEntries(Object.entries({ ...claims, ...over }).filter(([, value]) => value !== undefined));
  return `Bearer ${await ehr.sign(by, stated, { typ: 'JWT', ...header })}`;
};

const statusOf = async (authorization: string | undefined, check = freshCheck()) => {
  const result = await check(authorization, addresses);
  return 'status' in result ? result.status : 'let in';
};

describe('an EHR that calls', () => {
  test.each([
    ['with a token of five minutes', {}, {}],
    ['with several audiences', { aud: ['https://other.example', called] }, {}],
    ['naming the address of its keys', {}, { jku: 'first' }],
    ['a minute after its token began', { nbf: nowSeconds + 60, iat: nowSeconds + 60, exp: nowSeconds + 360 }, {}],
    ['within a minute of its end', { exp: nowSeconds - 59, iat: nowSeconds - 300 }, {}],
  ])('%s is let in', async (_how, over, { jku }: { jku?: string }) => {
    const result = await freshCheck()(await bearer(over, jku ? { jku: ehr.jwksUri } : {}), addresses);
    expect(result).toEqual({ client: clients[0], tokenId: 'call-1' });
  });

  test('may sign with a key of another of its key sets, where it names that', async () => {
    expect(await statusOf(await bearer({}, { jku: spare.jwksUri }, older))).toBe('let in');
    expect(await statusOf(await bearer({}, {}, older))).toBe(401);
  });

  test('for one of several hospitals is told from the others by its tenant', async () => {
    const check = freshCheck();
    const of = async (tenant: string | undefined, jti: string) =>
      check(await bearer({ iss: 'https://cloud.example', tenant, jti }), addresses);
    expect(await of('north', '1')).toEqual({ client: clients[1], tokenId: '1' });
    expect(await of('south', '2')).toMatchObject({ status: 401, reason: 'audience-wrong' });
    expect(await of(undefined, '3')).toMatchObject({ status: 401, reason: 'issuer-unknown' });
  });

  test('twice with one token is let in once; another EHR may use the same jti', async () => {
    const check = freshCheck();
    const cloud = { iss: 'https://cloud.example', tenant: 'north' };
    const answers = [
      await statusOf(await bearer(), check),
      await statusOf(await bearer({ exp: nowSeconds + 200 }), check),
      await statusOf(await bearer(cloud), check),
    ];
    expect(answers).toEqual(['let in', 401, 'let in']);
  });

  test('whose keys cannot be had is asked to come again', async () => {
    ehr.answerJwksWith({ status: 500 });
    expect(await statusOf(await bearer())).toBe(503);
    ehr.answerJwksWith();
  });
});

/** Each takes something from a good token, or adds what makes it bad. */
const spoiled: Record<string, () => Promise<string | undefined>> = {
  'no header': async () => undefined,
  'no bearer': async () => `Basic ${btoa('a:b')}`,
  'no token': async () => 'Bearer ',
  'not a JWT': async () => 'Bearer x.y.z',
  'alg none': async () => `Bearer ${encoded({ alg: 'none', typ: 'JWT', kid: key.jwk.kid })}.${encoded(claims)}.`,
  'HMAC with the public key': async () => {
    const secret = new TextEncoder().encode(JSON.stringify(key.jwk));
    const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.jwk.kid as string });
    return `Bearer ${await jwt.sign(secret)}`;
  },
  'a foreign key': () => bearer({}, { kid: key.jwk.kid }, foreign),
  'an unknown kid': () => bearer({}, { kid: 'other' }),
  'no kid': () => bearer({}, { kid: undefined }),
  'a jku of its own': () => bearer({}, { jku: 'https://evil.example/jwks' }),
  'another type': () => bearer({}, { typ: 'at+jwt' }),
  'an unknown critical header': () => bearer({}, { crit: ['b64'], b64: true }),
  'no iss': () => bearer({ iss: undefined }),
  'an unknown iss': () => bearer({ iss: 'https://evil.example' }),
  'no aud': () => bearer({ aud: undefined }),
  'another aud': () => bearer({ aud: `${called}/` }),
  'an aud that only begins so': () => bearer({ aud: 'https://adapter.example' }),
  'no exp': () => bearer({ exp: undefined }),
  'an exp that has passed': () => bearer({ exp: nowSeconds - 60 }),
  'an exp too far ahead': () => bearer({ exp: nowSeconds + 361 }),
  'no iat': () => bearer({ iat: undefined }),
  'an iat to come': () => bearer({ iat: nowSeconds + 61 }),
  'an nbf to come': () => bearer({ nbf: nowSeconds + 61 }),
  'no jti': () => bearer({ jti: undefined }),
  'an empty jti': () => bearer({ jti: '' }),
  'a jti that is a number': () => bearer({ jti: 7 as never }),
};

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a spoiled token', () => {
  test.each(Object.keys(spoiled))('%s is 401', async (what) => {
    expect(await statusOf(await spoiled[what]?.())).toBe(401);
  });

  test('with any one character changed is 401', async () => {
    const check = freshCheck();
    const good = await bearer();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...'AZaz09-_'), async (position, character) => {
        const at = 'Bearer '.length + (position % (good.length - 'Bearer '.length));
        const changed = good.slice(0, at) + character + good.slice(at + 1);
        // The last character of a part has bits that mean nothing: a decoder may read both the same.
        fc.pre(changed !== good && good[at] !== '.' && at !== good.length - 1);
        expect(await statusOf(changed, check)).toBe(401);
      }),
    );
    expect(await statusOf(good, check)).toBe('let in');
  });

  test('does not use up its jti', async () => {
    const check = freshCheck();
    expect(await statusOf(await bearer({ exp: nowSeconds + 361 }), check)).toBe(401);
    expect(await statusOf(await bearer(), check)).toBe('let in');
  });
});
