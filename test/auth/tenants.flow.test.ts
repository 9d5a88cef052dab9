import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { denied } from '../../src/auth/bearer.ts';
import { type AccessSite, startAccessSite } from './access-site.ts';
import { type IntrospectingIssuer, startIntrospectingIssuer } from './introspecting-issuer.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

let north: TokenIssuer;
let south: TokenIssuer;
let opaque: IntrospectingIssuer;
let site: AccessSite;
const keys = new Map<TokenIssuer, IssuerKey>();

beforeEach(async () => {
  [north, south, opaque] = [await startTokenIssuer(), await startTokenIssuer(), await startIntrospectingIssuer()];
  for (const issuer of [north, south]) {
    const key = await issuer.newKey('ES384');
    issuer.publish(key);
    keys.set(issuer, key);
  }
  site = await startAccessSite({
    file: ({ keyFile }) => {
      const clientSecretFile = keyFile('secret.json');
      const introspection = { url: opaque.introspectionUrl, clientId: 'adapter', clientSecretFile };
      return {
        issuers: [
          { issuer: north.issuer, jwksUri: north.jwksUri, tenant: 'north' },
          { issuer: south.issuer, jwksUri: south.jwksUri, tenant: 'south', userReach: 'tenant', environment: 'test' },
          { issuer: opaque.issuer, introspection, tenant: 'south' },
        ],
      };
    },
  });
});
afterEach(async () => {
  await Promise.all([site.close(), north.close(), south.close(), opaque.close()]);
});

describe('two hospitals', () => {
  test('have their own addresses, and none at the root', () => {
    expect(site.access.urls.tenants).toEqual(['north', 'south']);
    expect(site.access.urls.basesOf('north')).toEqual([`${site.url}/t/north`]);
    expect(site.access.urls.fhirBasesOf('south')).toEqual([`${site.url}/t/south/fhir`]);
  });

  test('let in whose token is for their own FHIR base', async () => {
    expect(await check(await tokenOf(north, 'north'), 'north')).toMatchObject({
      ...{ tenant: 'north', environment: 'live', userReach: 'patient' },
    });
    expect(await check(await tokenOf(south, 'south'), 'south')).toMatchObject({
      ...{ tenant: 'south', environment: 'test', userReach: 'tenant' },
    });
  });

  test.each([
    ['the token of the other hospital', async () => tokenOf(north, 'north'), 'south'],
    ['a token of its issuer for the other hospital', async () => tokenOf(south, 'north'), 'south'],
    ['a token of the other issuer for it', async () => tokenOf(north, 'south'), 'south'],
    ['an opaque token, where nobody is asked', async () => 'opaque', 'north'],
    ['any token, where there is no such hospital', async () => tokenOf(north, 'north'), 'east'],
  ])('refuse %s in the same words', async (_what, token, tenant) => {
    opaque.says('opaque', activeToken);
    expect(await check(await token(), tenant)).toMatchObject({
      ...{ status: 401, error: 'invalid_token', description: 'The access token is not valid.' },
    });
    expect(opaque.asked).toEqual([]);
  });

  test('at the root are told apart by their tokens; an opaque one tells nothing and is shown to nobody', async () => {
    expect(await check(await tokenOf(north, 'north'), undefined)).toMatchObject({ tenant: 'north' });
    expect(await check(await tokenOf(south, 'south'), undefined)).toMatchObject({ tenant: 'south' });
    opaque.says('opaque', activeToken);
    expect(await check('opaque', undefined)).toMatchObject({ status: 401, reason: 'not-a-jwt' });
    expect(opaque.asked).toEqual([]);
    expect(denied(await check('opaque', 'south'))).toBe(false);
  });
});

const activeToken = { active: true, scope: 'system/*.rs', client_id: 'app', exp: 4_000_000_000 };

const check = (token: string, tenant: string | undefined) => site.access.check(`Bearer ${token}`, tenant);

const tokenOf = (issuer: TokenIssuer, tenant: string): Promise<string> =>
  issuer.sign(keys.get(issuer) as IssuerKey, {
    ...{ iss: issuer.issuer, aud: `${site.url}/t/${tenant}/fhir`, sub: 'u', exp: 4_000_000_000 },
  });
