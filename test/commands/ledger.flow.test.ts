import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../src/event/problem.ts';
import { refill } from '../http/sample-events.ts';
import { storyFile, storyNames } from '../http/test-service.ts';
import { desk, jsonLines } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

function query(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(at.path('.itb-fhir/ledger.sqlite'), { readOnly: true });
  const rows = database.prepare(sql).all();
  database.close();
  return rows;
}

const stories = storyNames.map(storyFile);

describe('import', () => {
  test('with --dry-run writes nothing, not even a store', async () => {
    const { exitCode, stderr } = await at.run(['import', '--dry-run', ...stories]);
    expect([exitCode, stderr]).toEqual([0, '116 events: 116 usable, 0 would be refused. Nothing was kept.\n']);
    expect(existsSync(at.path('.itb-fhir'))).toBe(false);
  });

  test('appends each event once; the same files again change nothing', async () => {
    const first = await at.run(['import', ...stories]);
    // One story sends one of its reports twice, as a feed would.
    expect([first.exitCode, first.stderr]).toEqual([0, '116 events: 115 appended, 1 known already, 0 refused.\n']);
    const before = query('select * from event order by seq');
    const second = await at.run(['import', ...stories]);
    expect([second.exitCode, second.stderr]).toEqual([0, '116 events: 0 appended, 116 known already, 0 refused.\n']);
    expect(query('select * from event order by seq')).toEqual(before);
  });

  test('of a file with bad rows names the rows, keeps the others, and ends with 1', async () => {
    const rows = [refill('I-1'), { ...refill('I-2'), fil: 1 }, refill('I-3')].map((row) => JSON.stringify(row));
    const file = at.write('rows.ndjson', `${rows.join('\n')}\n\nnot json\n`);
    const { exitCode, stderr } = await at.run(['import', file]);
    expect(exitCode).toBe(1);
    const [one, two] = jsonLines<Problem & { file: string }>(stderr.split('\n').slice(0, 2).join('\n'));
    expect(one).toMatchObject({ file, code: 'field-unknown', place: { row: 2, field: 'fil', eventId: 'I-2' } });
    expect(two).toMatchObject({ file, code: 'body-not-json', place: { row: 5 } });
    expect(stderr).toContain('4 events: 2 appended, 0 known already, 2 refused.');
    expect(query("select event_id from event where event_id like 'I-%' order by seq")).toEqual([
      { event_id: 'I-1' },
      { event_id: 'I-3' },
    ]);
  });

  test('reads NDJSON and an array from standard input', async () => {
    const lines = `${JSON.stringify(refill('STDIN-1'))}\n${JSON.stringify(refill('STDIN-2'))}\n`;
    const array = JSON.stringify([refill('STDIN-3')], null, 2);
    const outcomes = [await at.run(['import', '-'], { input: lines }), await at.run(['import', '-'], { input: array })];
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr.split(',')[0]])).toEqual([
      [0, '2 events: 2 appended'],
      [0, '1 events: 1 appended'],
    ]);
  });

  test('of a file that is no JSON, or not UTF-8, says so', async () => {
    const broken = await at.run(['import', at.write('broken.json', '{"type": ')]);
    expect([broken.exitCode, jsonLines<Problem>(broken.stderr.split('\n')[0] ?? '')[0]?.code]).toEqual([
      1,
      'body-not-json',
    ]);
    const latin1 = at.write('latin1.json', Buffer.from('{"type":"Zoë"}', 'latin1'));
    const { exitCode, stderr } = await at.run(['import', latin1]);
    expect([exitCode, stderr]).toEqual([2, `${latin1} is not UTF-8.\n`]);
  });

  test('refuses a tenant that cannot be one', async () => {
    const { exitCode, stderr } = await at.run(['import', '--tenant', 'North Hospital', stories[0] as string]);
    expect([exitCode, stderr]).toEqual([2, '--tenant takes lower-case letters, digits and hyphens.\n']);
  });
});

describe('export', () => {
  let files: Map<string, (Resource & { id: string })[]>;
  let text: string;
  beforeAll(async () => {
    const { exitCode } = await at.run(['export', '--environment', 'test', '--out', 'out']);
    expect(exitCode).toBe(0);
    const names = readdirSync(at.path('out')).filter((name) => name.endsWith('.ndjson'));
    text = names.map((name) => at.read(join('out', name))).join('');
    files = new Map(names.map((name) => [name, jsonLines<Resource & { id: string }>(at.read(join('out', name)))]));
  });

  test('writes one file a type, and a manifest that counts their lines', () => {
    const manifest = JSON.parse(at.read('out/manifest.json'));
    expect(manifest.output).toEqual(
      [...files]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([url, { length }]) => ({
          type: url.replace('.ndjson', ''),
          url,
          count: length,
        })),
    );
    for (const [name, resources] of files) {
      expect(new Set(resources.map((resource) => `${resource.resourceType}.ndjson`))).toEqual(new Set([name]));
    }
    expect(files.get('Patient.ndjson')?.length).toBe(storyNames.length);
  });

  test('gives every resource an id of its own, and every reference leads to one of them', () => {
    const ids = [...files.values()].flat().map(({ resourceType, id }) => `${resourceType}/${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...text.matchAll(/"reference":"([^"]*)"/g)].map(([, reference]) => reference as string);
    expect(references.length).toBeGreaterThan(300);
    expect(references.filter((reference) => !ids.includes(reference))).toEqual([]);
  });

  test('never says who the patients are', () => {
    expect(text).not.toMatch(/MRN\d/);
    const members = files.get('Patient.ndjson')?.map((patient) => Object.keys(patient).sort());
    expect(new Set(members?.map(String))).toEqual(new Set(['id,resourceType']));
  });

  test('is readable by its owner alone', () => {
    expect(statSync(at.path('out/Patient.ndjson')).mode & 0o077).toBe(0);
  });

  test('passes our own validation', async () => {
    const { exitCode, stderr } = await at.run(['validate', ...[...files.keys()].map((name) => join('out', name))]);
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^\d+ checked, 0 invalid\.\n$/)]);
  });

  test('of an environment in which there is nobody says so', async () => {
    const { exitCode, stderr } = await at.run(['export', '--out', 'none']);
    expect([exitCode, stderr]).toEqual([0, 'Nothing to export: no live patient of tenant default.\n']);
  });
});

describe('replay', () => {
  test('looks at every patient again, or at one', async () => {
    const [{ patient_id: patient } = {}] = query('select patient_id from event order by seq limit 1');
    const outcomes = [await at.run(['replay']), await at.run(['replay', '--patient', String(patient)])];
    expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [
        0,
        '9 patients are looked at again; only differences are sent.\nWhat readers are told of them was made again; what is the same stayed.\n',
      ],
      [
        0,
        '1 patient is looked at again; only differences are sent.\nWhat readers are told of this patient was made again; what is the same stayed.\n',
      ],
    ]);
    const [made] = query(
      "select count(distinct patient_id) as patients, max(version) as version from resource where type = 'Patient'",
    );
    expect(made).toEqual({ patients: 9, version: 1 });
  });

  test('of a patient that nobody reported ends with 2', async () => {
    const { exitCode, stderr } = await at.run(['replay', '--patient', 'nobody']);
    expect([exitCode, stderr]).toEqual([2, 'There is no patient with this id.\n']);
  });
});
