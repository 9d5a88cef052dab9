import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refill } from '../http/sample-events.ts';
import { storyFile } from '../http/test-service.ts';
import { ended, jsonLines, said } from './command-line.ts';
import { type HospitalDesk, hospitalDesk, writesTo } from './hospital-desk.ts';

const story = storyFile('wrong-concentration-corrected');

describe('doctor', () => {
  let hospital: HospitalDesk;
  beforeAll(async () => {
    hospital = await hospitalDesk('MRN0001');
  });
  afterAll(() => hospital.leave());

  interface Line {
    readonly point: string;
    readonly result: string;
    readonly says: string;
    readonly advice?: string;
    readonly lines?: string[];
  }
  const doctor = async (...options: string[]) => {
    const outcome = await hospital.at.run(['doctor', 'hospital', ...options]);
    const checks = options.includes('--json') ? jsonLines<Line>(outcome.stdout) : [];
    return { ...outcome, results: checks.map(({ point, result }) => `${point}: ${result}`), checks };
  };

  test('looks at everything from the address to a patient, writes nothing there, and ends with 0', async () => {
    await hospital.at.run(['import', hospital.at.write('refill.json', refill('R-1'))]);
    const { exitCode, results, checks, stdout } = await doctor('--json');
    expect(results).toEqual([
      'Sending: ok',
      'Address: ok',
      'TLS: note',
      'SMART configuration: ok',
      'Token: ok',
      'CapabilityStatement: ok',
      'Facts: ok',
      'Tiers: ok',
      'Scopes: ok',
      'Pace: ok',
      'Patient: ok',
      'Deployment key: note',
    ]);
    expect(exitCode).toBe(0);
    expect(checks.find(({ point }) => point === 'Tiers')?.lines?.[0]).toMatch(/^graph +Device, Medication, /);
    expect(stdout).not.toContain('MRN0001');
    expect(writesTo(hospital.sandbox)).toBe(0);
  });

  test('says with a mark, a sentence and an advice what the operator should do', async () => {
    hospital.configure({ scopes: ['system/Patient.rs', 'system/Device.crus', 'system/Flag.crus'] });
    const { stdout } = await doctor();
    expect(stdout).toMatch(/^hospital \(test\), http:\/\/127\.0\.0\.1:\d+\/fhir\n/);
    expect(stdout).toContain('✓ Address: 127.0.0.1 has 1 address that may be reached.\n');
    expect(stdout).toContain('– TLS: none: the destination is on this machine.\n');
    expect(stdout).toMatch(/worklist +Device: No scope of ours allows to create MedicationAdministration there\./);
    hospital.configure();
  });

  test('a patient whom the hospital does not know is found out, and ends with 1', async () => {
    const unknown = JSON.parse(JSON.stringify(refill('R-2')).replaceAll('MRN0001', 'MRN0404'));
    const { stdout } = await hospital.at.run(['import', hospital.at.write('other.json', unknown)]);
    expect(stdout).toBe('');
    const status = await hospital.at.run(['sync', '--once']);
    expect(status.exitCode).toBe(1);
    const [item] = jsonLines<{ patientId: string }>((await hospital.at.run(['review'])).stdout);
    const { exitCode, checks } = await doctor('--json', '--patient', item?.patientId ?? '');
    expect(exitCode).toBe(1);
    expect(checks.find(({ point }) => point === 'Patient')).toMatchObject({
      result: 'failed',
      says: 'No Patient at the destination has this identifier.',
      advice: 'Register the patient there, then retry.',
    });
  });

  test('where the address cannot be found nothing after it is tried', async () => {
    hospital.configure({ fhirBaseUrl: 'https://nowhere.invalid/fhir' });
    const { exitCode, results, checks } = await doctor('--json');
    expect(exitCode).toBe(1);
    expect(results).toEqual(['Sending: ok', 'Address: failed', 'The rest: note', 'Deployment key: note']);
    expect(checks[1]?.says).toBe('nowhere.invalid has no address.');
    hospital.configure();
  });

  test('a client that the hospital has not registered is told at the token', async () => {
    hospital.configure({ clientId: 'somebody-else' });
    const { exitCode, results, checks } = await doctor('--json');
    expect(exitCode).toBe(1);
    expect(results.slice(3)).toEqual([
      'SMART configuration: ok',
      'Token: failed',
      'The rest: note',
      'Deployment key: note',
    ]);
    expect(checks.find(({ point }) => point === 'Token')?.advice).toBe('Check the client id, the key and the scopes.');
    hospital.configure();
  });

  test('of a destination that is not configured names those that are', async () => {
    const { exitCode, stderr } = await hospital.at.run(['doctor', 'clinic']);
    expect([exitCode, stderr]).toEqual([2, 'No destination is named clinic. There are: hospital.\n']);
  });
});

describe('status, pause and resume', () => {
  let hospital: HospitalDesk;
  beforeAll(async () => {
    hospital = await hospitalDesk('MRN0008');
    await hospital.at.run(['import', story]);
  });
  afterAll(() => hospital.leave());

  interface Status {
    readonly due: number;
    readonly idle: number;
    readonly pausedUntil?: string;
    readonly pauseReason?: string;
    readonly mapping: string;
    readonly lastAnswerAt?: string;
    readonly statement?: { hash: string };
  }
  const status = async () => {
    const { stdout } = await hospital.at.run(['status', '--json']);
    return (JSON.parse(stdout) as { destinations: [Status] }).destinations[0];
  };

  test('before the first run the patient is due, and nothing was heard of the hospital', async () => {
    const { due, idle, mapping, lastAnswerAt, statement } = await status();
    expect({ due, idle, mapping, lastAnswerAt, statement }).toEqual({ due: 1, idle: 0, mapping: 'released' });
  });

  test('a pause holds everything back until it ends, and says why', async () => {
    const paused = await hospital.at.run(['pause', 'hospital', '--for', '4h', '--reason', 'planned upgrade']);
    expect(paused.exitCode).toBe(0);
    expect(paused.stderr).toMatch(/^hospital is paused until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. /);
    await hospital.at.run(['sync', '--once']);
    expect(writesTo(hospital.sandbox)).toBe(0);
    const { due, pausedUntil, pauseReason } = await status();
    expect([due, pauseReason]).toEqual([1, 'planned upgrade']);
    const leftMs =
      Temporal.Instant.from(pausedUntil ?? '').epochMilliseconds - Temporal.Now.instant().epochMilliseconds;
    expect(leftMs).toBeGreaterThan(3.9 * 3_600_000);
    expect(leftMs).toBeLessThanOrEqual(4 * 3_600_000);
    const { stdout } = await hospital.at.run(['status']);
    expect(stdout).toMatch(/hospital: paused until \S+ \(planned upgrade\)\. itb-fhir resume hospital/);
  });

  test('a shorter pause takes the place of a longer one', async () => {
    await hospital.at.run(['pause', 'hospital', '--for', '30min', '--reason', 'it went faster']);
    const { pausedUntil = '' } = await status();
    const leftMs = Temporal.Instant.from(pausedUntil).epochMilliseconds - Temporal.Now.instant().epochMilliseconds;
    expect(leftMs).toBeLessThanOrEqual(30 * 60_000);
  });

  test('after resume the hospital is brought in step, and status tells what it said', async () => {
    await hospital.at.run(['resume', 'hospital']);
    expect((await hospital.at.run(['sync', '--once'])).exitCode).toBe(0);
    const { idle, pausedUntil, statement, lastAnswerAt } = await status();
    expect([idle, pausedUntil, statement?.hash.length]).toEqual([1, undefined, 64]);
    expect(Temporal.Instant.from(lastAnswerAt ?? '').epochMilliseconds).toBeGreaterThan(0);
  });

  test('what only the running service knows stands beside it, for those who have the admin token', async () => {
    hospital.at.writePrivately('admin.token', 'an-admin-token-of-more-than-thirty-two-characters');
    const port = await freePort();
    hospital.configure({}, { admin: { tokenFile: 'admin.token' }, server: { port } });
    const service = hospital.at.start(['serve']);
    await said(service, /listens on/);
    const { stdout } = await hospital.at.run(['status', '--json']);
    service.kill();
    await ended(service);
    const { destinations } = JSON.parse(stdout) as { destinations: [{ live?: object }] };
    expect(destinations[0].live).toEqual({ gate: 'open', opensInMs: 0, requestsPerMinute: expect.any(Number) });
    expect(((await status()) as { live?: object }).live).toBeUndefined();
    hospital.configure();
  });

  test.each([
    [['--reason', 'x'], 'Say for how long: either --until INSTANT or --for 4h.\n'],
    [['--reason', 'x', '--for', 'soon'], '--for takes a length of time: 30min, 4h, 2d.\n'],
    [
      ['--reason', 'x', '--until', 'tomorrow'],
      '--until takes an instant with its offset, e.g. 2026-11-21T22:00:00-05:00.\n',
    ],
    [['--reason', 'x', '--until', '2001-01-01T00:00:00Z'], 'The pause would be over already: name a later instant.\n'],
    [['--reason', ' ', '--for', '1h'], '--reason says why, without names or record numbers.\n'],
  ])('a pause without a usable end or reason (%j) is refused', async (options, sentence) => {
    const { exitCode, stderr } = await hospital.at.run(['pause', 'hospital', ...options]);
    expect([exitCode, stderr]).toEqual([2, sentence]);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
