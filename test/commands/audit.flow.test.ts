import { afterAll, beforeAll, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { type Desk, desk, jsonLines } from './command-line.ts';

let at: Desk;
beforeAll(async () => {
  at = desk();
  await at.run(['import', '-'], { input: JSON.stringify(refill('A-1')) });
});
afterAll(() => at.clear());

test('who did what is printed as AuditEvents, one a line, and counted', async () => {
  const { exitCode, stdout, stderr } = await at.run(['audit']);
  expect([exitCode, stderr]).toEqual([0, '1 AuditEvent.\n']);
  const [event] = jsonLines(stdout);
  expect(event).toMatchObject({
    resourceType: 'AuditEvent',
    id: 'audit-1',
    type: { code: '110107' },
    entity: [{ name: 'append', detail: [{ type: 'accepted', valueString: '1' }, {}, {}] }],
  });
});

test.each([
  ['a later time', ['--since', '2999-01-01T00:00:00Z']],
  ['an earlier time', ['--until', '2000-01-01T00:00:00Z']],
  ['another destination', ['--destination', 'elsewhere']],
  ['another patient', ['--patient', 'nobody']],
  ['another tenant', ['--tenant', 'elsewhere']],
])('of %s nothing is printed', async (_what, options) => {
  const { exitCode, stdout, stderr } = await at.run(['audit', ...options]);
  expect([exitCode, stdout, stderr]).toEqual([0, '', '0 AuditEvents.\n']);
});

test.each([
  ['a day is no instant', ['--since', '2026-03-01'], '--since takes an instant with its offset'],
  ['a tenant has a name', ['--tenant', 'A B'], '--tenant takes lower-case letters'],
])('%s', async (_what, options, says) => {
  const { exitCode, stderr } = await at.run(['audit', ...options]);
  expect([exitCode, stderr.startsWith(says)]).toEqual([2, true]);
});
