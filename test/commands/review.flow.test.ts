import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { storyFile } from '../http/test-service.ts';
import { desk, ended, jsonLines, said } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

describe('review', () => {
  test('of a ledger in which nothing waits is empty, and says so', async () => {
    await at.run(['import', at.write('good.ndjson', JSON.stringify(refill('RV-1')))]);
    const { exitCode, stdout, stderr } = await at.run(['review']);
    expect([exitCode, stdout, stderr]).toEqual([0, '', '0 open items.\n']);
  });

  test('lists a refused report with what is wrong and what to do, without what was sent, and ends with 1', async () => {
    const bad = JSON.stringify({ ...refill('RV-2'), fil: 1 });
    await at.run(['import', at.write('bad.ndjson', bad)]);
    const { exitCode, stdout, stderr } = await at.run(['review']);
    const [item, ...others] = jsonLines<Record<string, unknown>>(stdout);
    expect([exitCode, stderr, others]).toEqual([1, '1 open item.\n', []]);
    expect(item).toMatchObject({
      stage: 'intake',
      effect: 'held',
      code: 'field-unknown',
      eventId: 'RV-2',
      place: { row: 1, field: 'fil', eventId: 'RV-2' },
      remedy: 'Remove the field or correct its name; put a field of your own under `extra`.',
    });
    expect(Object.keys(item ?? {})).not.toContain('dedupeKey');
    expect(Object.keys(item ?? {})).not.toContain('payload');
  });

  test('shows what was closed on request', async () => {
    const { exitCode, stderr } = await at.run(['review', '--closed']);
    expect([exitCode, stderr]).toEqual([0, '0 closed items.\n']);
  });

  test('of a tenant that cannot be is refused', async () => {
    const { exitCode, stderr } = await at.run(['review', '--tenant', 'No Such']);
    expect([exitCode, stderr]).toEqual([2, '--tenant takes lower-case letters, digits and hyphens.\n']);
  });
});

describe('one item of review', () => {
  const here = desk();
  afterAll(() => here.clear());
  const review = (...args: string[]) => here.run(['review', ...args]);
  const audits = () => {
    const store = new DatabaseSync(here.path('.itb-fhir/ledger.sqlite'), { readOnly: true });
    const rows = store.prepare("select action, actor, outcome, detail from audit where action like 'review-%'").all();
    store.close();
    return rows.map(({ actor, detail, ...row }) => ({
      ...row,
      detail: JSON.parse(String(detail)),
      isNamed: /^operator/.test(String(actor)),
    }));
  };

  test('is shown as a whole, with what can be done', async () => {
    await here.run(['import', here.write('bad.json', { ...refill('RV-3'), fil: 1 })]);
    const { exitCode, stdout, stderr } = await review('show', '1');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('code: field-unknown\n');
    expect(stdout).toContain('\n>   »"fil": 1«\n');
    expect(stdout.match(/»/g)).toHaveLength(1);
    const asJson = JSON.parse((await review('show', '1', '--json')).stdout);
    expect(asJson).toMatchObject({
      id: 1,
      code: 'field-unknown',
      eventId: 'RV-3',
      problems: [{ code: 'field-unknown' }],
    });
    expect(JSON.parse(asJson.payload)).toEqual({ ...refill('RV-3'), fil: 1 });
    expect(stderr).toBe('Then: itb-fhir review retry 1, or itb-fhir review dismiss 1 --reason "…".\n');
  });

  test('that is still wrong is refused again, and stays open', async () => {
    const { exitCode, stderr } = await review('retry', '1');
    expect([exitCode, stderr]).toEqual([
      1,
      'Item 1: It is refused again. This field is not part of the event. Remove the field or correct its name; put a field of your own under `extra`.\n',
    ]);
    expect((await review('list')).stderr).toBe('1 open item.\n');
  });

  test('is dismissed with a reason, which the audit keeps, and cannot be decided twice', async () => {
    const dismissed = await review('dismiss', '1', '--reason', 'sent by mistake');
    expect([dismissed.exitCode, dismissed.stderr]).toEqual([
      0,
      'Item 1: It is closed. What it is about stays as it is.\n',
    ]);
    expect((await review()).stderr).toBe('0 open items.\n');
    const again = await review('dismiss', '1', '--reason', 'twice');
    expect([again.exitCode, again.stderr]).toEqual([1, 'Item 1: This item is closed already.\n']);
    const item = { item: 1, code: 'field-unknown', patient: null, destination: null };
    expect(audits()).toEqual([
      { action: 'review-retry', outcome: 'still-refused', detail: item, isNamed: true },
      { action: 'review-dismiss', outcome: 'done', detail: { ...item, reason: 'sent by mistake' }, isNamed: true },
    ]);
  });

  test('that the intake can read by now comes into the ledger', async () => {
    here.write('strict.json', { logLevel: 'silent', intake: { maxDepth: 2 }, server: { port: 0 } });
    const service = here.start(['--config', 'strict.json', 'serve']);
    const [, url] = await said(service, /listens on (\S+)/);
    const refused = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(refill('RV-4')),
    });
    expect(refused.status).toBe(422);
    service.kill();
    await ended(service);
    const [item] = jsonLines<{ id: number; code: string }>((await review()).stdout);
    expect(item?.code).toBe('body-too-deep');
    const { exitCode, stderr } = await review('retry', `${item?.id}`);
    expect([exitCode, stderr]).toEqual([0, `Item ${item?.id}: It is in the ledger now.\n`]);
    expect((await review('--closed')).stdout).toContain('"resolution":"resolved"');
    expect((await here.run(['import', here.write('same.json', refill('RV-4'))])).stderr).toContain('1 known already');
  });

  test.each([
    [['show', '99'], 'There is no item 99.\n'],
    [['retry', '99'], 'There is no item 99.\n'],
    [['dismiss', '1', '--reason', ' '], '--reason says why, without names or record numbers.\n'],
  ])('%j is refused', async (args, sentence) => {
    const { exitCode, stderr } = await review(...args);
    expect([exitCode, stderr]).toEqual([2, sentence]);
  });
});

test('map shows the dose that might have been delivered beside the doubt, and not in a resource', async () => {
  const { stdout, stderr } = await at.run(['map', storyFile('dose-changed-during-a-bridge')]);
  const doubt = jsonLines<{ code: string; forReviewers?: object }>(stderr).find(
    ({ code }) => code === 'concentration-change-without-bridge',
  );
  expect(doubt?.forReviewers).toEqual({
    programmedUgPerDay: 100,
    possibleUgPerDay: 400,
    ratio: 4,
    from: '2025-01-14T09:00:00Z',
    until: '2025-01-16T12:07:12Z',
  });
  expect(stdout).not.toContain('400 ug');
});
