import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { refill } from '../http/sample-events.ts';
import { storyFile } from '../http/test-service.ts';
import type { Desk } from './command-line.ts';
import { type HospitalDesk, hospitalDesk, writesTo } from './hospital-desk.ts';

let hospital: HospitalDesk;
let sandbox: Sandbox;
let at: Desk;
const story = storyFile('wrong-concentration-corrected');

async function hospitalKnowing(...recordNumbers: string[]): Promise<void> {
  hospital = await hospitalDesk(...recordNumbers);
  ({ sandbox, at } = hospital);
}

const leave = () => hospital.leave();
const writes = () => writesTo(sandbox);

describe('a hospital that knows the patient', () => {
  beforeAll(() => hospitalKnowing('MRN0008'));
  afterAll(leave);

  test('is brought in step by `sync --once`, and a second run sends nothing', async () => {
    await at.run(['import', story]);
    const first = await at.run(['sync', '--once']);
    expect([first.exitCode, first.stderr]).toEqual([
      0,
      'hospital: 1 in step, 0 due, 0 waiting, 0 running, 0 parked.\n',
    ]);
    expect(sandbox.resources('MedicationAdministration').length).toBeGreaterThan(5);
    expect(sandbox.resources('Patient')).toHaveLength(1);

    const sent = sandbox.requests.length;
    expect((await at.run(['sync', '--once'])).exitCode).toBe(0);
    expect(sandbox.requests.slice(sent)).toEqual([]);
  });

  test('is only looked at after `replay`, because nothing differs', async () => {
    const [written, held] = [writes(), sandbox.resources()];
    await at.run(['replay']);
    expect((await at.run(['sync', '--once'])).exitCode).toBe(0);
    expect(writes()).toBe(written);
    expect(sandbox.resources()).toEqual(held);
  });

  test('is not sent to under another name', async () => {
    const { exitCode, stderr } = await at.run(['sync', '--once', '--destination', 'clinic']);
    expect([exitCode, stderr]).toEqual([2, 'No destination is named clinic.\n']);
  });
});

describe('a hospital that is configured after the events came in', () => {
  beforeAll(() => hospitalKnowing('MRN0008'));
  afterAll(leave);

  test('is owed every patient that it may have', async () => {
    at.write('before.json', { logLevel: 'error' });
    expect((await at.run(['--config', 'before.json', 'import', story])).exitCode).toBe(0);
    const { exitCode, stderr } = await at.run(['sync', '--once']);
    expect([exitCode, stderr]).toEqual([0, 'hospital: 1 in step, 0 due, 0 waiting, 0 running, 0 parked.\n']);
    expect(sandbox.resources('MedicationAdministration').length).toBeGreaterThan(5);
  });
});

describe('a hospital that does not know the patient', () => {
  beforeAll(() => hospitalKnowing('MRN9999'));
  afterAll(leave);

  test('is sent nothing, and `sync --once` ends with 1 because the patient is parked', async () => {
    await at.run(['import', at.write('refill.json', refill('R-1'))]);
    const { exitCode, stderr } = await at.run(['sync', '--once']);
    expect([exitCode, stderr]).toEqual([
      1,
      'hospital: 0 in step, 0 due, 0 waiting, 0 running, 1 parked.\n' +
        '  hospital, 1 parked: No Patient at the destination has this identifier. ' +
        'Register the patient there, then retry.\n',
    ]);
    expect(writes()).toBe(0);
    expect(sandbox.resources().map(({ resourceType }) => resourceType)).toEqual(['Patient']);
  });
});
