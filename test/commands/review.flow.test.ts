import { afterAll, describe, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { storyFile } from '../http/test-service.ts';
import { desk, jsonLines } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

describe('review', () => {
  test('of a ledger in which nothing waits is empty, and says so', async () => {
    await at.run(['import', at.write('good.ndjson', JSON.stringify(refill('RV-1')))]);
    const { exitCode, stdout, stderr } = await at.run(['review']);
    expect([exitCode, stdout, stderr]).toEqual([0, '', '0 open items.\n']);
  });

  test('shows a refused report verbatim, with what is wrong and what to do, and ends with 1', async () => {
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
      payload: bad,
    });
    expect(Object.keys(item ?? {})).not.toContain('dedupeKey');
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
