import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTokenIssuer, type TokenIssuer } from '../auth/token-issuer.ts';
import { startTestService, type TestService } from './test-service.ts';

let issuer: TokenIssuer;
let service: TestService;
let token: string;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  const key = await issuer.newKey('ES384');
  issuer.publish(key);
  const { issuer: iss, jwksUri } = issuer;
  service = await startTestService({
    issuers: [
      { issuer: iss, jwksUri, tenant: 'north', environment: 'test', audience: 'urn:north' },
      { issuer: iss, jwksUri, tenant: 'south', audience: 'urn:south' },
    ],
  });
  const claims = { iss, aud: 'urn:north', sub: 'nurse', client_id: 'bedside', exp: 4_000_000_000 };
  token = await issuer.sign(key, { ...claims, scope: 'system/*.rs' });
});
afterAll(() => Promise.all([service.close(), issuer.close()]));

/** Status, and tenant and content of the rows that the request left behind. */
async function rowsOf(path: string, init: RequestInit = {}) {
  const before = service.rows('select coalesce(max(seq), 0) as seq from audit')[0]?.seq;
  const response = await fetch(service.url + path, init);
  const rows = service.rows(`select tenant, actor, outcome, detail from audit where seq > ${before}`);
  return rows.map(({ tenant, actor, outcome, detail }) => {
    const { requestId, network: _, ...said } = JSON.parse(String(detail));
    expect([response.status, requestId]).toEqual([404, response.headers.get('x-request-id')]);
    return { tenant, actor, outcome, ...said };
  });
}

const unread = { interaction: 'operation', status: 404, outcome: '4xx' };

describe('where there are two hospitals, what neither serves is written down', () => {
  test.each(['/fhir/Patient/Mustermann', '/fhir', '/status', '/status/Mustermann', '/t/east/fhir/metadata'])(
    '%s, asked for by a stranger',
    async (path) => {
      const row = { ...unread, tenant: 'default', actor: 'unknown', environment: 'live', operation: 'GET' };
      expect(await rowsOf(path)).toEqual([row]);
    },
  );

  test('with the one whose token it is', async () => {
    const by = { issuer: issuer.issuer, subject: 'nurse', clientId: 'bedside' };
    const row = { ...unread, ...by, tenant: 'north', actor: 'bedside', environment: 'test' };
    const headers = { authorization: `Bearer ${token}` };
    expect(await rowsOf('/status/x', { headers })).toEqual([{ ...row, operation: 'GET' }]);
    expect(await rowsOf('/fhir/Patient', { method: 'POST', headers })).toEqual([{ ...row, operation: 'POST' }]);
  });

  test('with the one whose address it is, whoever asks', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const row = { ...unread, tenant: 'south', actor: 'unknown', environment: 'live', operation: 'GET' };
    expect(await rowsOf('/t/south/status/x/y', { headers })).toEqual([row]);
  });
});

test('what is served leaves its own row, and no other', async () => {
  const before = service.rows('select max(seq) as seq from audit')[0]?.seq;
  const { status } = await fetch(`${service.url}/t/north/status/x`);
  const rows = service.rows(`select outcome from audit where seq > ${before}`);
  expect([status, rows.map(({ outcome }) => outcome)]).toEqual([401, ['4xx']]);
});
