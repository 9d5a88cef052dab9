import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/config.ts';
import { refill } from '../http/sample-events.ts';
import { startTestService } from '../http/test-service.ts';

/** What changes once others than this machine reach the service. */

let folder: string;
let senders: ConfigFile['senders'];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-reached-'));
  writeFileSync(join(folder, 'secret'), Buffer.alloc(32, 7).toString('base64'));
  senders = [{ name: 'registry', auth: { hmac: { secretFiles: [join(folder, 'secret')] } } }];
});
afterAll(() => rmSync(folder, { recursive: true }));

const reached = (server: ConfigFile['server']) =>
  startTestService({
    server: { host: '0.0.0.0', publicUrl: 'https://itb.test', behindProxy: true, ...server },
    senders,
  });

const networksOf = (rows: Record<string, unknown>[]) =>
  rows.map(({ detail }) => (JSON.parse(String(detail)) as { network: string }).network);

describe('where a request comes from', () => {
  const asked = async (proxies: string[]) => {
    const service = await reached({ proxies });
    await fetch(`${service.url}/events`, { method: 'POST', headers: { 'x-forwarded-for': '203.0.113.9' } });
    const rows = service.rows("select detail from audit where action = 'deny-sender'");
    await service.close();
    return networksOf(rows);
  };

  test('is what a configured proxy says', async () => {
    expect(await asked(['127.0.0.0/8'])).toEqual(['203.0.113.9']);
  });

  test('is the connection itself, whatever anybody else says', async () => {
    expect(await asked(['10.0.0.0/8'])).toEqual(['127.0.0.1']);
  });
});

describe('the figures of the process', () => {
  const from = async (server: ConfigFile['server']) => {
    const service = await reached({ proxies: ['127.0.0.1'], ...server });
    const port = new URL(service.url).port;
    const ask = async (address?: string) => {
      const headers: Record<string, string> = address === undefined ? {} : { 'x-forwarded-for': address };
      return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status;
    };
    const statuses = [await ask(), await ask('10.1.1.1'), await ask('192.0.2.1')];
    await service.close();
    return statuses;
  };

  test('are for this machine alone', async () => {
    expect(await from({})).toEqual([200, 404, 404]);
  });

  test('are for nobody whom a proxy on this machine brings', async () => {
    expect(await from({ host: '127.0.0.1', proxies: [] })).toEqual([200, 404, 404]);
  });

  test('and for who is named', async () => {
    expect(await from({ metricsFrom: ['10.0.0.0/8'] })).toEqual([200, 200, 404]);
  });
});

describe('the pages of people, where nobody signs in', () => {
  test('are not there behind a proxy: what it brings looks as if this machine asked', async () => {
    const service = await reached({ host: '127.0.0.1' });
    const statuses = [];
    for (const path of ['/board', '/admin/review']) statuses.push((await fetch(`${service.url}${path}`)).status);
    await service.close();
    expect(statuses).toEqual([404, 404]);
  });
});

describe('a service without senders', () => {
  test.each([
    ['under a name that is not of this machine', { host: 'evil.test' }],
    ['through a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }],
  ])('takes nothing that comes %s', async (_what, headers) => {
    const service = await startTestService();
    const status = await new Promise((resolve) => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
      request(`${service.url}/events`, options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end(JSON.stringify(refill('X-1')));
    });
    const events = service.rows('select event_id from event');
    await service.close();
    expect([status, events]).toEqual([421, []]);
  });
});
