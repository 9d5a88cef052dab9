import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mappingsDir } from '../intake/csv/tables.ts';
import { desk } from './command-line.ts';

const [here, there] = [desk(), desk()];
afterAll(() => Promise.all([here.clear(), there.clear()]));

describe('an export that another deployment imports', () => {
  test('is read as one, as a folder or file by file: each report comes back as what it was, once', async () => {
    await here.run(['import', join(mappingsDir, 'sources/examples/canonical-csv.csv')]);
    await here.run(['export', '--out', 'out']);
    cpSync(here.path('out'), there.path('in'), { recursive: true });
    const { stdout } = await there.run(['import', '--dry-run', '--json', 'in']);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ received: 3, new: 3, refused: 0 },
      types: { implant: { new: 1 }, refill: { new: 1 }, 'dose-change': { new: 1 } },
    });
    const imported = await there.run(['import', 'in']);
    expect([imported.exitCode, imported.stderr]).toEqual([0, expect.stringContaining('3 events: 3 appended')]);
    const files = readdirSync(there.path('in')).filter((name) => name.endsWith('.ndjson'));
    const again = await there.run(['import', ...files.map((name) => join('in', name))]);
    expect([again.exitCode, again.stderr]).toEqual([
      0,
      expect.stringContaining('3 events: 0 appended, 3 known already'),
    ]);
  });

  test('is refused where only a part of it is sent: no implantation is read as an interrogation', async () => {
    const { exitCode, stdout } = await there.run(['import', '--dry-run', '--json', 'in/Observation.ndjson']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ received: 3, refused: 3, types: {} });
    expect(stdout).toContain('field-missing');
  });

  test('needs files in the folder', async () => {
    const { exitCode, stderr } = await there.run(['import', '.']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('There is no NDJSON file in .')]);
  });
});
