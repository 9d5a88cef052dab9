import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { csvOf, doseChange, mappingsDir } from '../intake/csv/tables.ts';
import { desk, ended, jsonLines } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

const example = (name: string) => join(mappingsDir, 'sources/examples', name);

function query(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(at.path('.itb-fhir/ledger.sqlite'), { readOnly: true });
  const rows = database.prepare(sql).all();
  database.close();
  return rows;
}

const doses = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) =>
    doseChange({ source_event_id: `${prefix}${n}`, occurred_at: '2024-06-25T10:00:00-04:00' }),
  );

describe('import --dry-run', () => {
  test('tells of a CSV file what would be new, of which types, what is wrong where, and what is not used; it makes nothing', async () => {
    const rows = [
      ...doses('R', 3),
      doseChange({ daily_dose_ug: '4-May', colour: 'red' }),
      doseChange({ infusion_mode: 'often' }),
    ];
    const file = at.write('rows.csv', csvOf(rows, ';'));
    const { exitCode, stdout, stderr } = await at.run(['import', '--dry-run', file]);
    expect([exitCode, stderr]).toEqual([1, '5 events: 3 usable, 2 would be refused. Nothing was kept.\n']);
    expect(stdout).toContain('rows.csv: csv, utf-8, by the field map canonical-csv');
    expect(stdout).toMatch(/new +3\n/);
    expect(stdout).toMatch(/dose-change +3 +0 +0/);
    expect(stdout).toMatch(/1 × spreadsheet-damage: .*\n +row 5 daily_dose_ug/);
    expect(stdout).toMatch(/1 × field-value: .*\n +row 6 infusion_mode/);
    expect(stdout).toMatch(/patient 1 +3\n/);
    expect(stdout).toContain('Not used: colour (1 value; nobody decided what it means).');
    expect(stdout + stderr).not.toMatch(/MRN0012345|4-May/);
    expect(existsSync(at.path('.itb-fhir'))).toBe(false);
  });

  test('compares with the ledger, and within the files', async () => {
    const known = doses('K', 2);
    await at.run(['import', at.write('known.csv', csvOf(known))]);
    const before = query('select * from event');
    const changed = { ...known[1], daily_dose_ug: '999' };
    const file = at.write(
      'again.csv',
      csvOf([known[0], changed, ...doses('N', 1), ...doses('N', 1)] as Record<string, string>[]),
    );
    const { exitCode, stdout } = await at.run(['import', '--dry-run', '--json', file]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ received: 4, new: 1, known: 2, refused: 1, 'left-alone': 0, patients: 1 },
      types: { 'dose-change': { new: 1, known: 2, refused: 1 } },
      problems: [{ code: 'event-conflict', count: 1, places: [{ row: 3, eventId: 'K1' }] }],
      files: [{ format: 'csv', source: 'canonical-csv', encoding: 'utf-8' }],
    });
    expect(query('select * from event')).toEqual(before);
  });
});

describe('import', () => {
  test('reads each format by what it holds, from a file or a pipe', async () => {
    const text = csvOf(doses('P', 1), '\t');
    const outcomes = [
      await at.run(['import', example('canonical-csv.csv'), example('redcap.csv')]),
      await at.run(['import', '-'], { input: text }),
      await at.run(['import', '--format', 'csv', at.write('rows.dat', text)]),
      await at.run([
        'import',
        '--source',
        'canonical-csv',
        '--encoding',
        'utf-16le',
        at.write('wide', Buffer.from(csvOf(doses('W', 1)), 'utf16le')),
      ]),
    ];
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr.split('\n').at(-2)])).toEqual([
      [0, '16 events: 15 appended, 0 known already, 0 refused, 1 left alone.'],
      [0, '1 events: 1 appended, 0 known already, 0 refused.'],
      [0, '1 events: 0 appended, 1 known already, 0 refused.'],
      [0, '1 events: 1 appended, 0 known already, 0 refused.'],
    ]);
    expect(query("select payload from event where event_id = '101/follow_up_arm_1/refill/1'").length).toBe(1);
  });

  test('refuses a field map that is none, or that reads another format', async () => {
    const file = at.write('rows.csv', csvOf(doses('F', 1)));
    const unknown = await at.run(['import', '--source', 'nobody', file]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      expect.stringMatching(/^There is no field map nobody\. There are: .*canonical-csv/),
    ]);
    const other = await at.run(['import', '--source', 'ras-refill', '--format', 'csv', file]);
    expect([other.exitCode, other.stderr]).toEqual([2, 'The field map ras-refill reads hl7v2, not csv.\n']);
  });

  test('stopped by Ctrl-C ends after its batch, and goes on where it stopped', async () => {
    const rows = doses('S', 12_000);
    const file = at.write('long.csv', csvOf(rows));
    const child = at.start(['import', file]);
    const outcome = ended(child);
    const durable = () => Number(query("select count(*) as n from event where event_id like 'S%'")[0]?.n);
    while (durable() < 400) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { exitCode, stderr } = await outcome;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Stopped.')]);
    const kept = durable();
    expect(kept).toBeLessThan(12_000);
    const second = await at.run(['import', '--resume', file]);
    expect(second.stderr).toContain(`long.csv: goes on at row ${kept + 1}.`);
    expect(second.stderr).toContain(`${12_001 - kept} events: ${12_000 - kept} appended, 1 known already, 0 refused.`);
    expect(durable()).toBe(12_000);
    const third = await at.run(['import', '--resume', file]);
    expect(third.stderr).toContain('long.csv was imported to its end before.');
  });

  test('of NDJSON goes on where it stopped, too, and of another content begins at its start', async () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, n) => `${JSON.stringify(refill(`ND-${n}`))}\n`).join('');
    const file = at.write('lines.ndjson', lines(3));
    await at.run(['import', file]);
    expect((await at.run(['import', '--resume', file])).stderr).toContain('was imported to its end before');
    at.write('lines.ndjson', lines(4));
    expect((await at.run(['import', '--resume', file])).stderr).toContain('4 events: 1 appended, 3 known already');
  });
});

describe('map and preview', () => {
  test('map reads CSV: one Bundle a patient', async () => {
    const { exitCode, stdout } = await at.run(['map', '--at', '2026-12-24T12:00:00Z', example('canonical-csv.csv')]);
    const [bundle, ...more] = jsonLines<{ entry: { resource: { resourceType: string } }[] }>(stdout);
    expect([exitCode, more.length]).toEqual([0, 0]);
    expect(bundle?.entry.map(({ resource }) => resource.resourceType)).toEqual(
      expect.arrayContaining(['Device', 'MedicationAdministration', 'AdverseEvent']),
    );
  });
});
