import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from '../auth/token-issuer.ts';
import { refill } from '../http/sample-events.ts';
import { issuesOf, startTestService, type TestService } from '../http/test-service.ts';

/** One service with senders of every kind: tokens, certificates, signatures. */
const certificates = join(import.meta.dirname, '..', 'outgoing', 'certificates');
const [oldSecret, newSecret, foreignSecret] = ['b', 'a', 'c'].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
];
const whsec = (secret: string) => `whsec_${Buffer.from(secret).toString('base64')}`;

let folder: string;
let issuer: TokenIssuer;
let key: IssuerKey;
let service: TestService;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'itb-senders-'));
  writeFileSync(join(folder, 'old'), `${whsec(oldSecret)}\n`);
  writeFileSync(join(folder, 'new'), `${whsec(newSecret)}\n`);
  issuer = await startTokenIssuer();
  key = await issuer.newKey('ES256');
  issuer.publish(key);
  const bearer = { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: 'https://adapter.test' };
  service = await startTestService({
    intake: { failuresPerMinute: 100 },
    senders: [
      {
        ...{ name: 'engine', tenant: 'north', environment: 'test', systems: ['urn:feed:engine'] },
        auth: { bearer: { ...bearer, clientId: 'engine' } },
      },
      {
        name: 'live-engine',
        tenant: 'north',
        auth: { bearer: { ...bearer, subject: 'live-engine', scope: 'itb/live' } },
      },
      {
        ...{ name: 'registry', tenant: 'south', environment: 'test' },
        auth: { hmac: { secretFiles: [join(folder, 'new'), join(folder, 'old')] } },
      },
    ],
  });
});
afterAll(async () => {
  await service.close();
  await issuer.close();
  rmSync(folder, { recursive: true });
});

const seconds = () => Math.floor(Date.now() / 1000);

const token = (over: Record<string, unknown> = {}) =>
  issuer.sign(key, {
    ...{ iss: issuer.issuer, aud: 'https://adapter.test', sub: 's', client_id: 'engine', scope: 'itb/events.write' },
    ...{ exp: seconds() + 300, ...over },
  });

const fromEngine = (eventId: string, over: Record<string, unknown> = {}) =>
  refill(eventId, { source: { system: 'urn:feed:engine', eventId }, ...over });

const postAs = async (bearer: string, event: unknown) =>
  service.post(event, 'application/json', { authorization: `Bearer ${bearer}` });

const storedIn = (eventId: string) =>
  service.rows(`select tenant, environment from event where event_id = '${eventId}'`);

describe('a sender with a token', () => {
  test('reports for its tenant, whatever its source system is configured for', async () => {
    const { status } = await postAs(await token(), fromEngine('T-1'));
    expect(status).toBe(200);
    expect(storedIn('T-1')).toEqual([{ tenant: 'north', environment: 'test' }]);
  });

  test('whose token lacks the scope is told which one', async () => {
    const answer = await postAs(await token({ scope: 'system/*.rs' }), fromEngine('T-2'));
    expect([answer.status, issuesOf(answer)]).toEqual([403, [['error', null]]]);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="events", error="insufficient_scope", error_description="The access token does not open this.", scope="itb/events.write", Webhook realm="events"',
    );
    expect(storedIn('T-2')).toEqual([]);
  });

  test.each([
    ['of somebody else', { client_id: 'other' }],
    ['for another audience', { aud: 'https://elsewhere.test' }],
    ['of another issuer', { iss: 'https://other.test' }],
    ['that has expired', { exp: 1_700_000_000 }],
    ['that names no client', { client_id: undefined }],
  ])('%s is not let in', async (_what, claims) => {
    const answer = await postAs(await token(claims), fromEngine('T-3'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(storedIn('T-3')).toEqual([]);
  });

  test('signed by an unknown key is not let in', async () => {
    const other = await issuer.newKey('ES256');
    const forged = await issuer.sign(other, { iss: issuer.issuer, aud: 'https://adapter.test', client_id: 'engine' });
    expect((await postAs(forged, fromEngine('T-4'))).status).toBe(401);
  });

  test('that reports for another source system is refused, and what it sent waits for a human at its tenant', async () => {
    const answer = await postAs(await token(), refill('T-5'));
    expect([answer.status, issuesOf(answer)]).toEqual([422, [['sender-not-permitted', null]]]);
    expect(storedIn('T-5')).toEqual([]);
    const items = service.rows("select tenant, stage, held from review_item where code = 'sender-not-permitted'");
    expect(items).toEqual([{ tenant: 'north', stage: 'intake', held: 1 }]);
  });

  test('of tests never makes a live event', async () => {
    const answer = await postAs(await token(), fromEngine('T-6', { test: undefined }));
    expect([answer.status, issuesOf(answer)]).toEqual([422, [['sender-not-permitted', null]]]);
    expect(storedIn('T-6')).toEqual([]);
  });

  test('of live events never makes a test', async () => {
    const live = await token({ client_id: undefined, sub: 'live-engine', scope: 'itb/live' });
    expect((await postAs(live, refill('T-7'))).status).toBe(422);
    expect((await postAs(live, refill('T-8', { test: undefined }))).status).toBe(200);
    expect([storedIn('T-7'), storedIn('T-8')]).toEqual([[], [{ tenant: 'north', environment: 'live' }]]);
  });
});

describe('a sender that signs', () => {
  const signed = (secret: string, body: string, { id = 'msg_1', at = new Date() } = {}) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(whsec(secret)).sign(id, at, body),
  });
  const post = (body: string, headers: Record<string, string>) => service.post(body, 'application/json', headers);

  test.each([
    ['newest', newSecret],
    ['second', oldSecret],
  ])('with its %s secret, as the reference library of Standard Webhooks signs, is let in', async (what, secret) => {
    const body = JSON.stringify(refill(`W-${what}`));
    expect((await post(body, signed(secret, body, { id: what }))).status).toBe(200);
    expect(storedIn(`W-${what}`)).toEqual([{ tenant: 'south', environment: 'test' }]);
  });

  test('and delivers the same again is answered as before, and nothing is stored twice', async () => {
    const body = JSON.stringify(refill('W-again'));
    const first = await post(body, signed(newSecret, body, { id: 'again' }));
    const second = await post(body, signed(newSecret, body, { id: 'again' }));
    expect(second.body).toEqual(first.body);
    expect(first.body.accepted).toBe(1);
  });

  const body = JSON.stringify(refill('W-no'));
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  test.each([
    ['by a foreign secret', () => signed(foreignSecret, body)],
    ['over another body', () => signed(newSecret, `${body} `)],
    ['six minutes ago', () => signed(newSecret, body, { at: minutesAgo(6) })],
    ['six minutes from now', () => signed(newSecret, body, { at: minutesAgo(-6) })],
    ['without an id', () => ({ ...signed(newSecret, body), 'webhook-id': '' })],
    ['for another id', () => ({ ...signed(newSecret, body), 'webhook-id': 'other' })],
    ['with a time that is none', () => ({ ...signed(newSecret, body), 'webhook-timestamp': 'soon' })],
    ['in another version', () => ({ ...signed(newSecret, body), 'webhook-signature': 'v2,AAAA' })],
  ])('%s is not let in', async (_what, headers) => {
    const answer = await post(body, headers());
    expect([answer.status, answer.body.issue[0]?.diagnostics]).toEqual([
      401,
      'The signature of the webhook is not valid.',
    ]);
    expect(storedIn('W-no')).toEqual([]);
  });

  test('may sign with both of its secrets at once', async () => {
    const own = signed(newSecret, body, { id: 'both' });
    const both = `${signed(foreignSecret, body, { id: 'both' })['webhook-signature']} ${own['webhook-signature']}`;
    expect((await post(body, { ...own, 'webhook-signature': both })).status).toBe(200);
  });

  test('does not pack its body', async () => {
    const answer = await post(body, { ...signed(newSecret, body), 'content-encoding': 'gzip' });
    expect([answer.status, issuesOf(answer)]).toEqual([415, [['media-type-unsupported', null]]]);
  });
});

describe('nobody', () => {
  test('is let in without a proof, and is told in which ways there are', async () => {
    const answer = await service.post(refill('N-1'));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="events", Webhook realm="events"');
  });

  test('is written down together with what was sent', async () => {
    const rows = service.rows("select actor, outcome, detail from audit where action = 'deny-sender'");
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['unknown']));
    const text = JSON.stringify(rows);
    expect(text).toContain('signature-wrong');
    expect(text).not.toMatch(/MRN0001|NGP100001H|whsec|eyJ/);
  });

  test('sees the receipts of another', async () => {
    const { receiptId } = (await postAs(await token(), fromEngine('N-2'))).body as unknown as { receiptId: string };
    const headersOf = async (claims?: object) => ({ authorization: `Bearer ${await token({ ...claims })}` });
    const asked = async (headers: Record<string, string>) =>
      (await fetch(`${service.url}/receipts/${receiptId}`, { headers })).status;
    const other = { client_id: undefined, sub: 'live-engine', scope: 'itb/live' };
    expect([await asked(await headersOf()), await asked(await headersOf(other)), await asked({})]).toEqual([
      200, 404, 401,
    ]);
  });

  test('may fail without end', async () => {
    const own = await startTestService({
      intake: { failuresPerMinute: 3 },
      senders: [{ name: 'registry', auth: { hmac: { secretFiles: [join(folder, 'new')] } } }],
    });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push((await own.post(refill('N-3'))).status);
    const last = await own.post(refill('N-3'));
    const at = new Date();
    const body = JSON.stringify(refill('N-4', { test: undefined }));
    const proven = await own.post(body, 'application/json', {
      'webhook-id': 'N-4',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(whsec(newSecret)).sign('N-4', at, body),
    });
    const written = own.rows("select count(*) as count from audit where action = 'deny-sender'");
    await own.close();
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    // Others at its address, behind one proxy, do not keep out who proves who it is.
    expect(proven.status).toBe(200);
    expect([last.headers.get('retry-after'), issuesOf(last)]).toEqual(['60', [['too-many-requests', null]]]);
    expect(written).toEqual([{ count: 3 }]);
  });
});

describe('a sender that sends too often', () => {
  test('is told how much is left, and when it may go on', async () => {
    const own = await startTestService({
      senders: [
        {
          ...{ name: 'registry', environment: 'test', rate: { requests: 2, seconds: 30 } },
          auth: { hmac: { secretFiles: [join(folder, 'new')] } },
        },
      ],
    });
    const body = JSON.stringify(refill('R-1'));
    const answers = [];
    for (const id of ['1', '2', '3']) {
      const at = new Date();
      answers.push(
        await own.post(body, 'application/json', {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(whsec(newSecret)).sign(id, at, body),
        }),
      );
    }
    await own.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers.get('ratelimit-policy')).toMatch(/^"2-in-30sec"; q=2; w=30/);
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"2-in-30sec"; r=1; t=\d+/);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a service with TLS', () => {
  const pem = (name: string) => readFileSync(join(certificates, name), 'utf8');
  const tls = {
    certFile: join(certificates, 'server.pem'),
    keyFile: join(certificates, 'server.key'),
    clientCaFile: join(certificates, 'ca.pem'),
  };
  let secure: TestService;
  beforeAll(async () => {
    secure = await startTestService({
      server: { tls },
      senders: [
        {
          ...{ name: 'engine', tenant: 'north', environment: 'test' },
          auth: { clientCertificate: { subject: { CN: 'adapter.test' }, dnsName: 'adapter.test' } },
        },
        { name: 'other', auth: { clientCertificate: { sha256: 'ab'.repeat(32) } } },
        { name: 'registry', environment: 'test', auth: { hmac: { secretFiles: [join(folder, 'new')] } } },
      ],
    });
  });
  afterAll(() => secure.close());

  const postOver = (options: object, event: unknown) =>
    new Promise<{ status: number; challenge: string | undefined }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const url = secure.url.replace('127.0.0.1', 'localhost');
      const sending = request(`${url}/events`, { method: 'POST', headers, ca: pem('ca.pem'), ...options }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, challenge: answer.headers['www-authenticate'] });
      });
      sending.on('error', reject).end(JSON.stringify(event));
    });
  const ours = { cert: pem('client.pem'), key: pem('client.key') };

  test('is reached by https', () => {
    expect(secure.url).toMatch(/^https:/);
  });

  test('knows a sender by its certificate', async () => {
    expect((await postOver(ours, refill('C-1'))).status).toBe(200);
    expect(secure.rows("select tenant from event where event_id = 'C-1'")).toEqual([{ tenant: 'north' }]);
  });

  test('asks who comes without a certificate for another proof', async () => {
    expect(await postOver({}, refill('C-2'))).toEqual({
      status: 401,
      challenge: 'Certificate realm="events", Webhook realm="events"',
    });
  });

  test.each([
    ['a certificate of the authority that is nobody’s', 'server.pem', 'server.key'],
    ['one that has expired', 'expired.pem', 'expired.key'],
  ])('does not take %s for a sender', async (_what, cert, its) => {
    expect((await postOver({ cert: pem(cert), key: pem(its) }, refill('C-3'))).status).toBe(401);
  });

  test('serves everybody else as before', async () => {
    const status = await new Promise<number>((resolve) =>
      request(`${secure.url}/healthz`, { ca: pem('ca.pem'), servername: 'localhost' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      }).end(),
    );
    expect(status).toBe(200);
  });
});
