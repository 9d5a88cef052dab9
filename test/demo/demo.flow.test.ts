import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { desk, project } from '../commands/command-line.ts';
import { storyFile, storyNames } from '../http/test-service.ts';

const at = desk();
afterAll(() => at.clear());

test('the demonstration lands every therapy at the sandbox hospital, beside a port that is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const { exitCode, stdout, stderr } = await at.run(['demo', '--once', '--port', String(port)]);
  taken.close();
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout.match(/all \d+ there/g)).toHaveLength(storyNames.length);
  expect(stdout).toMatch(/Everything landed\.\n$/);
  expect(stdout).not.toContain(`http://127.0.0.1:${port}`);
});

test('it sends the sample stories, and nothing else', () => {
  const shipped = readFileSync(join(project, 'src/sandbox/sample-therapies.ndjson'), 'utf8');
  expect(shipped).toBe(storyNames.map((name) => readFileSync(storyFile(name), 'utf8')).join(''));
});
