import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refill } from './sample-events.ts';
import { startTestService, type TestService } from './test-service.ts';

const token = 'an-admin-token-of-more-than-thirty-two-characters';

describe('the admin interface', () => {
  let folder: string;
  let service: TestService;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'itb-fhir-admin-'));
    const tokenFile = join(folder, 'admin.token');
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    service = await startTestService({ admin: { tokenFile } });
    await service.post({ ...refill('AD-1'), fil: 1 });
    await service.post({ ...refill('AD-2'), fil: 1 });
  });
  afterAll(async () => {
    await service.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (path: string, init: { method?: string; authorization?: string; body?: unknown } = {}) => {
    const { method = 'GET', authorization = `Bearer ${token}`, body } = init;
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what the tests look at.
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const openIds = async (): Promise<number[]> =>
    (await ask('/admin/review')).body.items.map(({ id }: { id: number }) => id);

  it('is closed to everybody without the token, also to a longer one', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `bearer ${token}`, token]) {
      const { status, headers, body } = await ask('/admin/destinations', { authorization });
      expect([status, headers.get('www-authenticate'), body.resourceType]).toEqual([401, 'Bearer', 'OperationOutcome']);
    }
  });

  it('is not there where no token is configured', async () => {
    const other = await startTestService();
    const response = await fetch(`${other.url}/admin/destinations`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(404);
    await other.close();
  });

  it('tells how destinations stand, to be kept by nobody', async () => {
    const { status, headers, body } = await ask('/admin/destinations');
    expect([status, headers.get('cache-control'), body]).toEqual([200, 'no-store', { destinations: [] }]);
  });

  it('lists what waits for a human, and shows one item', async () => {
    const { body } = await ask('/admin/review');
    expect(body.items.map(({ code, eventId }: { code: string; eventId: string }) => [code, eventId])).toEqual([
      ['field-unknown', 'AD-1'],
      ['field-unknown', 'AD-2'],
    ]);
    const [first, second] = await openIds();
    expect(body.after).toBe(second);
    expect((await ask(`/admin/review?after=${first}`)).body.items).toHaveLength(1);
    expect((await ask(`/admin/review/${first}`)).body).toMatchObject({
      id: first,
      code: 'field-unknown',
      stage: 'intake',
    });
    expect((await ask('/admin/review?state=closed')).body).toEqual({ items: [], after: null });
    expect((await ask('/admin/review?patient=nobody')).body.items).toEqual([]);
  });

  it('reads a refused report again, which is still refused', async () => {
    const [first] = await openIds();
    const { status, body } = await ask(`/admin/review/${first}/retry`, { method: 'POST' });
    expect([status, body.issue[0].diagnostics]).toEqual([
      422,
      'It is refused again. This field is not part of the event. Remove the field or correct its name; put a field of your own under `extra`.',
    ]);
  });

  it('closes an item with a reason, once', async () => {
    const [first] = await openIds();
    const dismiss = (body: unknown) => ask(`/admin/review/${first}/dismiss`, { method: 'POST', body });
    expect((await dismiss({ reason: ' ' })).status).toBe(400);
    expect((await dismiss({})).status).toBe(400);
    expect((await dismiss({ reason: 'x'.repeat(501) })).status).toBe(400);
    expect(await openIds()).toContain(first);
    const { status, body } = await dismiss({ reason: 'sent by mistake' });
    expect([status, body]).toEqual([200, { outcome: 'done', says: 'It is closed. What it is about stays as it is.' }]);
    expect(await openIds()).not.toContain(first);
    expect((await dismiss({ reason: 'again' })).status).toBe(409);
    const [audited] = service.rows("select actor, detail from audit where action = 'review-dismiss'");
    expect([audited?.actor, JSON.parse(String(audited?.detail)).reason]).toEqual([
      'admin interface',
      'sent by mistake',
    ]);
  });

  it.each(['/admin/review/99999', '/admin/review/none', '/admin/review/-1'])('%s is nothing', async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect((await ask(`${path}/retry`, { method: 'POST' })).status).toBe(404);
  });

  it('refuses a filter that it does not know', async () => {
    expect((await ask('/admin/review?stage=intake')).status).toBe(400);
    expect((await ask('/admin/review?tenant=No')).status).toBe(400);
  });
});
