import { existsSync } from 'node:fs';
import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../src/event/problem.ts';
import { changed } from '../fhir/examples.ts';
import { spoiled } from '../fhir/spoiled.ts';
import { refill } from '../http/sample-events.ts';
import { storyFile, storyNames, storyText } from '../http/test-service.ts';
import { desk, jsonLines } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

const now = ['--at', '2026-01-01T00:00:00Z'];

describe('schema', () => {
  test('is a JSON Schema that knows every type of its own examples', async () => {
    const [schema, examples] = [await at.run(['schema']), await at.run(['schema', '--examples'])];
    expect([schema.exitCode, examples.exitCode]).toEqual([0, 0]);
    const { $schema, $defs, oneOf } = JSON.parse(schema.stdout);
    expect($schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const constOf = ({ properties: { type } }: { properties: { type: { const?: string; $ref?: string } } }) =>
      type.const ?? $defs[type.$ref?.split('/').at(-1) ?? ''].const;
    const types = (JSON.parse(examples.stdout) as { type: string }[]).map(({ type }) => type);
    expect(types).toHaveLength(27);
    expect(oneOf.map(constOf).sort()).toEqual(types.sort());
  });

  test('gives examples that `map` takes, each by itself', async () => {
    const { stdout } = await at.run(['schema', '--examples']);
    const examples = JSON.parse(stdout) as { type: string; example: object }[];
    const file = at.write('examples.ndjson', examples.map(({ example }) => JSON.stringify(example)).join('\n'));
    const { stderr } = await at.run(['map', file]);
    const refused = jsonLines<Problem & { file?: string }>(stderr).filter((problem) => problem.file);
    expect(refused).toEqual([]);
  });
});

describe('map', () => {
  test('prints one Bundle for the patient of each story, and `validate` finds nothing wrong in it', async () => {
    const mapped = await at.run(['map', ...now, ...storyNames.map(storyFile)]);
    const bundles = jsonLines<Bundle>(mapped.stdout);
    expect(bundles.map(({ type }) => type)).toEqual(storyNames.map(() => 'collection'));
    for (const { entry = [] } of bundles) expect(entry.length).toBeGreaterThan(20);
    const validated = await at.run(['validate', '-'], { input: mapped.stdout });
    expect(jsonLines<OperationOutcome>(validated.stdout).flatMap(({ issue }) => issue)).toEqual(
      storyNames.map(() => ({ severity: 'information', code: 'informational', diagnostics: 'valid' })),
    );
    expect([validated.exitCode, validated.stderr]).toEqual([0, `${storyNames.length} checked, 0 invalid.\n`]);
  });

  test('names each resource once, and gives the same names again', async () => {
    const runs = [1, 2].map(() => at.run(['map', ...now, storyFile('flex-and-kinked-catheter')]));
    const [one, two] = await Promise.all(runs);
    expect(one?.stdout).toBe(two?.stdout);
    const names = jsonLines<Bundle>(one?.stdout ?? '')[0]?.entry?.map(({ fullUrl }) => fullUrl) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });

  test('with --ips adds one statement of use for each device, and all else stays as it was', async () => {
    const story = storyFile('pump-replaced-catheter-kept');
    const [plain, summary] = await Promise.all([['map'], ['map', '--ips']].map((by) => at.run([...by, ...now, story])));
    const entriesOf = (run: typeof plain) => jsonLines<Bundle>(run?.stdout ?? '')[0]?.entry ?? [];
    const [synced, all] = [entriesOf(plain), entriesOf(summary)];
    expect(all.slice(0, synced.length)).toEqual(synced);
    const typesOf = (entries: typeof all) => entries.map(({ resource }) => resource?.resourceType);
    const devices = typesOf(synced).filter((type) => type === 'Device');
    expect(devices.length).toBeGreaterThan(1);
    expect(typesOf(all.slice(synced.length))).toEqual(devices.map(() => 'DeviceUseStatement'));
  });

  test('of spoiled input says where, prints the rest, and ends with 1', async () => {
    const spoilt = [refill('GOOD'), { ...refill('BAD'), fil: 1 }, 7].map((line) => JSON.stringify(line));
    const file = at.write('spoiled.ndjson', [...spoilt, '{"type":'].join('\n'));
    const { exitCode, stdout, stderr } = await at.run(['map', ...now, file]);
    expect(exitCode).toBe(1);
    expect(jsonLines<Bundle>(stdout)).toHaveLength(1);
    expect(
      jsonLines<Problem>(stderr)
        .map(({ code, place }) => [code, place?.row, place?.field])
        .slice(0, 3),
    ).toEqual([
      ['field-unknown', 2, 'fil'],
      ['event-not-object', 3, undefined],
      ['body-not-json', 4, undefined],
    ]);
  });

  test('of the same id with other content tells the conflict and keeps the first', async () => {
    const other = refill('SAME', { fill: { volumeMl: 20, concentrationUgPerMl: 500 } });
    const file = at.write('conflict.json', [refill('SAME'), refill('SAME'), other]);
    const { exitCode, stderr } = await at.run(['map', ...now, file]);
    expect(exitCode).toBe(1);
    expect(jsonLines<Problem>(stderr).filter(({ code }) => code === 'event-conflict')).toHaveLength(1);
  });

  test('reads standard input: one event, an array, or NDJSON, even with a broken first line', async () => {
    const inputs = [
      JSON.stringify(refill('S-1')),
      JSON.stringify([refill('S-1'), refill('S-2')], null, 2),
      await storyText('flex-and-kinked-catheter'),
      `{"broken\n${JSON.stringify(refill('S-3'))}`,
    ];
    const outcomes = await Promise.all(inputs.map((input) => at.run(['map', ...now, '-'], { input })));
    expect(outcomes.map(({ stdout }) => jsonLines(stdout).length)).toEqual([1, 1, 1, 1]);
  });

  test('of two patients prints two Bundles, and a test patient is never mixed with a live one', async () => {
    const patient = { identifier: { system: 'urn:mrn', value: 'OTHER' } };
    const events = [refill('P-1'), refill('P-2', { patient }), refill('P-3', { test: false })];
    const { stdout } = await at.run(['map', ...now, '-'], { input: JSON.stringify(events) });
    expect(jsonLines(stdout)).toHaveLength(3);
  });
});

describe('validate', () => {
  test('finds every spoiled resource', async () => {
    const lines = spoiled.map(({ example, change }) => JSON.stringify(changed(example, change)));
    expect(lines.length).toBeGreaterThanOrEqual(40);
    const file = at.write('spoiled-resources.ndjson', lines.join('\n'));
    const { exitCode, stdout, stderr } = await at.run(['validate', file]);
    expect(exitCode).toBe(1);
    const passed = jsonLines<OperationOutcome>(stdout).flatMap(({ issue }, n) =>
      issue[0]?.severity === 'information' ? [spoiled[n]?.name] : [],
    );
    expect(passed).toEqual([]);
    expect(stderr).toContain(`${file}, row 2: invalid`);
    expect(stderr).toContain(`${lines.length} checked, ${lines.length} invalid.`);
  });

  test('says of what is no JSON and no resource that it is neither', async () => {
    const { exitCode, stdout } = await at.run(['validate', at.write('x.json', '{'), at.write('y.json', '[]')]);
    expect(exitCode).toBe(1);
    expect(jsonLines<OperationOutcome>(stdout).map(({ issue }) => issue[0]?.code)).toEqual(['structure', 'structure']);
  });

  test('takes a file that begins with a byte order mark', async () => {
    const file = at.write('bom.ndjson', '\uFEFF{"resourceType":"Patient"}\n\n{"resourceType":"Patient"}\n');
    const { exitCode, stderr } = await at.run(['validate', file]);
    expect([exitCode, stderr]).toEqual([0, '2 checked, 0 invalid.\n']);
  });
});

describe('map under a configuration', () => {
  const doubts = async (config: object) => {
    const file = at.write('limits.json', JSON.stringify(config));
    const story = storyFile('outcomes-and-course-of-a-registry-patient');
    const { stderr } = await at.run(['--config', file, 'map', ...now, story]);
    return jsonLines<{ code: string }>(stderr).map(({ code }) => code);
  };

  test('judges a dose change by the limits that the site switched on, and by none otherwise', async () => {
    expect(await doubts({})).not.toContain('dose-change-beyond-limits');
    expect(await doubts({ therapy: { titrationLimits: 'published' } })).toContain('dose-change-beyond-limits');
  });

  test('makes no deployment key and no store', async () => {
    await doubts({});
    expect(existsSync(at.path('.itb-fhir'))).toBe(false);
  });

  test('that cannot be used says why and maps nothing', async () => {
    const file = at.write('wrong.json', JSON.stringify({ therapy: { titrationLimits: 'mine' } }));
    const { exitCode, stdout, stderr } = await at.run(['--config', file, 'map', storyFile('flex-and-kinked-catheter')]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('titrationLimits');
  });
});
