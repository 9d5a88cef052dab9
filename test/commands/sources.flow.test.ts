import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { desk, project } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

const fileText = (path: string) => readFileSync(path, 'utf8');
const sample = join(project, 'mappings/sources/examples/oru-flowsheet.sample.hl7');

describe('sources', () => {
  test('lists every map with what it reads', async () => {
    const { stdout, exitCode } = await at.run(['sources', 'list']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('oru-flowsheet');
    expect(stdout).toContain('ORU^R01');
    expect(stdout).toContain('canonical-csv');
  });

  test('checks every map that ships against its own examples', async () => {
    const { stdout, exitCode } = await at.run(['sources', 'check']);
    expect(stdout).not.toContain('✖');
    expect(exitCode).toBe(0);
  });

  test('fails a map of the site that does not fit its own example', async () => {
    mkdirSync(at.path('.itb-fhir/mappings/sources/examples'), { recursive: true });
    const map = JSON.parse(fileText(join(project, 'mappings/sources/oru-flowsheet.json')));
    at.write('.itb-fhir/mappings/sources/ours.json', {
      ...map,
      name: 'ours',
      units: {},
      observations: { codeMap: 'source-mdc' },
      shared: {},
      events: [{ type: 'death', per: 'OBR' }],
    });
    copyFileSync(sample, at.path('.itb-fhir/mappings/sources/examples/ours.hl7'));
    const { stdout, exitCode } = await at.run(['sources', 'check', 'ours']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('OBX[1] OBX-3.1 code-unmapped');
  });

  test('tells where a map of the site is wrong', async () => {
    at.write('.itb-fhir/mappings/sources/wrong.json', { name: 'wrong' });
    const { stderr, exitCode } = await at.run(['sources', 'list']);
    at.write(
      '.itb-fhir/mappings/sources/wrong.json',
      JSON.parse(fileText(join(project, 'mappings/sources/redcap.json'))),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('wrong.json cannot be used');
  });

  test('reports the coverage of a feed, for people and for machines', async () => {
    const told = await at.run(['sources', 'coverage', 'oru-flowsheet', sample]);
    expect(told.exitCode).toBe(0);
    expect(told.stdout).toContain('1 events, 0 left alone, 0 refused, 0 fields undecided.');
    const { stdout } = await at.run(['sources', 'coverage', 'oru-flowsheet', sample, '--json']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ source: 'oru-flowsheet', files: 1, events: 1, refused: 0, undecided: 0 });
    expect(report.fields).toContainEqual({
      path: 'OBX[total-daily-dose]-5.1',
      count: 1,
      decision: 'mapped',
      to: ['dose-change program.doseUgPerDay'],
    });
    expect(report.fields).toContainEqual({
      path: 'PID-5.1',
      count: 1,
      decision: 'ignored',
      reason: "names are not kept here: the hospital's Patient has them",
    });
  });

  test('says what nobody has decided about', async () => {
    const feed = at.path('feed.hl7');
    at.write('feed.hl7', fileText(sample).replace('20130214|F', '20130214|F||||||||||||||||||||||Y'));
    const { stdout, exitCode } = await at.run(['sources', 'coverage', 'oru-flowsheet', feed]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/PID-30\.1 +1 +UNDECIDED/);
  });

  test('prints the JSON Schema that is beside the maps', async () => {
    const { stdout } = await at.run(['sources', 'schema']);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(fileText(join(project, 'mappings/sources/source.schema.json'))));
  });
});
