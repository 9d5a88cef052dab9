import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, desk } from './command-line.ts';

let at: Desk;
beforeAll(() => {
  at = desk();
});
afterAll(() => at.clear());

const file = '.itb-fhir/signing-keys.json';

interface FileKey {
  readonly kid: string;
  readonly state: string;
  readonly d: string;
}

const keysNow = () => (JSON.parse(at.read(file)) as { keys: FileKey[] }).keys;
const states = () => keysNow().map(({ state }) => state);
const keys = (...args: string[]) => at.run(['keys', ...args]);

describe('a key is replaced step by step', () => {
  test('from the first key to the retired one, and every step says what it did', async () => {
    const first = await keys('new');
    expect([first.exitCode, states()]).toEqual([0, ['signing']]);
    expect(statSync(at.path(file)).mode & 0o777).toBe(0o600);
    const old = first.stdout.trim();
    expect(keysNow()[0]?.kid).toBe(old);

    const second = await keys('new', '--alg', 'RS384');
    expect([second.exitCode, states()]).toEqual([0, ['signing', 'published']]);
    expect(second.stderr).toMatch(/^It is published\. Promote it after \d{4}-\d\d-\d\dT[\d:]+Z/);
    const fresh = second.stdout.trim();

    const early = await keys('promote', fresh);
    expect([early.exitCode, states()]).toEqual([1, ['signing', 'published']]);
    expect(early.stderr).toMatch(/^Servers may hold a JWKS without this key until /);
    const last = await keys('retire', old);
    expect([last.exitCode, last.stderr, states()]).toEqual([
      1,
      'Without this key nothing could sign. Promote another one first.\n',
      ['signing', 'published'],
    ]);

    expect((await keys('promote', fresh, '--now')).exitCode).toBe(0);
    expect(states()).toEqual(['signing', 'signing']);
    expect((await keys('retire', old)).exitCode).toBe(0);
    expect(states()).toEqual(['retired', 'signing']);

    const list = (await keys('list')).stdout.split('\n');
    expect(list[0]).toMatch(/^kid +alg +state +since$/);
    expect(list[2]).toMatch(new RegExp(`^${old} +ES384 +retired +20\\d\\d-`));
    expect(list[3]).toMatch(new RegExp(`^${fresh} +RS384 +signing +20\\d\\d-`));

    expect((await keys('publish', '--out', 'jwks.json')).stderr).toBe('1 public key in jwks.json.\n');
    const [published, ...others] = (JSON.parse(at.read('jwks.json')) as { keys: object[] }).keys;
    expect(others).toEqual([]);
    expect(published).toMatchObject({ kid: fresh, alg: 'RS384' });
    expect(Object.keys(published ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('a file that is not there or not ours alone is told in a sentence', async () => {
    const missing = await keys('list', '--file', 'none.json');
    expect([missing.exitCode, missing.stderr]).toEqual([
      2,
      'There is no key file none.json. Make one with: itb-fhir keys new\n',
    ]);
    at.write('open.json', '{"keys":[]}');
    const open = await keys('list', '--file', 'open.json');
    expect(open.exitCode).toBe(2);
    expect(open.stderr).toContain('chmod 600 open.json');
  });

  test('the help tells the order of the steps', async () => {
    const { stdout } = await keys('--help');
    const order = ['keys new', 'keys promote', 'keys retire'].map((step) => stdout.indexOf(`itb-fhir ${step}`));
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});
