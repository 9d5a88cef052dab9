import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventTypes } from '../../src/event/event.ts';
import { eventExamples } from '../../src/event/json-schema.ts';
import { ndjson, refill } from './sample-events.ts';
import { issuesOf, startTestService, type TestService } from './test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ intake: { maxBytes: 20_000, maxEvents: 30, maxDepth: 8 } });
});
afterAll(() => service.close());

const ledger = () => service.rows('select seq, event_id, content_hash, payload, patient_id from event order by seq');
const ledgerOf = (eventId: string) => ledger().filter((row) => row.event_id === eventId);
const reviewOf = (eventId: string) =>
  service.rows(
    `select stage, code, held, payload, patient_id, resolution from review_item where event_id = '${eventId}'`,
  );

/** What is kept of an item, which is sealed in the store. */
const opened = (item: { readonly payload?: unknown } | undefined) => service.app.seal.open(String(item?.payload));

describe('events that can be used', () => {
  test('one refill is answered with what became of it and the keyed id of its patient', async () => {
    const answer = await service.post(refill('ONE'));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      receiptId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      ...{ received: 1, accepted: 1, duplicates: 0, refused: 0, leftAlone: 0, unused: [] },
      events: [{ outcome: 'accepted', eventId: 'ONE', patient: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an array keeps its order in the answer', async () => {
    const { status, body } = await service.post([refill('A-2'), refill('A-1')]);
    expect(status).toBe(200);
    expect(body.events.map((event) => event.eventId)).toEqual(['A-2', 'A-1']);
  });

  test('NDJSON may have a byte order mark, CRLF, blank lines and a newline at its end', async () => {
    const lines = `\uFEFF${JSON.stringify(refill('N-1'))}\r\n\r\n  \n${JSON.stringify(refill('N-2'))}\r\n`;
    const { status, body } = await service.post(lines, 'application/x-ndjson; charset="UTF-8"');
    expect([status, body.accepted]).toEqual([200, 2]);
  });

  test('the same request twice changes nothing', async () => {
    const batch = [refill('TWICE-1'), refill('TWICE-2')];
    await service.post(batch);
    const before = ledger();
    const again = await service.post(batch);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ accepted: 0, duplicates: 2, refused: 0 });
    expect(again.body.events.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
    expect(ledger()).toEqual(before);
  });

  test('the same event twice in one batch is kept once', async () => {
    const { body } = await service.post([refill('SELF'), refill('SELF')]);
    expect(body.events.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'duplicate']);
    expect(ledgerOf('SELF')).toHaveLength(1);
  });

  test('an event is durable before its answer: another connection finds it at once', async () => {
    for (let n = 0; n < 5; n++) {
      await service.post(refill(`DURABLE-${n}`));
      expect(ledgerOf(`DURABLE-${n}`)).toHaveLength(1);
    }
  });

  test('it is kept as it was sent, blanks and number format included', async () => {
    const sent = JSON.stringify(refill('VERBATIM'), null, 3).replace('2000', '2000.0');
    await service.post(sent);
    expect(ledgerOf('VERBATIM')[0]?.payload).toBe(sent);
  });

  test('a compressed body is unpacked', async () => {
    const { status } = await service.post(gzipSync(JSON.stringify(refill('GZIP'))), 'application/json', {
      'content-encoding': 'gzip',
    });
    expect(status).toBe(200);
    expect(ledgerOf('GZIP')).toHaveLength(1);
  });

  test('the documented example of every kind is accepted', async () => {
    const examples = eventExamples();
    expect(examples.map(({ type }) => type).sort()).toEqual([...eventTypes].sort());
    const { status, body } = await service.post(ndjson(examples.map(({ example }) => example)), 'application/ndjson');
    expect([status, body.refused]).toEqual([200, 0]);
    expect(body.received).toBe(27);
  });
});

describe('events that cannot be used', () => {
  const wrong = (eventId: string) => refill(eventId, { fill: { volumeMl: '38', concentrationUgPerMl: 2000 } });

  test('a volume as text is named by its field', async () => {
    const answer = await service.post(wrong('W-1'));
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/fhir\+json/);
    expect(issuesOf(answer)).toEqual([['field-type', 'fill.volumeMl']]);
    expect(answer.body.issue[0]?.diagnostics).toBe(
      'Expected number or object. Send the JSON type that the schema names.',
    );
  });

  test('in an array the field is named with its place in the array, and the others are kept', async () => {
    const answer = await service.post([refill('MIXED-0'), wrong('MIXED-1'), refill('MIXED-2')]);
    expect(answer.status).toBe(422);
    expect(issuesOf(answer)).toEqual([
      ['field-type', '[1].fill.volumeMl'],
      ['information', '[0]'],
      ['information', '[2]'],
    ]);
    expect(answer.body.issue.map(({ diagnostics }) => diagnostics).slice(1)).toEqual([
      'event MIXED-0 is kept (accepted)',
      'event MIXED-2 is kept (accepted)',
    ]);
    expect(ledger().filter(({ event_id }) => String(event_id).startsWith('MIXED'))).toHaveLength(2);
  });

  test('in NDJSON the field is named, and its row in words, blank lines counted', async () => {
    const answer = await service.post(
      `${JSON.stringify(refill('ROW-1'))}\n\n${JSON.stringify(wrong('ROW-3'))}\n`,
      'application/x-ndjson',
    );
    expect(answer.status).toBe(422);
    expect(issuesOf(answer)[0]).toEqual(['field-type', 'fill.volumeMl']);
    expect(answer.body.issue[0]?.diagnostics).toMatch(/^Row 3: /);
  });

  test('a body that was cut off is refused, and kept verbatim for review', async () => {
    const cut = JSON.stringify(refill('CUT-1')).slice(0, -40);
    const answer = await service.post(cut);
    expect([answer.status, issuesOf(answer)]).toEqual([400, [['body-not-json', null]]]);
    const kept = service.rows(`select stage, code, payload from review_item where code = 'body-not-json'`);
    expect(kept.map((item) => ({ ...item, payload: opened(item) }))).toContainEqual({
      ...{ stage: 'intake', code: 'body-not-json', payload: cut },
    });
    expect(JSON.stringify(kept)).not.toContain('CUT-1');
  });

  test('a line that is not JSON is told with its row, and the lines around it are kept', async () => {
    const answer = await service.post(`${JSON.stringify(refill('LINE-1'))}\n{"type":`, 'application/x-ndjson');
    expect([answer.status, issuesOf(answer)[0]]).toEqual([400, ['body-not-json', null]]);
    expect(answer.body.issue[0]?.diagnostics).toMatch(/^Row 2: /);
    expect(ledgerOf('LINE-1')).toHaveLength(1);
  });

  test('it is kept for review verbatim, and an event that can be used resolves it', async () => {
    await service.post(refill('FIRST-OF-PATIENT'));
    await service.post(wrong('MENDED'));
    const [item] = reviewOf('MENDED');
    expect(item).toMatchObject({ stage: 'intake', code: 'field-type', held: 1, resolution: null });
    expect(opened(item)).toBe(JSON.stringify(wrong('MENDED')));
    expect(item?.patient_id).toBe(ledgerOf('FIRST-OF-PATIENT')[0]?.patient_id);
    await service.post(refill('MENDED'));
    expect(reviewOf('MENDED')).toMatchObject([{ resolution: 'resolved' }]);
  });

  test('the same refusal twice is one item for review', async () => {
    await service.post(wrong('ASKED-TWICE'));
    await service.post(wrong('ASKED-TWICE'));
    expect(reviewOf('ASKED-TWICE')).toHaveLength(1);
  });

  test.each([
    ['nothing at all', '', 400, 'body-empty'],
    ['blanks', ' \n', 400, 'body-empty'],
    ['an empty array', '[]', 400, 'body-empty'],
    ['half an object', '{"type": "refill"', 400, 'body-not-json'],
    ['a number', '7', 422, 'event-not-object'],
    ['null', 'null', 422, 'event-not-object'],
    ['an array in an array', '[[]]', 422, 'event-not-object'],
    ['an unknown type', { ...refill('T'), type: 'refil' }, 422, 'event-type-unknown'],
    ['an unknown version', { ...refill('V'), schemaVersion: 9 }, 422, 'event-version-unknown'],
    ['an unknown field', { ...refill('U'), fil: {} }, 422, 'field-unknown'],
    ['no patient', { ...refill('P'), patient: undefined }, 422, 'field-missing'],
    ['a time without offset', { ...refill('O'), occurredAt: '2024-06-25T10:00:00' }, 422, 'time-offset-missing'],
    ['a day that no calendar has', { ...refill('D'), occurredAt: '2024-02-30' }, 422, 'field-format'],
    ['a negative volume', refill('NEG', { fill: { volumeMl: -1, concentrationUgPerMl: 2000 } }), 422, 'field-range'],
    ['a body nested too deep', { ...refill('DEEP'), extra: JSON.parse('[[[[[[[[[1]]]]]]]]]') }, 422, 'body-too-deep'],
    ['an array nested without end', '['.repeat(9_000) + ']'.repeat(9_000), 400, 'body-too-deep'],
  ])('%s', async (_what, body, status, code) => {
    const answer = await service.post(body);
    expect([answer.status, issuesOf(answer)[0]?.[0]]).toEqual([status, code]);
  });

  test('a body that is not UTF-8 is refused, because a replaced letter would make another record number', async () => {
    const latin1 = Buffer.from(JSON.stringify(refill('LATIN', { performer: { display: 'Zoë' } })), 'latin1');
    const answer = await service.post(latin1);
    expect([answer.status, issuesOf(answer)]).toEqual([400, [['body-not-json', null]]]);
  });
});

describe('the same event id with other content', () => {
  const other = (eventId: string) => refill(eventId, { fill: { volumeMl: 20, concentrationUgPerMl: 500 } });

  test('is a conflict: the first stays, the second is kept for review', async () => {
    await service.post(refill('CLASH'));
    const before = ledgerOf('CLASH');
    const answer = await service.post(other('CLASH'));
    expect([answer.status, issuesOf(answer)]).toEqual([409, [['event-conflict', null]]]);
    expect(answer.body.issue[0]?.code).toBe('conflict');
    expect(ledgerOf('CLASH')).toEqual(before);
    expect(reviewOf('CLASH')).toMatchObject([{ stage: 'ledger', code: 'event-conflict', held: 1, resolution: null }]);
    expect(opened(reviewOf('CLASH')[0])).toBe(JSON.stringify(other('CLASH')));
  });

  test('stays under review when the first content is sent again', async () => {
    await service.post(refill('CLASH-2'));
    await service.post(other('CLASH-2'));
    expect((await service.post(refill('CLASH-2'))).status).toBe(200);
    expect(reviewOf('CLASH-2')).toMatchObject([{ resolution: null }]);
  });

  test('beside an unusable event the answer is 422 and names both', async () => {
    await service.post(refill('CLASH-3'));
    const answer = await service.post([other('CLASH-3'), { ...refill('CLASH-4'), fil: 1 }]);
    expect(answer.status).toBe(422);
    expect(issuesOf(answer)).toEqual([
      ['event-conflict', '[0]'],
      ['field-unknown', '[1].fil'],
    ]);
  });

  test('in a batch only the first of the two is kept', async () => {
    const answer = await service.post([refill('CLASH-5'), other('CLASH-5')]);
    expect(answer.status).toBe(409);
    expect(issuesOf(answer)).toEqual([
      ['event-conflict', '[1]'],
      ['information', '[0]'],
    ]);
  });
});

describe('requests that are not read at all', () => {
  test('too many events, in either format', async () => {
    const many = Array.from({ length: 31 }, (_, n) => ({ n }));
    const answers = [await service.post(many), await service.post(ndjson(many), 'application/x-ndjson')];
    expect(answers.map((answer) => [answer.status, issuesOf(answer)])).toEqual([
      [413, [['too-many-events', null]]],
      [413, [['too-many-events', null]]],
    ]);
  });

  test('too many bytes, as sent or unpacked', async () => {
    const large = JSON.stringify({ extra: 'x'.repeat(30_000) });
    const packed = await service.post(gzipSync(large), 'application/json', { 'content-encoding': 'gzip' });
    const plain = await service.post(large);
    expect([plain, packed].map((answer) => [answer.status, issuesOf(answer)])).toEqual([
      [413, [['body-too-large', null]]],
      [413, [['body-too-large', null]]],
    ]);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', {}],
    ['XML', 'application/fhir+xml', {}],
    ['another charset', 'application/json; charset=iso-8859-1', {}],
    ['an encoding that nobody knows', 'application/json', { 'content-encoding': 'snappy' }],
  ])('%s is 415', async (_what, mediaType, headers) => {
    const answer = await service.post(refill('MEDIA'), mediaType, headers);
    expect([answer.status, issuesOf(answer)]).toEqual([415, [['media-type-unsupported', null]]]);
  });

  test('a body that does not unpack is a bad request, not an error of ours', async () => {
    const answer = await service.post(refill('GZ'), 'application/json', { 'content-encoding': 'gzip' });
    expect([answer.status, issuesOf(answer)]).toEqual([400, [['body-not-json', null]]]);
  });
});

describe('a sender that the configuration gives to a tenant', () => {
  const north = (eventId: string, over: Record<string, unknown> = {}) =>
    refill(eventId, { source: { system: 'urn:feed:north', eventId }, ...over });

  test('appends there, and its refusals and conflicts wait there too', async () => {
    const own = await startTestService({ sources: { 'urn:feed:north': { tenant: 'north' } } });
    await own.post([north('N-1'), refill('S-1')]);
    await own.post(north('N-1', { fill: { volumeMl: 20 } }));
    await own.post(north('N-2', { fil: {} }));
    const events = own.rows('select tenant, event_id from event order by event_id');
    const review = own.rows('select tenant, event_id, patient_id from review_item order by event_id');
    const [first] = own.rows("select patient_id from event where event_id = 'N-1'");
    await own.close();
    expect(events).toEqual([
      { tenant: 'north', event_id: 'N-1' },
      { tenant: 'default', event_id: 'S-1' },
    ]);
    expect(review).toEqual([
      { tenant: 'north', event_id: 'N-1', patient_id: first?.patient_id },
      { tenant: 'north', event_id: 'N-2', patient_id: first?.patient_id },
    ]);
  });
});
