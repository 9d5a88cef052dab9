import type { Observation, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storyFile } from '../http/test-service.ts';
import { jsonLines } from './command-line.ts';
import { type HospitalDesk, hospitalDesk, writesTo } from './hospital-desk.ts';

const story = storyFile('wrong-concentration-corrected');

interface Line {
  readonly kind: string;
  readonly resourceType: string;
  readonly serverId: string;
  readonly elements?: string[];
}

describe('reconcile', () => {
  let hospital: HospitalDesk;
  beforeAll(async () => {
    hospital = await hospitalDesk('MRN0008');
    await hospital.at.run(['import', story]);
    await hospital.at.run(['sync', '--once']);
  });
  afterAll(() => hospital.leave());

  const reconcile = async (...options: string[]) => {
    const outcome = await hospital.at.run(['reconcile', 'hospital', ...options]);
    return { ...outcome, lines: options.includes('--json') ? jsonLines<Line>(outcome.stdout) : [] };
  };

  const doses = () =>
    (hospital.sandbox.resources('Observation') as (Observation & { id: string })[]).filter(
      ({ valueQuantity }) => valueQuantity?.code === 'ug/d',
    );

  test('of a hospital that holds what was written says so, writes nothing, and ends with 0', async () => {
    const before = writesTo(hospital.sandbox);
    const { exitCode, stdout } = await reconcile();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('hospital holds what was written there.\n');
    expect(stdout).toMatch(/^Device +2 +0 +0 +0 +0 +all that carries our identifier$/m);
    expect(writesTo(hospital.sandbox)).toBe(before);
  });

  test('tells what is gone, changed, there twice and nobody’s, and ends with 1', async () => {
    const [changed, gone] = doses();
    await hospital.staff('PUT', `Observation/${changed?.id}`, {
      ...changed,
      valueQuantity: { ...changed?.valueQuantity, value: 999 },
    });
    await hospital.staff('DELETE', `Observation/${gone?.id}`);
    const [device] = hospital.sandbox.resources('Device');
    const { id: _, ...copy } = device as Resource;
    await hospital.staff('POST', 'Device', copy);
    const identifier = (device as { identifier?: { system: string }[] }).identifier?.[0];
    await hospital.staff('POST', 'Device', {
      resourceType: 'Device',
      identifier: [{ ...identifier, value: 'of-nobody' }],
    });

    const { exitCode, lines } = await reconcile('--json');
    expect(exitCode).toBe(1);
    expect(lines.map(({ kind, resourceType }) => `${resourceType} ${kind}`).toSorted()).toEqual([
      'Device nobodys',
      'Device twice',
      'Observation changed',
      'Observation missing',
    ]);
    expect(lines.find(({ kind }) => kind === 'changed')).toMatchObject({
      serverId: changed?.id,
      elements: ['valueQuantity'],
    });
    expect(lines.find(({ kind }) => kind === 'missing')).toMatchObject({ serverId: gone?.id });
  });

  test('with --patient finds what is gone and changed of this patient alone', async () => {
    const { stdout } = await hospital.at.run(['review']);
    const [{ patientId = '' } = {}] = jsonLines<{ patientId?: string }>(stdout);
    const { lines } = await reconcile('--json', '--patient', patientId);
    expect(lines.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'missing']);
    const other = await reconcile('--patient', 'nobody');
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      'There is no patient with this id in the environment of this destination.\n',
    ]);
  });

  test('with --repair writes again what is gone; what was changed there waits for a human, as the policy says', async () => {
    const before = doses().length;
    const { exitCode, stderr } = await reconcile('--repair');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('1 patient is sent again');
    await hospital.at.run(['sync', '--once']);
    expect(doses()).toHaveLength(before + 1);
    expect(doses().filter(({ valueQuantity }) => valueQuantity?.value === 999)).toHaveLength(1);
    const { stdout } = await hospital.at.run(['review', '--destination', 'hospital']);
    expect(jsonLines<{ code: string }>(stdout).map(({ code }) => code)).toEqual(['changed-at-destination']);
  });

  test('`review retry` then writes ours once more, and nothing differs but what a human has to tell apart', async () => {
    const { stdout } = await hospital.at.run(['review', '--destination', 'hospital']);
    const [item] = jsonLines<{ id: number }>(stdout);
    const retried = await hospital.at.run(['review', 'retry', String(item?.id)]);
    expect([retried.exitCode, retried.stderr]).toEqual([0, `Item ${item?.id}: Ours is written there once more.\n`]);
    await hospital.at.run(['sync', '--once']);
    expect(doses().filter(({ valueQuantity }) => valueQuantity?.value === 999)).toEqual([]);
    expect((await hospital.at.run(['review', '--destination', 'hospital'])).stdout).toBe('');
    const { lines } = await reconcile('--json');
    expect(lines.map(({ kind }) => kind).toSorted()).toEqual(['nobodys', 'twice']);
  });
});

describe('what the hospital changed and a human leaves to it', () => {
  test('`review dismiss` keeps theirs and sends nothing; the same at another resource is told again', async () => {
    const hospital = await hospitalDesk('MRN0008');
    try {
      await hospital.at.run(['import', story]);
      await hospital.at.run(['sync', '--once']);
      const changeOne = async (value: number) => {
        const dose = (hospital.sandbox.resources('Observation') as Observation[]).find(
          ({ valueQuantity }) => valueQuantity?.code === 'ug/d' && (valueQuantity.value ?? 0) < 900,
        );
        await hospital.staff('PUT', `Observation/${dose?.id}`, {
          ...dose,
          valueQuantity: { ...dose?.valueQuantity, value },
        });
        await hospital.at.run(['reconcile', 'hospital', '--repair']);
        await hospital.at.run(['sync', '--once']);
        const { stdout } = await hospital.at.run(['review', '--destination', 'hospital']);
        return jsonLines<{ id: number; code: string }>(stdout);
      };
      const [item, ...others] = await changeOne(999);
      expect([item?.code, others]).toEqual(['changed-at-destination', []]);
      const dismissed = await hospital.at.run(['review', 'dismiss', String(item?.id), '--reason', 'measured there']);
      expect([dismissed.exitCode, dismissed.stderr]).toEqual([
        0,
        `Item ${item?.id}: Theirs stands, until the therapy changes what we say there.\n`,
      ]);
      const before = writesTo(hospital.sandbox);
      await hospital.at.run(['sync', '--once']);
      expect(writesTo(hospital.sandbox)).toBe(before);
      expect((await changeOne(998)).map(({ code }) => code)).toEqual(['changed-at-destination']);
    } finally {
      await hospital.leave();
    }
  });
});
