import type { Binary, Device, Observation, Resource } from '@medplum/fhirtypes';
import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { problem } from '../../src/event/problem.ts';
import { releaseMapping } from '../../src/store/destination-state.ts';
import type { MessageAnswer } from '../../src/sync/message/acknowledgement.ts';
import { openReviewOf, report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { recording, withBetween } from '../flow/faults.ts';
import { ofDeployment } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';
import { app, does, hospital, start, useOneHospital } from './one-hospital.ts';

/** Ways to a hospital that takes no therapy in FHIR, or not all of it. */

const keepsItsDevices = does('Device', 'read', 'search-type');
const takesNothing = [keepsItsDevices, does('DocumentReference', 'read', 'search-type')];

useOneHospital();

const a = clinicOf('A');

const linksHere = async () => {
  const rows = await app.store.db
    .selectFrom('link')
    .select(['resource_type', 'state', 'content', 'server_id'])
    .execute();
  return rows.map((row) => ({ ...row, content: JSON.parse(row.content) as Resource }));
};

describe('a hospital that takes only messages', () => {
  const hl7v2 = {
    transport: { kind: 'mllp', host: 'engine.example', port: 2575, tls: true },
    sendingApplication: 'ITB',
    sendingFacility: 'CLINIC',
    receivingApplication: 'EHR',
    receivingFacility: 'HOSPITAL',
    version: '2.5.1',
    assigningAuthorities: { [mrnSystem]: 'HOSP' },
  } as const;

  /** The adapter with an engine that answers in turn, and accepts from then on. */
  function engine(...answers: readonly MessageAnswer[]) {
    const sent: string[] = [];
    const send = async (er7: string): Promise<MessageAnswer> => {
      sent.push(er7);
      return answers[sent.length - 1] ?? { kind: 'accepted' };
    };
    const destinations = app.destinations.map((runtime) => ({ ...runtime, engine: { send } }));
    const told = withBetween({ ...app, destinations }, async (request) => {
      throw new Error(`nothing is asked of a hospital that takes only messages: ${request.path}`);
    });
    const controlIds = () => sent.map((er7) => er7.split('\r')[0]?.split('|')[9]);
    return { told, sent, controlIds };
  }

  beforeEach(() => start({ facts: takesNothing, projection: { hl7v2 } }));

  it('is told each event once, without a look for its Patient', async () => {
    const { told, sent, controlIds } = engine();
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(told);
    expect(sent.length).toBe(2);
    expect(sent.every((er7) => er7.startsWith('MSH|'))).toBe(true);
    expect(new Set(controlIds()).size).toBe(2);
    await report(app, { ...a.implant('i', 0, 100), recordedAt: '2024-06-01T00:00:00Z' });
    await settle(told);
    expect(sent.length).toBe(2);
    const links = await linksHere();
    expect(links.map(({ resource_type, state }) => `${resource_type} ${state}`)).toEqual([
      'Binary live',
      'Binary live',
    ]);
    expect(new Set(links.map(({ server_id }) => server_id))).toEqual(new Set(controlIds()));
  });

  it('is told again under the same control id where nobody learned whether it arrived', async () => {
    const lost: MessageAnswer = { kind: 'unknown', problem: problem('destination-unavailable', 'no acknowledgement') };
    const { told, controlIds } = engine(lost);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(told);
    const ids = controlIds();
    expect(ids.length).toBe(2);
    expect(ids[0]).toBe(ids[1]);
    expect(await openReviewOf(app)).toEqual([]);
  });

  it('is told that it is withdrawn, also where nobody learned whether it arrived', async () => {
    const lost: MessageAnswer = { kind: 'unknown', problem: problem('destination-unavailable', 'no acknowledgement') };
    const { told, sent } = engine({ kind: 'accepted' }, lost);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(told);
    await report(app, a.void('v', 's', 2));
    await settle(told);
    expect(sent.length).toBe(3);
    expect(sent[2]).toBe(sent[1]);
    expect(sent[2]).not.toBe(sent[0]);
    const [link] = (await linksHere()).filter(({ state }) => state === 'voided');
    const { data = '' } = (link as { content: Resource }).content as Binary;
    expect(Buffer.from(data, 'base64').toString()).toBe(sent[2]);
  });

  it('that refuses a message is a matter for a human, and gets the others', async () => {
    const refusal: MessageAnswer = { kind: 'terminal', problem: problem('message-refused', 'the engine answered AE') };
    const { told, sent } = engine(refusal);
    await report(app, a.assessment('s', 1, 'MAS', '2'), a.assessment('s2', 2, 'MAS', '3'));
    await settle(told);
    expect(sent.length).toBe(2);
    expect(await openReviewOf(app)).toEqual(['sync message-refused']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    await report(app, a.assessment('s3', 3, 'MAS', '1'));
    await settle(told);
    expect(sent.length).toBe(4);
    expect(await openReviewOf(app)).toEqual([]);
  });
});

describe('a hospital that takes nothing at all', () => {
  beforeEach(() => start({ facts: takesNothing }));

  it('is asked nothing: what a human has to enter is listed, and taken from the list when it is withdrawn', async () => {
    const { app: observed, requests } = recording(app);
    await report(app, a.assessment('s', 1, 'MAS', '2'), a.assessment('s2', 2, 'MAS', '3'));
    await settle(observed);
    expect((await linksHere()).map(({ resource_type, state }) => `${resource_type} ${state}`)).toEqual([
      'Task live',
      'Task live',
    ]);
    await report(app, a.void('v', 's', 3));
    await settle(observed);
    const states = (await linksHere()).map(
      ({ state, content }) => `${state} ${(content as { status?: string }).status}`,
    );
    expect(states.sort()).toEqual(['live requested', 'voided entered-in-error']);
    expect(requests).toEqual([]);
    expect(await openReviewOf(app)).toEqual([]);
  });
});

describe('a hospital that keeps its own Devices', () => {
  const discrete = { discrete: { evidence: 'tried in its sandbox', on: '2026-11-01' } };
  const patientThere = () => hospital.sandbox.resources('Patient')[0]?.id as string;
  const theirPump = (serialNumber: string): Device => ({
    resourceType: 'Device',
    id: `pump-${serialNumber.toLowerCase()}`,
    serialNumber,
    patient: { reference: `Patient/${patientThere()}` },
  });

  beforeEach(() => start({ facts: [keepsItsDevices], projection: discrete }));

  async function register(device: Device): Promise<string> {
    await hospital.sandbox.addPatients([{ ...(device as unknown as { resourceType: 'Patient' }) }]);
    return `Device/${device.id}`;
  }

  it('is never written one, and what it is told of the pump refers to the one that has its serial', async () => {
    const theirs = await register(theirPump('SER-A'));
    await register(theirPump('OTHER'));
    const { app: observed, requests } = recording(app);
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(observed);
    expect(requests.filter((request) => request === 'GET Device').length).toBe(1);
    expect(requests.some((request) => /^(POST|PUT) (Device|MedicationAdministration)$/.test(request))).toBe(false);
    expect(hospital.sandbox.resources('Device').length).toBe(2);
    const matches = await app.store.db.selectFrom('device_match').select('server_id').execute();
    expect(matches.map(({ server_id }) => `Device/${server_id}`)).toEqual([theirs]);
    const told = ofDeployment(hospital.sandbox.resources('Observation'), app.identifierSystem);
    const devices = told.map(
      ({ resource }) => (resource as Observation).device?.reference ?? (resource as Observation).focus?.[0]?.reference,
    );
    expect(devices).toContain(theirs);
    expect(await openReviewOf(app)).toEqual([]);

    requests.length = 0;
    await report(app, a.doseChange('e', 11, 130));
    await settle(observed);
    expect(requests).not.toContain('GET Patient');
  });
});

describe('an adverse event that was withdrawn', () => {
  beforeEach(async () => {
    await start({ scopes: ['system/*.cruds'] });
    await report(app, a.implant('i', 0, 100), a.complication('k', 5));
    await settle(app);
    expect(hospital.sandbox.resources('AdverseEvent').length).toBe(1);
    await report(app, a.void('v', 'k', 6));
  });

  it('is deleted where the hospital and our scopes allow it, and nothing else is', async () => {
    // The sandbox lets its own staff delete, not us.
    const deleting = withBetween(app, async (request, send) => {
      if (request.method !== 'DELETE') return send(request);
      return { kind: 'answered', status: await hospital.staff('DELETE', request.path), body: undefined };
    });
    const { app: observed, requests } = recording(deleting);
    await settle(observed);
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual(['DELETE AdverseEvent']);
    expect(hospital.sandbox.resources('AdverseEvent')).toEqual([]);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
    requests.length = 0;
    await report(app, a.doseChange('d', 10, 120));
    await settle(observed);
    expect(requests).toEqual(['POST transaction']);
  });

  it('is left to a human where the hospital does not keep what it states', async () => {
    await settle(app);
    expect(hospital.sandbox.resources('AdverseEvent').length).toBe(1);
    expect(await openReviewOf(app)).toEqual(['sync manual-removal-needed']);
    expect(await ticketsAt(app)).toMatchObject({ idle: 1, parked: 0 });
  });
});

describe('a mapping that an operator has not released', () => {
  const asOf = (version: string): App => ({ ...app, mappingVersion: version });
  const key = { tenant: 'default', destination: 'hospital' };

  beforeEach(async () => {
    await start({ release: 'manual' });
    await releaseMapping(app.store.db, key, 'first');
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(asOf('first'));
    // What the other mapping would write differs: so does what is remembered of it.
    await app.store.db
      .updateTable('link')
      .set({ content_hash: 'other' })
      .where('resource_type', '=', 'Observation')
      .execute();
    await app.store.db.updateTable('ticket').set({ due_at: 0 }).execute();
  });

  it('changes nothing that another one wrote, and says so', async () => {
    const { app: observed, requests } = recording(asOf('second'));
    await settle(observed);
    expect(requests).toEqual([]);
    expect(await ticketsAt(app)).toMatchObject({ idle: 1, parked: 0 });
  });

  it('changes it when it is released', async () => {
    await settle(asOf('second'));
    await releaseMapping(app.store.db, key, 'second');
    await app.store.db.updateTable('ticket').set({ due_at: 0 }).execute();
    const { app: observed, requests } = recording(asOf('second'));
    await settle(observed);
    expect(requests).toEqual(['POST transaction']);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('tells news all the same, with what changes in it', async () => {
    const { app: observed, requests } = recording(asOf('second'));
    await report(app, a.doseChange('d', 10, 120));
    await settle(observed);
    expect(requests).toEqual(['POST transaction']);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});
