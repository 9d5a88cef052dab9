import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../http/test-service.ts';
import { doseChangeMessage, mergeMessage } from './hl7v2-messages.ts';

let service: TestService;
beforeEach(async () => {
  service = await startTestService({ mllp: { port: 0 } });
});
afterEach(() => service.close());

async function post(body: string | Buffer, mediaType = 'application/hl7-v2') {
  const headers = { 'content-type': mediaType };
  const response = await fetch(`${service.url}/hl7v2`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), lines: text.split('\r') };
}

const eventIds = () => service.rows('select event_id from event order by event_id').map(({ event_id: id }) => id);
const openCodes = () => service.rows('select code from review_item where closed_at is null').map(({ code }) => code);

describe('POST /hl7v2', () => {
  it.each(['application/hl7-v2', 'application/hl7-v2; charset=utf-8', 'x-application/hl7-v2+er7'])(
    'takes %s and answers with the acknowledgement',
    async (mediaType) => {
      const { status, type, lines } = await post(doseChangeMessage(), mediaType);
      expect(status).toBe(200);
      expect(type).toBe('application/hl7-v2; charset=utf-8');
      expect(lines.slice(1)).toEqual(['MSA|AA|M1', '']);
      expect(eventIds()).toEqual(['O1^EPIC/dose-change']);
    },
  );

  it.each(['text/plain', 'application/octet-stream', 'application/hl7-v2+xml'])('takes no %s', async (mediaType) => {
    const { status, lines } = await post(doseChangeMessage(), mediaType);
    expect(status).toBe(415);
    expect(JSON.parse(lines.join('\r'))).toMatchObject({
      issue: [{ details: { coding: [{ code: 'media-type-unsupported' }] } }],
    });
    expect(eventIds()).toEqual([]);
  });

  it('answers 500 with AE for data, 400 with AR for a type that is not read here', async () => {
    const data = await post(doseChangeMessage().replaceAll('ug/d', 'mg/d'));
    expect([data.status, data.lines[1]]).toEqual([500, 'MSA|AE|M1']);
    const type = await post(doseChangeMessage({ controlId: 'M2', type: 'ADT^A08' }));
    expect([type.status, type.lines[1]]).toEqual([400, 'MSA|AR|M2']);
    expect(openCodes()).toHaveLength(2);
  });

  it('answers 204 where no acknowledgement is asked for', async () => {
    const answer = await post(doseChangeMessage({ acks: ['NE', 'NE'] }));
    expect([answer.status, answer.lines]).toEqual([204, ['']]);
    expect(eventIds()).toEqual(['O1^EPIC/dose-change']);
  });

  it('takes a batch, message by message, and answers each', async () => {
    const messages = ['M1', 'M2', 'M3'].map((controlId, n) => doseChangeMessage({ controlId, order: `O${n}` }));
    messages[1] = (messages[1] as string).replaceAll('ug/d', 'mg/d');
    const { status, lines } = await post(`FHS|^~\\&|EPIC\rBHS|^~\\&|EPIC\r${messages.join('')}BTS|3\rFTS|1\r`);
    expect(status).toBe(500);
    expect(lines.filter((line) => line.startsWith('MSA'))).toEqual(['MSA|AA|M1', 'MSA|AE|M2', 'MSA|AA|M3']);
    expect(eventIds()).toEqual(['O0^EPIC/dose-change', 'O2^EPIC/dose-change']);
  });

  it('notices a message that a batch lost, and takes the others', async () => {
    const { lines } = await post(`BHS|^~\\&|EPIC\r${doseChangeMessage()}BTS|2\r`);
    expect(lines.filter((line) => line.startsWith('MSA'))).toEqual(['MSA|AE', 'MSA|AA|M1']);
    expect(openCodes()).toEqual(['batch-count-differs']);
    expect(eventIds()).toEqual(['O1^EPIC/dose-change']);
  });

  it('a training message never becomes a live event', async () => {
    await post(doseChangeMessage({ processing: 'T' }));
    await post(doseChangeMessage({ controlId: 'M2', order: 'O2', processing: 'D' }));
    await post(doseChangeMessage({ controlId: 'M3', order: 'O3', processing: 'P' }));
    const rows = service.rows('select event_id, environment from event order by event_id');
    expect(rows.map(({ environment }) => environment)).toEqual(['test', 'test', 'live']);
    const unsaid = await post(doseChangeMessage({ controlId: 'M4', order: 'O4', processing: '' }));
    expect([unsaid.status, unsaid.lines[2]]).toEqual([
      500,
      expect.stringMatching(/^ERR\|\|MSH\^1\^11\^1\^1\|101\^Required field missing\^HL70357\|E\|field-missing/),
    ]);
  });

  it('a correction and a withdrawal amend what was reported under the same order', async () => {
    await post(doseChangeMessage());
    const amendments = [
      { controlId: 'M2', status: 'C', changedAt: '20240604080000-0500', doseUgPerDay: 200 },
      { controlId: 'M3', status: 'X', changedAt: '20240605080000-0500' },
    ];
    for (const amendment of amendments) expect((await post(doseChangeMessage(amendment))).status).toBe(200);
    expect(service.rows('select event_id, type, target_event_id from event order by seq')).toEqual([
      { event_id: 'O1^EPIC/dose-change', type: 'dose-change', target_event_id: null },
      {
        event_id: 'O1^EPIC/dose-change|20240604080000-0500',
        type: 'correction',
        target_event_id: 'O1^EPIC/dose-change',
      },
      {
        event_id: 'O1^EPIC/dose-change|void|20240605080000-0500',
        type: 'void',
        target_event_id: 'O1^EPIC/dose-change',
      },
    ]);
  });

  it('a result that is not final is acknowledged and left alone', async () => {
    expect((await post(doseChangeMessage({ status: 'P' }))).lines[1]).toBe('MSA|AA|M1');
    expect([eventIds(), openCodes()]).toEqual([[], []]);
  });

  it('a merge is heard like everything else', async () => {
    expect((await post(mergeMessage('A', 'B'))).lines[1]).toBe('MSA|AA|MERGE-B');
    expect(service.rows('select type from event')).toEqual([{ type: 'merge' }]);
  });

  it('no answer and no log has anything of the patient', async () => {
    const { lines } = await post(doseChangeMessage({ mrn: 'SECRET42' }).replaceAll('ug/d', 'SECRETUNIT'));
    expect(lines.join()).not.toMatch(/SECRET|Rivera/);
  });

  it('the service says where it listens to engines', async () => {
    const health = await (await fetch(`${service.url}/healthz`)).json();
    expect(health).toEqual({ status: 'ok', mllp: [{ port: expect.any(Number), tls: false, connections: 0 }] });
  });
});
