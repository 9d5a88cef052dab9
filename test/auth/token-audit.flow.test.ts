import { decodeJwt, importJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PrivateSigningJwk } from '../../src/auth/keys.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { type Registry, startRegistry } from './client-registry.ts';

const now = Temporal.Instant.from('2024-06-25T10:00:00Z');

let site: AccessSite;
let registry: Registry;
let key: PrivateSigningJwk;
beforeEach(async () => {
  key = await newKey();
  registry = await startRegistry(key);
  const own = await newKey();
  site = await startAccessSite({
    clock: () => now,
    file: ({ keyFile }) => ({
      tokens: {
        signingKeysFile: keyFile('own.json', own),
        clients: [{ clientId: 'registry', jwksUri: registry.jwksUri, scopes: ['system/Device.rs'] }],
      },
    }),
  });
});
afterEach(async () => {
  await Promise.all([site.close(), registry.close()]);
});

describe('the audit of requests for tokens', () => {
  const rows = async () => {
    const found = await site.app.store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
    return found.map(({ tenant, action, actor, outcome, detail }) => [
      ...[tenant, action, actor, outcome],
      JSON.parse(detail),
    ]);
  };
  const network = expect.stringContaining('127.0.0.1');

  test('names who got a token, and the token by its jti', async () => {
    const { jti } = decodeJwt(String((await ask({})).body.access_token));
    expect(await rows()).toEqual([
      [
        ...['default', 'grant-token', 'registry', 'done'],
        { environment: 'live', scope: 'system/Device.rs', tokenId: jti },
      ],
    ]);
  });

  test('keeps who was refused without anything that was sent', async () => {
    await ask({ client_assertion: 'a.made-up.one' });
    await ask({ grant_type: 'Mustermann' });
    await fetch(`${site.url}/t/default/token`, { method: 'POST', body: '{}' });
    await fetch(`${site.url}/token`);
    const refused = ['default', 'grant-token', 'unknown', 'refused'];
    const came = { requestId: '', network };
    expect(await rows()).toEqual([
      [...refused, { ...came, status: 401, error: 'invalid_client' }],
      [...refused, { ...came, status: 400, error: 'unsupported_grant_type' }],
      [...refused, { ...came, status: 415, error: 'invalid_request' }],
      [...refused, { ...came, status: 405, error: 'invalid_request' }],
    ]);
  });

  test('keeps a form that is too large to be read, and a check that could not be made', async () => {
    expect((await fetch(`${site.url}/token`, { method: 'POST', body: tooLarge() })).status).toBe(413);
    registry.answerWith({ status: 503, body: '' });
    await ask({});
    const came = { requestId: '', network };
    expect(await rows()).toEqual([
      ['default', 'grant-token', 'unknown', 'refused', { ...came, status: 413 }],
      ['default', 'grant-token', 'unknown', 'failed', { ...came, status: 503, error: 'temporarily_unavailable' }],
    ]);
  });

  test('that cannot be written lets no token out', async () => {
    const { db } = site.app.store;
    await db.schema.alterTable('audit').renameTo('audit_gone').execute();
    const body = new URLSearchParams(await form());
    const response = await fetch(`${site.url}/token`, { method: 'POST', body });
    await db.schema.alterTable('audit_gone').renameTo('audit').execute();
    expect([response.status, (await response.text()).includes('access_token')]).toEqual([500, false]);
  });
});

const tooLarge = () => new URLSearchParams({ scope: 'x'.repeat(70_000) });

const form = async (): Promise<Record<string, string>> => ({
  scope: 'system/Device.rs',
  grant_type: 'client_credentials',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: await new SignJWT({ iss: 'registry', sub: 'registry', aud: `${site.url}/token`, jti: 'once' })
    .setProtectedHeader({ alg: 'ES384', kid: key.kid as string, typ: 'JWT' })
    .setExpirationTime(now.epochMilliseconds / 1000 + 300)
    .sign(await importJWK(key, 'ES384')),
});

const ask = async (over: Record<string, string>) => site.post('/token', { ...(await form()), ...over });
