import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openAdapter } from '../flow/adapter.ts';
import { mrnSystem } from '../flow/events.ts';
import { admit as admitTo, openHospital } from '../flow/hospital.ts';
import { type ServerKind, serverKind, servers } from './catalogue.ts';
import { conformanceOf, type Finding } from './conformance.ts';
import { admit, type OpenServer, openDeployment, openServer } from './open-server.ts';
import { Trial } from './trial.ts';

/** What `npm run test:server` says of servers whose behaviour is known. */

const opened: OpenServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function open(kind: ServerKind): Promise<OpenServer> {
  const server = await openServer(kind);
  opened.push(server);
  await admit(server, 'A');
  return server;
}

async function reportOn(server: OpenServer): Promise<readonly Finding[]> {
  const app = await openDeployment(server);
  try {
    return await conformanceOf(new Trial(app, 'A'));
  } finally {
    await app.close();
  }
}

const notesOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ result, seen }) => (result === 'passed' ? [] : [`${result}: ${seen}`]));

const staysThere = 'noted: note: left there: AdverseEvent, Provenance';

describe('the conformance report', () => {
  it.each(servers.filter(({ tiers }) => tiers.graph))('of $name: it holds the therapy as it is', async (kind) => {
    const server = await open(kind);
    expect(notesOf(await reportOn(server))).toEqual([staysThere]);
    expect(server.simulator.violations).toEqual([]);
    const statuses = server.simulator.resources('Observation').map((one) => (one as { status?: string }).status);
    expect(new Set(statuses)).toEqual(new Set(['entered-in-error']));
  });

  it('of the sandbox hospital itself: it holds the therapy as it is', async () => {
    const hospital = await openHospital();
    await admitTo(hospital, mrnSystem, ['A']);
    const app = await openAdapter({ hospital });
    expect(notesOf(await conformanceOf(new Trial(app, 'A')))).toEqual([staysThere]);
    await app.close();
    await hospital.sandbox.close();
  });

  it.each([
    {
      name: 'Epic-like, discrete',
      notes: ['noted: note: it does not look at versions, as is known of it: the last one to write wins'],
    },
    {
      name: 'Oracle-like',
      notes: [
        'noted: 6 written, 0 found once; note: 6 of a kind that has no search by identifier',
        'noted: note: left there: DocumentReference, Procedure, Provenance',
      ],
    },
    { name: 'MEDITECH-like', notes: [] },
    { name: 'read only', notes: [] },
  ])('of $name: it notes what the server cannot do', async ({ name, notes }) => {
    const server = await open(serverKind(name));
    expect(notesOf(await reportOn(server))).toEqual(notes);
    expect(server.simulator.violations).toEqual([]);
  });

  it('fails a server that takes an update under a version that has passed', async () => {
    const kind = serverKind('HAPI-like');
    const server = await open({ ...kind, quirks: { ifMatch: 'ignored' } });
    const failed = (await reportOn(server)).filter(({ result }) => result === 'failed');
    expect(failed.map(({ seen, answered }) => [seen, answered])).toEqual([
      ['it was written all the same', 'GET Device 200, PUT Device 200'],
    ]);
  });

  it('does not go on where nobody knows the patient', async () => {
    const server = await openServer(serverKind('HAPI-like'));
    opened.push(server);
    const findings = await reportOn(server);
    expect(findings.map(({ result }) => result)).toEqual(['passed', 'failed', ...Array(7).fill('not run')]);
    expect(findings[1]?.seen).toContain('no Patient at the destination has this identifier');
    expect(server.simulator.resources('Device')).toEqual([]);
  });
});

describe('npm run test:server', () => {
  async function run(...args: string[]) {
    const child = spawn(process.execPath, [resolve(import.meta.dirname, 'run.ts'), ...args], { stdio: 'pipe' });
    const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: code as number, out, errors };
  }

  const argumentsFor = ({ simulator, folder, kind }: OpenServer, mrn: string) => [
    ...['--base', simulator.baseUrl, '--client', 'itb-adapter', '--key', join(folder, 'keys.json')],
    ...['--patient-system', mrnSystem, '--patient-value', mrn, '--scopes', 'system/*.crus'],
    ...(kind.preset ? ['--preset', kind.preset] : []),
  ];

  it('prints what was seen, what was answered, what to do and a sum, and ends with 0', async () => {
    const server = await open(serverKind('HAPI-like'));
    const { code, out, errors } = await run(...argumentsFor(server, 'A'));
    expect([code, errors]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(lines.slice(3, 6)).toEqual([
      'passed   an implant arrives for a patient that it knows',
      '         2 Device, 1 Medication, 1 Procedure, 2 MedicationAdministration, 1 MedicationRequest, 2 Observation, 1 Provenance',
      '         answered: POST Patient 200, POST bundle 200',
    ]);
    expect(lines).toContain('         advice: What is listed stays at the server: remove it by hand.');
    expect(lines).toContain('8 passed, 1 noted, 0 failed, 0 not run');
  });

  it('takes the settings of a destination from a file', async () => {
    const server = await open(serverKind('Epic-like, discrete'));
    const settings = join(server.folder, 'settings.json');
    const { facts } = server.kind;
    const discrete = { evidence: 'tried with the simulator', on: '2026-11-01' };
    await writeFile(settings, JSON.stringify({ facts, projection: { discrete } }));
    const { code, out } = await run(...argumentsFor(server, 'A'), '--settings', settings, '--json');
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    expect(code).toBe(0);
    expect(findings[0]?.seen).toMatch(/^sent by single; discrete: Procedure Observation; document: /);
    expect(server.simulator.resources('Procedure').length).toBeGreaterThan(0);
  });

  it('ends with 1 where a check failed, and with 2 where it could not run', async () => {
    const server = await open(serverKind('HAPI-like'));
    expect((await run(...argumentsFor(server, 'nobody'))).code).toBe(1);
    const unknown = await run('--base', server.simulator.baseUrl);
    expect(unknown.code).toBe(2);
    expect(unknown.errors).toContain('Missing: --client, --key, --patient-system, --patient-value');
    const preset = await run(...argumentsFor(server, 'A'), '--preset', 'nowhere');
    expect([preset.code, preset.errors.split('\n')[0]]).toEqual([
      2,
      expect.stringContaining('the preset nowhere. There are: aidbox, athenahealth'),
    ]);
  });
});
