import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { issuesOf, startTestService, type TestService } from '../http/test-service.ts';
import { heldStore, later } from './held-store.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ intake: { maxBytes: 20_000, maxEvents: 30 } });
});
afterAll(() => service.close());

interface Receipt {
  readonly receiptId: string;
  readonly state: string;
  readonly events: readonly object[];
}

const lookUp = async (receiptId: string | null) => {
  const response = await fetch(`${service.url}/receipts/${receiptId}`);
  return { status: response.status, body: (await response.json()) as Receipt & Record<string, unknown> };
};

const wrong = (eventId: string) => refill(eventId, { fill: { volumeMl: '38', concentrationUgPerMl: 2000 } });

describe('a receipt', () => {
  test('says later what was answered at once', async () => {
    const { body } = await service.post([refill('R-1'), refill('R-1')]);
    const { receiptId } = body as unknown as Receipt;
    const found = await lookUp(receiptId);
    const patient = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(found).toEqual({
      status: 200,
      body: {
        ...{ receiptId, state: 'done', format: 'json', receivedAt: expect.stringMatching(/^20.*Z$/) },
        ...{ received: 2, accepted: 1, duplicates: 1, refused: 0, leftAlone: 0, unused: [] },
        events: [
          { outcome: 'accepted', eventId: 'R-1', patient, place: { field: '[0]' }, problems: [] },
          { outcome: 'duplicate', eventId: 'R-1', patient, place: { field: '[1]' }, problems: [] },
        ],
      },
    });
  });

  test('of what was refused is named by the answer, and says why without what was sent', async () => {
    const answer = await service.post([refill('R-2'), wrong('R-3')]);
    const receiptId = answer.headers.get('x-receipt-id');
    expect(answer.body.id).toBe(receiptId);
    const { body } = await lookUp(receiptId);
    expect(body).toMatchObject({ received: 2, accepted: 1, refused: 1 });
    expect(body.events[1]).toMatchObject({
      outcome: 'refused',
      problems: [{ code: 'field-type', place: { field: '[1].fill.volumeMl' } }],
    });
    expect(JSON.stringify(body)).not.toMatch(/MRN0001|NGP100001H/);
  });

  test('keeps the message sealed while something of it waits for a human, and no longer than needed', async () => {
    const [taken, refused] = [await service.post(refill('R-4')), await service.post(wrong('R-5'))];
    const bodyOf = (receiptId: unknown) =>
      service.rows(`select body, content_hash from message where receipt_id = '${receiptId}'`)[0];
    const kept = bodyOf(refused.headers.get('x-receipt-id'));
    expect(bodyOf((taken.body as unknown as Receipt).receiptId)?.body).toBeNull();
    expect(kept?.body).toMatch(/^sealed:1:/);
    expect(service.app.seal.open(String(kept?.body))).toBe(JSON.stringify(wrong('R-5')));
    const items = service.rows("select receipt_id from review_item where event_id = 'R-5'");
    expect(items).toEqual([{ receipt_id: refused.headers.get('x-receipt-id') }]);
  });

  test('that there is not is not there', async () => {
    const { status, body } = await lookUp('01a200d1-02a8-7a52-9018-4d864951d0c3');
    expect([status, body.resourceType]).toEqual([404, 'OperationOutcome']);
  });

  test('is not made for what could not be read at all', async () => {
    const before = service.rows('select count(*) as count from message');
    await service.post('[]');
    expect(service.rows('select count(*) as count from message')).toEqual(before);
  });
});

describe('an Idempotency-Key', () => {
  const withKey = (event: unknown, key: string) => service.post(event, 'application/json', { 'idempotency-key': key });

  test('answers the same request as before, byte for byte', async () => {
    const first = await withKey([refill('K-1'), wrong('K-2')], '"key-1"');
    const second = await withKey([refill('K-1'), wrong('K-2')], '"key-1"');
    expect([first.status, second.status]).toEqual([422, 422]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('x-receipt-id')).toBe(first.headers.get('x-receipt-id'));
    expect(service.rows("select count(*) as count from message where message_id = 'key:key-1'")).toEqual([
      { count: 1 },
    ]);
  });

  test('means the same with and without quotes', async () => {
    const first = await withKey(refill('K-3'), '"key-3"');
    expect((await withKey(refill('K-3'), 'key-3')).body).toEqual(first.body);
  });

  test('with another body is refused, and nothing of that is taken', async () => {
    await withKey(refill('K-4'), '"key-4"');
    const answer = await withKey(refill('K-5'), '"key-4"');
    expect([answer.status, issuesOf(answer)]).toEqual([422, [['idempotency-key-reused', null]]]);
    expect(service.rows("select event_id from event where event_id = 'K-5'")).toEqual([]);
  });

  test('of a request that is under way is told to wait, and the event is stored once', async () => {
    const letGo = heldStore(service);
    const first = withKey(refill('K-6'), '"key-6"');
    await later(100);
    const second = await withKey(refill('K-6'), '"key-6"');
    letGo();
    expect([second.status, second.headers.get('retry-after'), issuesOf(second)]).toEqual([
      ...[409, '1'],
      [['idempotency-key-under-way', null]],
    ]);
    expect((await first).status).toBe(200);
    expect((await withKey(refill('K-6'), '"key-6"')).status).toBe(200);
    expect(service.rows("select count(*) as count from event where event_id = 'K-6'")).toEqual([{ count: 1 }]);
  });

  test('is free again after a request that could not be read', async () => {
    expect((await withKey('', '"key-7"')).status).toBe(400);
    expect((await withKey(refill('K-7'), '"key-7"')).status).toBe(200);
  });

  test.each([['""'], ['a b'], ['"unclosed'], ['ä'], ['x'.repeat(256)], ['a, b']])('as %s is refused', async (key) => {
    const answer = await service.post(refill('K-8'), 'application/json', { 'idempotency-key': key }).catch(() => null);
    if (answer) expect([answer.status, issuesOf(answer)]).toEqual([400, [['idempotency-key-invalid', null]]]);
    expect(service.rows("select event_id from event where event_id = 'K-8'")).toEqual([]);
  });

  test('may be 255 characters long, and hold quotes that are escaped', async () => {
    expect((await withKey(refill('K-9'), 'x'.repeat(255))).status).toBe(200);
    expect((await withKey(refill('K-10'), '"a \\"b\\" c"')).status).toBe(200);
    expect(service.rows(`select receipt_id from message where message_id = 'key:a "b" c'`)).toHaveLength(1);
  });
});
