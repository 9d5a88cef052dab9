import type { MedicationAdministration, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { openAdapter, openReviewOf, report, settle, therapyResources, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { recording } from '../flow/faults.ts';
import { admit, type Hospital, holdingsOf, ofDeployment, openHospital, versionsOf } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';

let hospital: Hospital;
let app: App;

beforeAll(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A', 'B', 'C']);
});
afterAll(() => hospital.sandbox.close());
beforeEach(async () => {
  app = await openAdapter({ hospital });
  return () => app.close();
});

const a = clinicOf('A');
const b = clinicOf('B');
const held = () => holdingsOf(hospital, app.identifierSystem);

async function expectInStep(): Promise<void> {
  expect(await standingAt(hospital, app, ['A', 'B', 'C'])).toEqual(inStep);
}

/** The identity of a patient's resource of one type that comes from one report. */
async function identityOf(mrn: string, eventId: string, type: Resource['resourceType'], profile = ''): Promise<string> {
  const found = (await therapyResources(app, mrn)).find(
    ({ entry, resource }) =>
      entry.source.rootEventId === eventId &&
      resource.resourceType === type &&
      (resource.meta?.profile?.[0] ?? '').includes(profile),
  );
  if (!found) throw new Error(`nothing of ${eventId} is a ${type}`);
  return found.identity;
}

const statusesOf = (identity: string) =>
  versionsOf(hospital, app.identifierSystem, identity).map((version) => (version as { status?: string }).status);

describe('a run', () => {
  it('brings a new therapy to the hospital in one transaction, each resource once', async () => {
    const { app: observed, requests } = recording(app);
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120), a.refill('r', 60, 120));
    await settle(observed);
    expect(requests).toEqual(['POST Patient', 'POST transaction']);
    expect(Object.keys(held()).length).toBeGreaterThan(10);
    await expectInStep();
  });

  it('sends nothing when nothing changed', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    const { app: observed, requests } = recording(app);
    await report(app, { ...a.implant('i', 0, 100), recordedAt: '2024-06-01T00:00:00Z' });
    await report(app, a.assessment('unmapped', 5, 'a scale that nobody knows', 3));
    await settle(observed);
    expect(requests).toEqual([]);
  });

  it('closes the running infusion and opens the next when a dose change is reported late', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d2', 20, 140));
    await settle(app);
    await report(app, a.doseChange('d1', 10, 120));
    await settle(app);
    const infusion = async (eventId: string) => {
      const identity = await identityOf('A', eventId, 'MedicationAdministration', 'infusion');
      const [current] = versionsOf(hospital, app.identifierSystem, identity) as MedicationAdministration[];
      return current?.effectivePeriod;
    };
    const [first, second, third] = [await infusion('A-i'), await infusion('A-d1'), await infusion('A-d2')];
    expect(first?.end).toBe(second?.start);
    expect(second?.end).toBe(third?.start);
    expect(third?.end).toBeUndefined();
    await expectInStep();
  });

  it('updates in place what a correction restates', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 1200));
    await settle(app);
    const before = await identityOf('A', 'A-d', 'MedicationAdministration', 'infusion');
    await report(app, a.correctDose('c', 'd', 10, 120));
    await settle(app);
    expect(await identityOf('A', 'A-d', 'MedicationAdministration', 'infusion')).toBe(before);
    expect(statusesOf(before).length).toBe(2);
    await expectInStep();
  });

  it('enters in error what is withdrawn, and makes it live again when the withdrawal is withdrawn', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(app);
    const identity = await identityOf('A', 'A-d', 'MedicationAdministration', 'infusion');
    await report(app, a.void('v', 'd', 11));
    await settle(app);
    expect(statusesOf(identity)[0]).toBe('entered-in-error');
    await expectInStep();
    await report(app, a.void('vv', 'v', 12));
    await settle(app);
    expect(statusesOf(identity)).toEqual(['in-progress', 'entered-in-error', 'in-progress']);
    await expectInStep();
  });

  it('voids at the wrong patient and issues anew at the right one, never moving a resource', async () => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 0, 200), a.doseChange('d', 10, 120));
    await settle(app);
    const wrong = await identityOf('A', 'A-d', 'MedicationAdministration', 'infusion');
    await report(app, a.correctDose('c', 'd', 10, 120, 'B'));
    await settle(app);
    const right = await identityOf('B', 'A-d', 'MedicationAdministration', 'infusion');
    expect(right).not.toBe(wrong);
    expect(statusesOf(wrong)).toEqual(['entered-in-error', 'in-progress']);
    const subjects = (identity: string) =>
      versionsOf(hospital, app.identifierSystem, identity).map(
        (version) => (version as MedicationAdministration).subject.reference,
      );
    expect(new Set(subjects(wrong)).size).toBe(1);
    expect(subjects(right)[0]).not.toBe(subjects(wrong)[0]);
    await expectInStep();
  });

  it('gives a whole implant to the right patient, pump included', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(app);
    await report(app, a.moveImplant('c', 'i', 0, 100, 'B'));
    await settle(app);
    await expectInStep();
    expect(await ticketsAt(app)).toEqual({ idle: 2, due: 0, waiting: 0, running: 0, parked: 0 });
  });

  it('moves a merged patient’s resources to the survivor in place, and none is there twice', async () => {
    await report(app, a.implant('i', 0, 100), b.assessment('s', 5, 'MAS', '2'), b.complication('c', 6));
    await settle(app);
    const count = ofDeployment(hospital.sandbox.resources(), app.identifierSystem).length;
    const score = await identityOf('B', 'B-s', 'Observation');
    await report(app, a.merge('m', 'B', 30));
    await settle(app);
    expect(ofDeployment(hospital.sandbox.resources(), app.identifierSystem).length).toBe(count);
    expect(statusesOf(score)).toEqual(['final', 'final']);
    await expectInStep();
  });

  it('gives both persons their own back when a merge is undone', async () => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 1, 200), b.assessment('s', 5, 'MAS', '2'));
    await report(app, a.merge('m', 'B', 30));
    await settle(app);
    await expectInStep();
    await report(app, a.unmerge('u', 'm', 31));
    await settle(app);
    await expectInStep();
    expect(await openReviewOf(app)).toEqual([]);
  });

  it('delivers the dose change and tells of the score that it could not map', async () => {
    await report(app, a.implant('i', 0, 100));
    await report(app, a.doseChange('d', 10, 120), a.assessment('s', 10, 'a scale that nobody knows', 3));
    await settle(app);
    const identity = await identityOf('A', 'A-d', 'MedicationAdministration', 'infusion');
    expect(statusesOf(identity)).toEqual(['in-progress']);
    expect(await openReviewOf(app)).toEqual(['mapping code-unmapped']);
    await expectInStep();
  });
});
