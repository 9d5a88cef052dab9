import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { randomFaults } from './random-faults.ts';
import { randomOf } from './sender.ts';
import { type Fault, wireFaults } from './wire-faults.ts';

const clientWaitsMs = 1_000;
const lateMs = 1_300;

let hospital: Server;
let proxy: FaultProxy;
let applied: string[];
let next: Fault | undefined;

/** A hospital that keeps what it gets and answers with a version. */
beforeEach(async () => {
  applied = [];
  hospital = createServer(async (request, response) => {
    applied.push(`${request.method} ${await text(request)}`);
    response.setHeader('etag', 'W/"3"').end('{"meta":{"versionId":"3"},"response":{"etag":"W/\\"3\\""}}');
  }).listen(0, '127.0.0.1');
  await once(hospital, 'listening');
  const target = `http://127.0.0.1:${(hospital.address() as AddressInfo).port}/fhir`;
  proxy = await startFaultProxy({ target, choose: () => next, lateMs, closedMs: 100 });
});
afterEach(async () => {
  await proxy.close();
  hospital.close();
  hospital.closeAllConnections();
});

const body = JSON.stringify({ ifMatch: 'W/"3"', ifNoneExist: 'identifier=x' });

/** What a client sees of one create: the status and what it can read, or that nothing can be read. */
async function seen(fault: Fault | undefined): Promise<string> {
  next = fault;
  try {
    const headers = { authorization: 'Bearer t', 'content-type': 'application/fhir+json' };
    const signal = AbortSignal.timeout(clientWaitsMs);
    const response = await fetch(proxy.baseUrl, { method: 'POST', headers, body, signal });
    const read = await response.text();
    return `${response.status} ${read.startsWith('{') && isJson(read) ? 'JSON' : 'no JSON'}`;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'no answer in time' : 'broken';
  }
}

function isJson(read: string): boolean {
  try {
    JSON.parse(read);
    return true;
  } catch {
    return false;
  }
}

/** How each looks to the client, and how often the hospital was asked. */
const table: Readonly<Record<Fault, readonly [seen: string, applied: number]>> = {
  'connection refused for a while': ['broken', 0],
  'reset before it arrived': ['broken', 0],
  'reset after it was applied': ['broken', 1],
  'half a body, then a reset': ['broken', 1],
  'half a body that looks whole': ['200 no JSON', 1],
  'applied, and answered too late': ['no answer in time', 1],
  'arrived after the client gave up': ['no answer in time', 1],
  'a slow drip': ['200 JSON', 1],
  'an older version': ['200 JSON', 1],
  '401: the token is revoked': ['401 JSON', 0],
  '409: somebody holds a lock': ['409 JSON', 0],
  '412: applied, then refused when a gateway sent it again': ['412 JSON', 1],
  '400: applied, then a lost race when a gateway sent it again': ['400 JSON', 1],
  '429 without Retry-After': ['429 JSON', 0],
  '429 with seconds': ['429 JSON', 0],
  '429 with a date': ['429 JSON', 0],
  '429 with nonsense': ['429 JSON', 0],
  '500': ['500 JSON', 0],
  '500 after it was applied': ['500 JSON', 1],
  '502 with a page for people': ['502 no JSON', 0],
  '503': ['503 JSON', 0],
};

describe('the bad line to a hospital', () => {
  it.for(Object.entries(table))('does what "%s" says, and counts it', async ([fault, [client, times]]) => {
    expect(await seen(fault as Fault)).toBe(client);
    await proxy.settled();
    expect(applied).toEqual(Array.from({ length: times }, () => `POST ${body}`));
    expect(proxy.harm()).toEqual({ [fault]: 1 });
    expect(proxy.requests).toEqual(['POST /fhir']);
  });

  it('lets a request through as it is when no harm is chosen', async () => {
    expect(await seen(undefined)).toBe('200 JSON');
    expect(applied).toEqual([`POST ${body}`]);
    expect(proxy.harm()).toEqual({});
  });

  it('tells the version before the current one, in the body and in the header', async () => {
    next = 'an older version';
    const response = await fetch(proxy.baseUrl);
    expect(response.headers.get('etag')).toBe('W/"2"');
    expect(await response.json()).toEqual({ meta: { versionId: '2' }, response: { etag: 'W/"2"' } });
  });

  it('refuses a revoked token for good, and takes another one', async () => {
    expect(await seen('401: the token is revoked')).toBe('401 JSON');
    expect(await seen(undefined)).toBe('401 JSON');
    const response = await fetch(proxy.baseUrl, { headers: { authorization: 'Bearer another' } });
    expect(response.status).toBe(200);
  });

  it('can be reached again some time after its port was closed', async () => {
    await seen('connection refused for a while');
    expect(await seen(undefined)).toBe('broken');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await seen(undefined)).toBe('200 JSON');
  });

  it('chooses every kind of harm that fits before one comes twice, and the same again for the same seed', () => {
    const write = { method: 'POST', url: '/fhir', headers: { authorization: 'Bearer t' }, body };
    const drawn = (seed: number) => {
      const choose = randomFaults(randomOf(seed), 1);
      return Array.from({ length: 21 }, () => choose(write));
    };
    expect(drawn(7).toSorted()).toEqual(Object.keys(wireFaults).toSorted());
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(8)).not.toEqual(drawn(7));
  });

  it('never answers a search as if it had been a write', () => {
    const search = { method: 'POST', url: '/fhir/Patient/_search', headers: {}, body: 'identifier=x' };
    const choose = randomFaults(randomOf(1), 1);
    const drawn = new Set(Array.from({ length: 100 }, () => choose(search)));
    for (const fault of Object.keys(table).filter((name) => /^(401|409|412|400|500 after)/.test(name))) {
      expect(drawn).not.toContain(fault);
    }
  });
});
