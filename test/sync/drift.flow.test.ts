import type { Observation } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import type { DriftPolicy } from '../../src/sync/destination.ts';
import { decideContested } from '../../src/sync/drift-decision.ts';
import { openAdapter, openReviewOf, report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem, type Report } from '../flow/events.ts';
import { admit, type Hospital, ofDeployment, openHospital } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';

let hospital: Hospital;
let app: App;

async function start(drift?: DriftPolicy): Promise<void> {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A']);
  app = await openAdapter({ hospital }, drift ? { drift } : {});
  await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
  await settle(app);
}

afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

const a = clinicOf('A');

const score = (): Observation => {
  const observations = ofDeployment(hospital.sandbox.resources('Observation'), app.identifierSystem);
  return observations
    .map(({ resource }) => resource as Observation)
    .find((each) => each.valueCodeableConcept && each.code.text !== undefined) as Observation;
};

/** The score of the first day, read again. */
function corrected(eventId: string, day: number, value: string, replaces = 's'): Report {
  const { occurredAt } = a.assessment('s', 1, 'MAS', value);
  const event = { type: 'assessment', occurredAt, scale: 'MAS', value };
  const {
    scale: _scale,
    value: _value,
    ...rest
  } = a.assessment(eventId, day, 'MAS', value) as Report & {
    scale: string;
    value: string;
  };
  return { ...rest, type: 'correction', replaces: a.id(replaces), event } as Report;
}

/** Somebody at the hospital writes another value. */
async function changeThere(text: string): Promise<void> {
  const current = score();
  const edited = { ...current, valueCodeableConcept: { text } };
  expect(await hospital.staff('PUT', `Observation/${current.id}`, edited)).toBe(200);
}

const valueThere = () => score().valueCodeableConcept?.text;

async function decide(decision: 'ours' | 'theirs'): Promise<void> {
  const patientId = app.identify('default', 'test', mrnSystem, 'A');
  const owner = { tenant: 'default', destination: 'hospital' };
  expect(await app.store.transaction((trx) => decideContested(trx, owner, [patientId], decision))).toBe(1);
}

describe('a resource whose content somebody changed at the hospital', () => {
  beforeEach(() => start());

  it('is left as it is until a human decides, while the rest of the patient goes on', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'), a.doseChange('d', 10, 120));
    await settle(app);
    expect(valueThere()).toBe('1');
    expect(await openReviewOf(app)).toEqual(['sync changed-at-destination']);
    expect(await ticketsAt(app)).toMatchObject({ idle: 1, parked: 0 });
    const { missing, unwanted, twice } = await standingAt(hospital, app, ['A']);
    expect([missing.length, unwanted, twice]).toEqual([1, [], []]);

    await report(app, a.doseChange('e', 11, 130));
    await settle(app);
    expect(valueThere()).toBe('1');
    expect(await openReviewOf(app)).toEqual(['sync changed-at-destination']);
  });

  it('is written once as ours where a human says so', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    await decide('ours');
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(valueThere()).toBe('3');
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
    await changeThere('1');
    await report(app, corrected('c2', 12, '4', 'c'));
    await settle(app);
    expect(valueThere()).toBe('1');
    expect(await openReviewOf(app)).toEqual(['sync changed-at-destination']);
  });

  it('stays as theirs where a human says so, until what we want changes', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    await decide('theirs');
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(valueThere()).toBe('1');
    expect(await openReviewOf(app)).toEqual([]);
    await report(app, corrected('c2', 12, '4', 'c'));
    await settle(app);
    expect(valueThere()).toBe('4');
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('is in step again when the hospital takes its change back', async () => {
    const before = score();
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    await hospital.staff('PUT', `Observation/${before.id}`, before);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(valueThere()).toBe('3');
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('is created anew when the hospital deletes it', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    expect(await hospital.staff('DELETE', `Observation/${score().id}`)).toBe(200);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('whose event is withdrawn is not withdrawn there before a human decides', async () => {
    await changeThere('1');
    await report(app, a.void('v', 's', 3));
    await settle(app);
    expect(score().status).toBe('final');
    expect(await openReviewOf(app)).toEqual(['sync changed-at-destination']);
    await decide('ours');
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(score().status).toBe('entered-in-error');
    expect(await openReviewOf(app)).toEqual([]);
  });
});

describe('a destination where ours wins', () => {
  beforeEach(() => start('ours'));

  it('says what we say, and a human is told', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    expect(valueThere()).toBe('3');
    expect((await standingAt(hospital, app, ['A'])).missing).toEqual([]);
    expect(await openReviewOf(app)).toEqual(['sync changed-at-destination']);
  });
});

describe('a destination where theirs wins', () => {
  beforeEach(() => start('theirs'));

  it('keeps what it says until we want something else', async () => {
    await changeThere('1');
    await report(app, corrected('c', 2, '3'));
    await settle(app);
    expect(valueThere()).toBe('1');
    await report(app, corrected('c2', 12, '4', 'c'));
    await settle(app);
    expect(valueThere()).toBe('4');
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});
