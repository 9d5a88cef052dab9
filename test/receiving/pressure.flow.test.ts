import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { issuesOf, startTestService, type TestService } from '../http/test-service.ts';
import { heldStore, later } from './held-store.ts';

const services: TestService[] = [];
async function started(...how: Parameters<typeof startTestService>): Promise<TestService> {
  const service = await startTestService(...how);
  services.push(service);
  return service;
}
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

describe('a store that is slow', () => {
  test('makes the service send further senders away, before it reads their bodies, until it has caught up', async () => {
    const service = await started({ intake: { pressure: { maxSeconds: 0.2 } } });
    const letGo = heldStore(service);
    const first = service.post(refill('S-1'));
    await letGo.reached;
    await later(300);
    const answer = await service.post(refill('S-2'));
    expect([answer.status, issuesOf(answer), answer.headers.get('retry-after')]).toEqual([
      503,
      [['too-busy', null]],
      '5',
    ]);
    letGo();
    expect((await first).status).toBe(200);
    expect((await service.post(refill('S-2'))).status).toBe(200);
  });

  test('holds as many bodies as are configured, and no more', async () => {
    const service = await started({ intake: { pressure: { maxBodies: 2 } } });
    const letGo = heldStore(service);
    const both = [service.post(refill('B-1')), service.post(refill('B-2'))];
    await letGo.reached;
    await later(300);
    expect((await service.post(refill('B-3'))).status).toBe(503);
    letGo();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await service.post(refill('B-3'))).status).toBe(200);
  });

  test('holds as many bytes as are configured; a packed body counts as large as it may become', async () => {
    const service = await started({ intake: { maxBytes: 10_000, pressure: { maxBodyBytes: 12_000 } } });
    const letGo = heldStore(service);
    const packed = (eventId: string) =>
      service.post(gzipSync(JSON.stringify(refill(eventId))), 'application/json', { 'content-encoding': 'gzip' });
    const first = packed('P-1');
    await letGo.reached;
    expect((await packed('P-2')).status).toBe(503);
    const second = service.post(refill('P-3'));
    await later(300);
    letGo();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  test('counts nobody twice who went away', async () => {
    const service = await started({ intake: { pressure: { maxBodies: 1 } } });
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    );
    await vi.waitFor(async () => expect((await service.post(refill('G-0'))).status).toBe(503), { timeout: 10_000 });
    socket.destroy();
    await vi.waitFor(async () => expect((await service.post(refill('G-1'))).status).toBe(200), { timeout: 10_000 });
  });
});

describe('a body', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)(
    'that unpacks (%s) to a thousand times its size is refused, and is never held whole',
    async (name, pack) => {
      const service = await started({ intake: { maxBytes: 100_000 } });
      const bomb = pack(Buffer.alloc(100_000_000, 0x20));
      expect(bomb.length).toBeLessThan(200_000);
      const before = process.memoryUsage().arrayBuffers;
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }, 2);
      const answer = await service.post(bomb.subarray(0, 50_000), 'application/json', { 'content-encoding': name });
      expect([answer.status, issuesOf(answer)[0]?.[0]]).toEqual([413, 'body-too-large']);
      clearInterval(watch);
      expect(most - before).toBeLessThan(50_000_000);
    },
  );

  test('has another limit for another format where that is configured', async () => {
    const service = await started({ intake: { maxBytes: 10_000, maxBytesOf: { ndjson: 100 } } });
    const [line, alone] = [JSON.stringify(refill('F-1')), JSON.stringify(refill('F-2'))];
    expect((await service.post(line, 'application/x-ndjson')).status).toBe(413);
    expect((await service.post(alone)).status).toBe(200);
  });
});

describe('a client that is slow', () => {
  const speak = async (service: TestService, text: string): Promise<string> => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(socket, 'connect');
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.write(text);
    await once(socket, 'close');
    return heard;
  };

  test.each([
    ['with the head of its request', 'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '],
    [
      'with its body',
      'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    ],
  ])('%s is cut off', { retry: 2, timeout: 15_000 }, async (_what, text) => {
    const service = await started({ server: { timeouts: { headersSeconds: 0.3, requestSeconds: 0.6 } } });
    expect(await speak(service, text)).toMatch(/^HTTP\/1\.1 408 /);
  });
});
