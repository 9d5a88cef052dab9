import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { demoKey } from '../../src/fhir/identity.ts';
import { desk, ended, project, said } from './command-line.ts';

const at = desk();
afterAll(() => at.clear());

describe('help', () => {
  test.each(['serve', 'demo', 'map', 'validate', 'import', 'sync', 'replay', 'export', 'schema'])(
    '%s --help says what it does and ends with 0',
    async (command) => {
      const { exitCode, stdout } = await at.run([command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: itb-fhir ${command}`));
      expect(stdout).toContain('--config <file>');
    },
  );

  test('names every command and what the exit codes mean', async () => {
    const { exitCode, stdout } = await at.run(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'Exit codes: 0 done, 1 done but something was refused, parked or invalid, 2 it could not run.',
    );
  });
});

describe('what cannot run ends with 2 and a sentence, never with a stack', () => {
  test.each([
    ['an unknown command', ['frobnicate'], "error: unknown command 'frobnicate'"],
    ['an unknown option', ['import', '--nope', 'x.json'], "error: unknown option '--nope'"],
    ['an unknown option before the command', ['--nope', 'sync'], "error: unknown option '--nope'"],
    ['no file', ['import'], "error: missing required argument 'file'"],
    ['no folder to write to', ['export'], "error: required option '--out <directory>' not specified"],
    ['a port that is none', ['demo', '--port', '99999'], 'a port is 0 to 65535'],
    ['a file that is not there', ['import', 'nowhere.json'], 'There is no file nowhere.json.'],
    ['a folder in the place of a file', ['map', '.'], 'There is no file .'],
    ['an instant that is none', ['map', '--at', 'today', '-'], '--at takes an instant with its offset'],
    [
      'an environment that is none',
      ['export', '--out', 'o', '--environment', 'prod'],
      '--environment is live or test.',
    ],
    ['a configuration that is not there', ['--config', 'x.json', 'sync'], 'There is no configuration file x.json.'],
    ['no destination', ['sync', '--once'], 'No destination is configured.'],
  ])('%s', async (_what, args, words) => {
    const { exitCode, stdout, stderr } = await at.run(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a configuration that cannot be used', () => {
  const destination = {
    ...{ name: 'h', environment: 'live', fhirBaseUrl: 'https://h.test/fhir', clientId: 'c', signingKeysFile: 'k.json' },
    patientIdentifierSystems: { 'urn:mrn': 'urn:mrn' },
  };
  test.each([
    ['is no JSON', '{', 'c.json is not valid JSON.'],
    ['names an unknown field', { sever: {} }, 'Unrecognized key: "sever"'],
    ['has a port in words', { server: { port: 'http' } }, '→ at server.port'],
    [
      'shows calculations without an owner',
      { calculatedValues: { show: true } },
      '→ at calculatedValues.clinicalOwner',
    ],
    ['has a zone that is none', { therapy: { siteTimeZone: 'Mars/Base' } }, '→ at therapy.siteTimeZone'],
    ['has no key to sign with', { destinations: [destination] }, 'there is no signingKeysFile'],
  ])('%s', async (_what, content, words) => {
    const { exitCode, stderr } = await at.run(['--config', at.write('c.json', content), 'serve']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});

describe('serve', () => {
  test('listens to this machine, keeps what it is sent, and stops cleanly at SIGTERM', async () => {
    const child = at.start(['--config', at.write('quiet.json', { logLevel: 'silent' }), 'serve'], {
      ITB_FHIR_PORT: '0',
    });
    const [, url] = await said(child, /listens on (http:\/\/127\.0\.0\.1:\d+)/);
    const response = await fetch(`${url}/healthz`);
    expect(await response.json()).toEqual({ status: 'ok' });
    const end = ended(child);
    child.kill('SIGTERM');
    expect((await end).exitCode).toBe(0);
  });

  test('refuses the published demo key', async () => {
    const { exitCode, stderr } = await at.run(['serve'], { env: { ITB_FHIR_DEPLOYMENT_KEY: demoKey } });
    expect([exitCode, stderr]).toEqual([
      2,
      'The deployment key is the published demo key. Set a secret of your own.\n',
    ]);
  });

  test('says plainly that its port is taken, and ends', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { exitCode, stderr } = await at.run(['serve'], { env: { ITB_FHIR_PORT: String(port) } });
    taken.close();
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`Port ${port} is taken. Set server.port in the configuration, or ITB_FHIR_PORT.\n`);
  });

  test.each(['', 'http', '70000', '-1'])('refuses "%s" as ITB_FHIR_PORT', async (port) => {
    const { exitCode, stderr } = await at.run(['serve'], { env: { ITB_FHIR_PORT: port } });
    expect([exitCode, stderr]).toEqual([2, 'ITB_FHIR_PORT is a port, 0 to 65535.\n']);
  });
});

const systemNode = '/usr/bin/node';
const major = existsSync(systemNode) ? Number((await promisify(execFile)(systemNode, ['-v'])).stdout.slice(1, 3)) : 99;

test.skipIf(major >= 26)('an older Node is told which one is needed, in a sentence', async () => {
  const run = promisify(execFile)(systemNode, [join(project, 'src/itb-fhir.mjs'), '--help']);
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^itb-fhir needs Node 26 or newer; this is Node \d+\.\d+\.\d+\. Run it through npm .*\n$/,
    ),
  });
});
