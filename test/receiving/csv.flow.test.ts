import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../http/test-service.ts';
import { csvOf, doseChange, mappingsDir } from '../intake/csv/tables.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ intake: { maxEvents: 30 } }, '2026-12-24T12:00:00Z');
});
afterAll(() => service.close());

async function send(body: string | Buffer, mediaType = 'text/csv', query = '') {
  const response = await fetch(`${service.url}/events/csv${query}`, {
    method: 'POST',
    headers: { 'content-type': mediaType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: an answer of either form
  return { status: response.status, body: (await response.json()) as any };
}

const codesOf = ({ body }: Awaited<ReturnType<typeof send>>) =>
  body.issue.map(({ details, severity }: { details?: { coding: { code: string }[] }; severity: string }) =>
    details ? details.coding[0]?.code : severity,
  );

describe('POST /events/csv', () => {
  test('takes a file: each row an event, once, and says what was not used', async () => {
    const file = readFileSync(join(mappingsDir, 'sources/examples/canonical-csv.csv'));
    const first = await send(file);
    expect(first).toMatchObject({ status: 200, body: { received: 4, accepted: 4, duplicates: 0 } });
    expect(first.body.unused).toContainEqual({ path: 'bolus_ug', count: 1, decision: 'kept' });
    expect(await send(file)).toMatchObject({ status: 200, body: { received: 4, accepted: 0, duplicates: 4 } });
    expect(service.rows("select type from event where event_id in ('E1','E2','E3','E4') order by event_id")).toEqual([
      { type: 'implant' },
      { type: 'refill' },
      { type: 'dose-change' },
      { type: 'complication' },
    ]);
  });

  test('keeps the good rows of a file with a bad one, which is kept for review with its header', async () => {
    const rows = [doseChange({ source_event_id: 'G1' }), doseChange({ source_event_id: 'G2', daily_dose_ug: '4-May' })];
    const answer = await send(csvOf(rows));
    expect([answer.status, codesOf(answer)]).toEqual([422, ['spreadsheet-damage', 'information']]);
    expect(JSON.stringify(answer.body)).toContain('Row 3');
    expect(JSON.stringify(answer.body)).not.toMatch(/4-May|MRN0012345/);
    expect(service.rows("select event_id from event where event_id like 'G%'")).toEqual([{ event_id: 'G1' }]);
    const [item] = service.rows("select format, source, code from review_item where code = 'spreadsheet-damage'");
    expect(item).toEqual({ format: 'csv', source: 'canonical-csv', code: 'spreadsheet-damage' });
  });

  test('reads the charset that is stated, and refuses one that it does not know', async () => {
    const file = Buffer.from(csvOf([doseChange({ source_event_id: 'L1', note: 'Zoë' })]), 'latin1');
    expect(await send(file, 'text/csv; charset=windows-1252')).toMatchObject({ status: 200 });
    const [row] = service.rows("select payload from event where event_id = 'L1'");
    expect(JSON.parse(row?.payload as string)).toMatchObject({ note: 'Zoë' });
    const unknown = await send(file, 'text/csv; charset=ebcdic');
    expect([unknown.status, codesOf(unknown)]).toEqual([415, ['encoding-unknown']]);
  });

  test('reads by the field map that is named, and refuses a name that is none', async () => {
    const file = csvOf([doseChange({ source_event_id: 'N1' })]);
    expect(await send(file, 'text/csv', '?source=canonical-csv')).toMatchObject({ status: 200 });
    const answers = [
      await send(file, 'text/csv', '?source=nobody'),
      await send(file, 'text/csv', '?source=ras-refill'),
    ];
    expect(answers.map((answer) => [answer.status, codesOf(answer)])).toEqual([
      [422, ['source-map-missing']],
      [422, ['source-map-missing']],
    ]);
  });

  test('refuses more rows than it takes at once, keeping none', async () => {
    const answer = await send(csvOf(Array.from({ length: 31 }, (_, n) => doseChange({ source_event_id: `M${n}` }))));
    expect([answer.status, codesOf(answer)]).toEqual([413, ['too-many-events']]);
    expect(service.rows("select event_id from event where event_id like 'M%'")).toEqual([]);
  });

  test('says what cannot be read at all', async () => {
    expect((await send('\n\n')).status).toBe(400);
    const answer = await send('colour,taste\nred,sweet\n');
    expect([answer.status, codesOf(answer)]).toEqual([422, ['source-map-missing']]);
  });
});
