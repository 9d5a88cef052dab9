import type { IncomingMessage, ServerResponse } from 'node:http';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backendServicesClient } from '../../src/auth/backend-client.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys, type SigningKey } from '../../src/auth/keys.ts';
import { addressPolicy } from '../../src/outgoing/address-policy.ts';
import { dispatcher } from '../../src/outgoing/dispatcher.ts';
import { gate } from '../../src/outgoing/gate.ts';
import { guardedFetch } from '../../src/outgoing/guarded-fetch.ts';
import { reactionTo } from '../../src/sync/failure.ts';
import { type Answer, type FhirClient, fhirClient } from '../../src/sync/fhir-client.ts';
import { type LocalServer, listen } from '../auth/local-server.ts';

const ehr = 'https://ehr.example';
let keys: readonly SigningKey[];

beforeAll(async () => {
  keys = await loadSigningKeys({ keys: [await generateSigningKey('ES384')] });
});

function clientOf(fhirBaseUrl: string, requestTimeoutMs = 2_000, heard?: (answer: Answer) => void): FhirClient {
  const connections = dispatcher({
    policy: addressPolicy({ allow: [], baseUrl: fhirBaseUrl }),
    tls: {},
    timeoutMs: requestTimeoutMs,
    maxAnswerBytes: 100_000,
  });
  const auth = backendServicesClient({
    fhirBaseUrl,
    clientId: 'adapter',
    keys: fixedKeys(keys),
    scopes: ['system/*.rs'],
    requestTimeoutMs,
    fetch: guardedFetch(connections),
  });
  const breaker = { failures: 3, firstWaitMs: 200, longestWaitMs: 200 };
  const entrance = gate({ breaker, concurrency: 1, longestQueueMs: 1_000 });
  return fhirClient({ fhirBaseUrl, auth, requestTimeoutMs, gate: entrance, connections, ...(heard && { heard }) });
}

const read = { method: 'GET', path: 'Device/1' } as const;
const secret = /token-\d/;

describe('the client of a hospital', () => {
  const unmatched: string[] = [];
  let client: FhirClient;

  beforeEach(() => {
    nock.disableNetConnect();
    nock.emitter.on('no match', (request) => void unmatched.push(request.url));
    client = clientOf(`${ehr}/fhir`);
    nock(ehr)
      .get('/fhir/.well-known/smart-configuration')
      .reply(200, { token_endpoint: `${ehr}/token` });
    grant(1);
  });
  // Files of a worker share what they import: the sockets of others are their own.
  afterAll(() => nock.restore());

  afterEach(() => {
    const pending = nock.pendingMocks();
    const strays = unmatched.splice(0);
    nock.cleanAll();
    nock.emitter.removeAllListeners();
    nock.enableNetConnect();
    expect({ pending, strays }).toEqual({ pending: [], strays: [] });
  });

  const grant = (n: number) =>
    nock(ehr)
      .post('/token')
      .reply(200, { access_token: `token-${n}`, token_type: 'bearer', expires_in: 300, scope: 'system/*.rs' });
  const device = (token: string) =>
    nock(ehr, { reqheaders: { authorization: `Bearer ${token}` } }).get('/fhir/Device/1');

  it('asks for one new token after a 401 and repeats the request with it', async () => {
    device('token-1').reply(401);
    grant(2);
    device('token-2').reply(200, { resourceType: 'Device', id: '1' }, { etag: 'W/"3"' });
    expect(await client.send(read)).toMatchObject({ kind: 'answered', status: 200, etag: 'W/"3"', body: { id: '1' } });
  });

  it('stops after the second 401', async () => {
    device('token-1').reply(401);
    grant(2);
    device('token-2').reply(401);
    const answer = await client.send(read);
    expect(answer).toMatchObject({ kind: 'answered', status: 401 });
    expect(reactionTo(answer, 'reading')).toMatchObject({
      kind: 'terminal',
      problem: { code: 'destination-unauthorized' },
    });
    grant(3);
    device('token-3').reply(200, { resourceType: 'Device' });
    expect(await client.send(read)).toMatchObject({ status: 200 });
  });

  it('hands on the wait that the hospital states in seconds', async () => {
    device('token-1').reply(429, '', { 'retry-after': '120' });
    expect(await client.send(read)).toMatchObject({ status: 429, retryAfterMs: 120_000 });
  });

  it('hands on the wait that the hospital states as a date', async () => {
    device('token-1').reply(503, '', { 'retry-after': new Date(Date.now() + 90_000).toUTCString() });
    const answer = await client.send(read);
    const waitMs = answer.kind === 'answered' ? (answer.retryAfterMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(80_000);
    expect(waitMs).toBeLessThanOrEqual(90_000);
  });

  it('takes a nonsensical wait for none', async () => {
    device('token-1').reply(503, '', { 'retry-after': 'soon' });
    const answer = await client.send(read);
    expect(answer).toMatchObject({ kind: 'answered', status: 503 });
    expect(reactionTo(answer, 'writing')).toMatchObject({ kind: 'retry', retryAfterMs: undefined });
  });

  it('takes the page of a proxy for what its status says', async () => {
    device('token-1').reply(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' });
    const answer = await client.send(read);
    expect(answer).toMatchObject({ kind: 'answered', status: 502 });
    expect(reactionTo(answer, 'writing').kind).toBe('retry');
  });

  it.each([200, 201])('takes an empty body for an answer (%i), with the headers it came with', async (status) => {
    const location = `${ehr}/fhir/Device/1/_history/4`;
    nock(ehr).post('/fhir/Device').reply(status, '', { location, etag: 'W/"4"' });
    const answer = await client.send({ method: 'POST', path: 'Device', body: { resourceType: 'Device' } });
    expect(answer).toMatchObject({ kind: 'answered', status, etag: 'W/"4"', location });
  });

  it('writes a form as a form, and a resource as FHIR', async () => {
    nock(ehr, { reqheaders: { 'content-type': 'application/x-www-form-urlencoded' } })
      .post('/fhir/Patient/_search', 'identifier=a%7Cb')
      .reply(200, { resourceType: 'Bundle' });
    nock(ehr, { reqheaders: { 'content-type': 'application/fhir+json' } })
      .post('/fhir', { resourceType: 'Bundle' })
      .reply(200, { resourceType: 'Bundle' });
    await client.send({ method: 'POST', path: 'Patient/_search', body: 'identifier=a%7Cb' });
    expect(await client.send({ method: 'POST', path: '', body: { resourceType: 'Bundle' } })).toMatchObject({
      status: 200,
    });
  });

  it('never lets its token out in an answer', async () => {
    device('token-1').reply(500, { resourceType: 'OperationOutcome' });
    device('token-1').replyWithError('connection reset');
    for (const answer of [await client.send(read), await client.send(read)]) {
      expect(JSON.stringify(answer)).not.toMatch(secret);
    }
  });

  it('refuses to sign a request that leaves the FHIR base', async () => {
    await expect(client.send({ method: 'GET', path: '../other/Device/1' })).rejects.toThrow(/outside the FHIR base/);
    device('token-1').reply(200, {});
    await client.send(read);
  });
});

describe('against a server that misbehaves', () => {
  const servers: LocalServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** A hospital whose FHIR API answers as the test says; discovery and tokens are in order. */
  async function hospitalWith(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = await listen((request, response) => {
      const { host } = request.headers;
      if (request.url?.endsWith('smart-configuration'))
        return sendJson(response, { token_endpoint: `http://${host}/token` });
      if (request.url === '/token') {
        return sendJson(response, {
          access_token: 'token-1',
          token_type: 'bearer',
          expires_in: 300,
          scope: 'system/*.rs',
        });
      }
      answer(request, response);
    });
    servers.push(server);
    return `${server.url}/fhir`;
  }

  function sendJson(response: ServerResponse, body: object): void {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  }

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect (%i): its token is not seen there, and nothing was done',
    async (status) => {
      const seen: (string | undefined)[] = [];
      const elsewhere = await listen((request, response) => {
        seen.push(request.headers.authorization);
        response.end('{}');
      });
      servers.push(elsewhere);
      const base = await hospitalWith((_request, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/fhir/Device/1` }).end();
      });
      const answer = await clientOf(base).send(read);
      expect(answer).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-refused' } });
      expect(seen).toEqual([]);
      expect(JSON.stringify(answer)).not.toMatch(secret);
    },
  );

  it('gives up on a server that hangs at its time limit: whether it was applied is unknown', async () => {
    const base = await hospitalWith(() => undefined);
    const started = performance.now();
    const answer = await clientOf(base, 300).send({ method: 'POST', path: '', body: {} });
    expect(answer).toMatchObject({ kind: 'unknown', problem: { code: 'destination-unavailable' } });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(JSON.stringify(answer)).not.toMatch(secret);
  });

  /** Discovery, token and FHIR API of a hospital that takes its time for each. */
  async function slowHospital(ms: { discovery?: number; token?: number; refusal?: number }) {
    const seen: string[] = [];
    const server = await listen((request, response) => {
      const path = request.url ?? '';
      const answer = (status: number, body: object, afterMs = 0) =>
        setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), afterMs);
      if (path.endsWith('smart-configuration')) answer(200, { token_endpoint: `${server.url}/token` }, ms.discovery);
      else if (path === '/token') {
        const granted = { access_token: `token-${seen.length}`, token_type: 'bearer', expires_in: 300 };
        answer(200, granted, ms.token);
      } else if (seen.push(path) === 1 && ms.refusal !== undefined) answer(401, {}, ms.refusal);
      else answer(200, { resourceType: 'Device' });
    });
    servers.push(server);
    return { client: clientOf(`${server.url}/fhir`, 600), seen };
  }

  it.each([{ discovery: 400 }, { token: 400 }, { discovery: 250, token: 250 }])(
    'is sent nothing once its token took so long that the request would outlive its lease: %j',
    async (ms) => {
      const { client, seen } = await slowHospital(ms);
      expect(await client.send(read)).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-unavailable' } });
      expect(seen).toEqual([]);
      expect(await client.send(read)).toMatchObject({ kind: 'answered', status: 200 });
    },
  );

  it('is not asked again after a 401 that came so late', async () => {
    const { client, seen } = await slowHospital({ refusal: 400 });
    expect(await client.send(read)).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-unavailable' } });
    expect(seen).toEqual(['/fhir/Device/1']);
    expect(await client.send(read)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('ends a request, with its token, within the time limit of one', async () => {
    const { client } = await slowHospital({ token: 200, refusal: 9_999 });
    const started = performance.now();
    expect(await client.send(read)).toMatchObject({ kind: 'unknown' });
    expect(performance.now() - started).toBeLessThan(750);
  });

  it('takes half a body that never ends, or ends early, for unknown', async () => {
    const hanging = await hospitalWith((_request, response) => void response.writeHead(200).write('{"resourceType":'));
    expect(await clientOf(hanging, 300).send(read)).toMatchObject({ kind: 'unknown' });
    const broken = await hospitalWith((request, response) => {
      response.writeHead(200, { 'content-length': '500' }).write('{"resourceType":', () => request.socket.destroy());
    });
    expect(await clientOf(broken).send(read)).toMatchObject({ kind: 'unknown' });
  });

  it('says that nothing was sent when no token can be had', async () => {
    const closed = await hospitalWith(() => undefined);
    await Promise.all(servers.splice(0).map((server) => server.close()));
    const answer = await clientOf(closed).send(read);
    expect(answer).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-unavailable' } });
  });

  it('asks for FHIR JSON that is not packed, and sends the conditions of a write', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const base = await hospitalWith((request, response) => {
      seen.push(request.headers);
      response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
    });
    const client = clientOf(base);
    const headers = { 'If-Match': 'W/"3"', 'If-None-Exist': 'identifier=a|b', Prefer: 'return=minimal' };
    await client.send({ method: 'PUT', path: 'Device/1', body: { resourceType: 'Device' }, headers });
    const deleted = await client.send({ method: 'DELETE', path: 'AdverseEvent/1' });
    expect(seen[0]).toMatchObject({
      ...{ accept: 'application/fhir+json', 'accept-encoding': 'identity', 'content-type': 'application/fhir+json' },
      ...{ 'if-match': 'W/"3"', 'if-none-exist': 'identifier=a|b', prefer: 'return=minimal' },
      authorization: 'Bearer token-1',
    });
    expect(deleted).toMatchObject({ kind: 'answered', status: 204, body: {} });
  });

  it('breaks off an answer that is larger than any should be', async () => {
    const base = await hospitalWith((_request, response) => response.end(JSON.stringify('x'.repeat(100_000))));
    expect(await clientOf(base).send(read)).toMatchObject({ kind: 'unknown' });
  });

  it('gives up on an answer that drips, at the time limit of the whole', async () => {
    const base = await hospitalWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/fhir+json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const started = performance.now();
    expect(await clientOf(base, 300).send(read)).toMatchObject({ kind: 'unknown' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([200, 201, 400, 502])('takes a page of HTML for what its status says (%i)', async (status) => {
    const base = await hospitalWith((_request, response) => response.writeHead(status).end('<html>'));
    expect(await clientOf(base).send(read)).toMatchObject({ kind: 'answered', status, body: '<html>' });
  });

  it.each([502, 503, 504])(
    'is asked no more after three answers %i in a row, until a probe succeeds',
    async (status) => {
      let asked = 0;
      let up = false;
      const base = await hospitalWith((_request, response) => {
        asked++;
        response.writeHead(up ? 200 : status).end();
      });
      const client = clientOf(base);
      for (let n = 0; n < 3; n++) expect(await client.send(read)).toMatchObject({ status });
      const turned = await client.send(read);
      expect(turned).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-unavailable' } });
      expect(turned.kind === 'not-sent' && turned.retryAfterMs).toBeGreaterThan(0);
      expect(asked).toBe(3);
      up = true;
      await new Promise((resolve) => setTimeout(resolve, 210));
      expect(await client.send(read)).toMatchObject({ status: 200 });
    },
  );

  it('is asked no more after three requests in a row that came to no answer', async () => {
    const base = await hospitalWith((request) => request.socket.destroy());
    const client = clientOf(base);
    for (let n = 0; n < 3; n++) expect(await client.send(read)).toMatchObject({ kind: 'unknown' });
    expect(await client.send(read)).toMatchObject({ kind: 'not-sent' });
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 429, 500])(
    'goes on being asked, however often it answers %i',
    async (status) => {
      const base = await hospitalWith((_request, response) => response.writeHead(status).end());
      const client = clientOf(base);
      for (let n = 0; n < 5; n++) expect(await client.send(read)).toMatchObject({ kind: 'answered', status });
    },
  );

  it.each([
    [429, { 'retry-after': '1' }],
    [503, { 'retry-after': '1' }],
    [429, { ratelimit: '"default";r=0;t=1' }],
  ])('is left in peace by all its patients when it says for how long: %i %j', async (status, headers) => {
    let asked = 0;
    const base = await hospitalWith((_request, response) => {
      asked++;
      response.writeHead(asked === 1 ? status : 200, headers).end();
    });
    const client = clientOf(base);
    expect(await client.send(read)).toMatchObject({ status, retryAfterMs: 1_000 });
    const turned = await client.send({ method: 'GET', path: 'Device/2' });
    expect(turned).toMatchObject({ kind: 'not-sent', problem: { code: 'destination-paused' } });
    expect(turned.kind === 'not-sent' && turned.retryAfterMs).toBeLessThanOrEqual(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    expect(await client.send(read)).toMatchObject({ status: 200 });
    expect(asked).toBe(2);
  });

  it('states a rate limit with every answer, and is not thought to want peace', async () => {
    const base = await hospitalWith((_request, response) =>
      response.writeHead(200, { ratelimit: '"default";r=99;t=60' }).end(),
    );
    const client = clientOf(base);
    await client.send(read);
    expect(await client.send(read)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('tells what it heard, and nothing of what was turned away', async () => {
    const heard: string[] = [];
    const base = await hospitalWith((_request, response) => response.writeHead(503, { 'retry-after': '60' }).end());
    const client = clientOf(base, 2_000, (answer) => heard.push(answer.kind));
    await client.send(read);
    await client.send(read);
    expect(heard).toEqual(['answered']);
  });
});
