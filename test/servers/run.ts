/**
 * Puts a real server to the test, with the adapter as it is:
 *
 *   npm run test:server -- --base URL --client ID --key FILE --patient-system S --patient-value V
 *
 * It writes invented events of one patient, whom you name, labelled as test data (HTEST) under the identifiers of a
 * deployment of its own, and at the end enters in error what it wrote. Use a patient of a test environment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openApp } from '../../src/app.ts';
import { ConfigError, configFrom } from '../../src/config.ts';
import { mrnSystem } from '../flow/events.ts';
import { conformanceOf, type Finding } from './conformance.ts';
import { Trial } from './trial.ts';

const usage = `npm run test:server -- --base URL --client ID --key FILE --patient-system S --patient-value V
  --base URL            FHIR base of the server
  --client ID           our client id there
  --key FILE            private JWKS, as for signingKeysFile
  --patient-system S    identifier system of a test patient there
  --patient-value V     its value
  --preset P            kind of server: a file of mappings/destinations
  --scopes "A B"        what we ask for; default: what the adapter asks for
  --settings FILE       further settings of the destination, as JSON: projection, facts, tls, allowAddresses …
  --json                the report as JSON`;

const options = {
  base: { type: 'string' },
  client: { type: 'string' },
  key: { type: 'string' },
  'patient-system': { type: 'string' },
  'patient-value': { type: 'string' },
  preset: { type: 'string' },
  scopes: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Stated = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

process.exitCode = await main();

/** 0: every check passed; 1: one failed; 2: it could not run. */
async function main(): Promise<number> {
  const stated = readArguments();
  if (typeof stated === 'string') {
    process.stderr.write(`${stated}\n\n${usage}\n`);
    return 2;
  }
  if (stated.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'itb-test-server-'));
  try {
    const findings = await tested(stated, folder);
    process.stdout.write(stated.json ? `${JSON.stringify({ findings }, undefined, 2)}\n` : printed(findings));
    return findings.some(({ result }) => result === 'failed') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readArguments(): Stated | string {
  try {
    const { values } = parseArgs({ options });
    const missing = (['base', 'client', 'key', 'patient-system', 'patient-value'] as const).filter(
      (name) => values[name] === undefined,
    );
    return values.help || missing.length === 0 ? values : `Missing: ${missing.map((name) => `--${name}`).join(', ')}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function tested(stated: Stated, folder: string): Promise<readonly Finding[]> {
  const app = await openApp(configFrom(await configOf(stated), folder, 'the arguments'));
  try {
    return await conformanceOf(new Trial(app, stated['patient-value'] ?? ''));
  } finally {
    await app.close();
  }
}

async function configOf(stated: Stated): Promise<unknown> {
  const { base, client, key, preset, scopes, settings } = stated;
  const destination = {
    ...(settings && (await import(resolve(settings), { with: { type: 'json' } })).default),
    name: 'server',
    environment: 'test',
    fhirBaseUrl: base,
    clientId: client,
    signingKeysFile: resolve(key ?? ''),
    patientIdentifierSystems: { [mrnSystem]: stated['patient-system'] },
    ...(preset && { preset }),
    ...(scopes && { scopes: scopes.split(' ') }),
  };
  return { store: { url: 'sqlite::memory:' }, logLevel: 'silent', destinations: [destination] };
}

/** One block a check: what it was and how it ended, what was seen, what the server answered, what to do. */
function printed(findings: readonly Finding[]): string {
  const blocks = findings.map(({ check, result, seen, answered, advice }) => {
    const more = [seen, answered && `answered: ${answered}`, advice && `advice: ${advice}`].filter((line) => line);
    return [`${result.padEnd(8)} ${check}`, ...more.map((line) => `         ${line}`)].join('\n');
  });
  const count = (result: Finding['result']) => findings.filter((one) => one.result === result).length;
  const sum = `${count('passed')} passed, ${count('noted')} noted, ${count('failed')} failed, ${count('not run')} not run`;
  return [...blocks, '', sum, ''].join('\n');
}
