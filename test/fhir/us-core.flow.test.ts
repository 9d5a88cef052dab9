import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, describe, expect, test } from 'vitest';
import { desk } from '../commands/command-line.ts';
import { spoiledForms, validForms } from './spoiled-forms.ts';
import { spoiledUsCore, usCore, validUsCore } from './spoiled-us-core.ts';

const at = desk();
afterAll(() => at.clear());

async function validated(resources: readonly object[]) {
  const file = at.write('resources.ndjson', resources.map((it) => JSON.stringify(it)).join('\n'));
  const { exitCode, stdout, stderr } = await at.run(['validate', file]);
  const lines = stdout.trim().split('\n');
  return { exitCode, stderr, outcomes: lines.map((line): OperationOutcome => JSON.parse(line)) };
}

describe('the command validate', () => {
  test('refuses every resource that US Core or R4 does not allow, and says where', async () => {
    const spoiled = [...spoiledUsCore, ...spoiledForms];
    const { exitCode, stderr, outcomes } = await validated(spoiled.map(({ resource }) => resource));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${spoiled.length} checked, ${spoiled.length} invalid.`);
    const places = outcomes.map(({ issue }) => issue.map(({ expression }) => expression?.[0]));
    expect(places).toEqual(spoiled.map(({ finds }) => finds.map((it) => it.split(' ')[1])));
    expect(outcomes.flatMap(({ issue }) => issue).filter(({ severity }) => severity !== 'error')).toEqual([]);
  });

  test('accepts every resource that they allow', async () => {
    const valid = [...Object.values(validUsCore), ...Object.values(validForms)];
    const { exitCode, stderr } = await validated(valid);
    expect([exitCode, stderr]).toEqual([0, `${valid.length} checked, 0 invalid.\n`]);
  });

  test('says which claim it could not check, in a resource and in a Bundle', async () => {
    const device = { resourceType: 'Device', meta: { profile: [usCore('us-core-device')] } };
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: device }] };
    const { exitCode, outcomes } = await validated([device, bundle]);
    expect(exitCode).toBe(0);
    const unchecked = (expression: string) => [
      { severity: 'information', code: 'informational', diagnostics: 'valid' },
      {
        severity: 'information',
        code: 'not-supported',
        diagnostics: 'This profile is not at hand: nothing was checked against it',
        expression: [expression],
      },
    ];
    expect(outcomes.map(({ issue }) => issue)).toEqual([
      unchecked('Device.meta.profile[0]'),
      unchecked('Bundle.entry[0].resource.ofType(Device).meta.profile[0]'),
    ]);
  });
});
