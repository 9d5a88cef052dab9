import type { Medication } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storyFile } from '../http/test-service.ts';
import { jsonLines } from './command-line.ts';
import { type HospitalDesk, hospitalDesk, writesTo } from './hospital-desk.ts';

const story = storyFile('wrong-concentration-corrected');
const waits =
  'hospital: a new mapping waits. What was already sent stays as it is; look at itb-fhir replay --dry-run --destination hospital, then itb-fhir release hospital.\n';

/** A new mapping: SNOMED CT codes beside our own. */
const newMapping = { terminologyPacks: ['snomed'] };

interface Change {
  readonly destination: string;
  readonly kind: string;
  readonly resourceType: string;
  readonly what: string;
  readonly differences: readonly { label: string; from: string; to: string }[];
}

describe('a new mapping, where an operator releases it', () => {
  let hospital: HospitalDesk;
  beforeAll(async () => {
    hospital = await hospitalDesk('MRN0008');
    await hospital.at.run(['import', story]);
    await hospital.at.run(['sync', '--once']);
  });
  afterAll(() => hospital.leave());

  const isCoded = () =>
    (hospital.sandbox.resources('Medication') as Medication[]).some(({ code }) =>
      code?.coding?.some(({ system }) => system === 'http://snomed.info/sct'),
    );

  test('the mapping that is in use changes nothing, and waits for nobody', async () => {
    const dry = await hospital.at.run(['replay', '--dry-run']);
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain('hospital: 1 patient, 11 events. Something would change of 0 patients.\n');
    expect(dry.stdout).toContain('What stands there: 57 resources written by the present mapping.\n');
    const release = await hospital.at.run(['release', 'hospital']);
    expect([release.exitCode, release.stderr]).toEqual([
      0,
      'hospital: the present mapping is released already. Nothing waits.\n',
    ]);
  });

  test('waits: what was sent stays as it is, also when the patient is looked at again', async () => {
    hospital.configure({}, newMapping);
    await hospital.at.run(['replay']);
    const before = writesTo(hospital.sandbox);
    const { stderr } = await hospital.at.run(['sync', '--once']);
    expect(stderr).toContain(waits);
    expect(writesTo(hospital.sandbox)).toBe(before);
    expect(isCoded()).toBe(false);
  });

  test('the dry run tells in clinical words what it would change, and sends nothing', async () => {
    const before = hospital.sandbox.requests.length;
    const { stdout, stderr } = await hospital.at.run(['replay', '--dry-run', '--json', '--destination', 'hospital']);
    const changes = jsonLines<Change>(stdout);
    expect(changes.find(({ resourceType }) => resourceType === 'Medication')).toMatchObject({
      destination: 'hospital',
      kind: 'changed',
      what: 'Medication: Baclofen for intrathecal use',
      differences: [{ label: 'Codes', from: 'none', to: 'sct 387342009' }],
    });
    expect(stderr).toContain('Something would change of 1 patient.');
    expect(stderr).toMatch(/What stands there: 57 resources written by mapping [0-9a-f]{16}\./);
    expect(stderr).toMatch(/^Medication +0 +3 +0 +0$/m);
    expect(hospital.sandbox.requests).toHaveLength(before);
  });

  test('is not released without somebody who says yes', async () => {
    const { exitCode, stderr } = await hospital.at.run(['release', 'hospital']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Add --yes to release it for hospital without being asked.\n');
    expect((await hospital.at.run(['status'])).stdout).toContain(
      'hospital: a new mapping waits: what was already sent stays as it is.',
    );
  });

  test('once released is written there, and nothing differs any more', async () => {
    const { exitCode, stderr } = await hospital.at.run(['release', 'hospital', '--yes']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'Released for hospital: 1 patient is looked at again, 60 a minute; only differences are sent.\n',
    );
    await hospital.at.run(['sync', '--once']);
    expect(isCoded()).toBe(true);
    expect((await hospital.at.run(['replay', '--dry-run'])).stdout).toContain('Something would change of 0 patients.');
  });

  test('comes in by itself where the configuration says so', async () => {
    hospital.configure({ release: 'automatic' });
    const { stderr } = await hospital.at.run(['sync', '--once']);
    expect(stderr).not.toContain('a new mapping waits');
    expect(isCoded()).toBe(false);
  });
});

describe('worklist', () => {
  test('lists for a human what a hospital takes in no other way, as NDJSON or for a spreadsheet', async () => {
    const hospital = await hospitalDesk('MRN0008');
    try {
      hospital.configure({ scopes: ['system/Patient.rs'] });
      await hospital.at.run(['import', story]);
      await hospital.at.run(['sync', '--once']);
      expect(writesTo(hospital.sandbox)).toBe(0);
      const { exitCode, stdout, stderr } = await hospital.at.run(['worklist', 'hospital']);
      expect(exitCode).toBe(0);
      const rows = jsonLines<{ action: string; title: string; patientIdentifier: string }>(stdout);
      expect(rows).toHaveLength(11);
      expect(rows[0]).toMatchObject({
        action: 'enter',
        patientIdentifier: 'MRN0008',
        title: 'Intrathecal baclofen pump: baseline, 2024-02-20',
      });
      expect(stderr).toMatch(/^hospital: 11 to enter, 0 to remove\. The list names patients/);
      const csv = await hospital.at.run(['worklist', 'hospital', '--csv']);
      expect(csv.stdout.split('\r\n')[0]).toBe(
        'identity,action,patientSystem,patientIdentifier,title,occurredAt,recordedAt,text',
      );
    } finally {
      await hospital.leave();
    }
  });
});
