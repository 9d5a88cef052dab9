import type { Bundle, Resource } from '@medplum/fhirtypes';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideUnresolved } from '../../src/sync/drift-decision.ts';
import type { Fact } from '../../src/sync/facts.ts';
import type { Answer, FhirRequest } from '../../src/sync/fhir-client.ts';
import { drain } from '../../src/worker.ts';
import { impatient, openReviewOf, report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { type Between, noAnswer, recording, withBetween } from '../flow/faults.ts';
import { holdingsOf } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';
import {
  app,
  hospital,
  isCreateOf,
  kinds,
  known,
  noBatch,
  noConditions,
  noTransaction,
  once,
  ours,
  start as startWith,
  useOneHospital,
} from './one-hospital.ts';

/** One sandbox hospital, known to be able to do less than it can. */
const searchedBy = (...value: string[]): Fact[] =>
  kinds.map((about) => ({ about, property: 'searchParameters', value, ...known }));

const inBatches = [noTransaction];
const showsAtOnce: Fact = { about: 'server', property: 'searchLagSeconds', value: 0, ...known };
const oneByOne = [noTransaction, noBatch, showsAtOnce];

useOneHospital();

const a = clinicOf('A');

const start = (facts: readonly Fact[], settings: { maxEntries?: number } = {}) => startWith({ facts, ...settings });

const lostAfter: Between = async (request, send) => {
  await send(request);
  return noAnswer;
};
const takenForLater: Between = async (request, send) => {
  await send(request);
  return { kind: 'answered', status: 202, body: undefined };
};
const answers =
  (status: number, body?: unknown): Between =>
  async () => ({ kind: 'answered', status, body });

const everyStory = async () => {
  await report(app, a.implant('i', 0, 100), a.doseChange('d2', 20, 140));
  await settle(app);
  await report(app, a.doseChange('d1', 10, 1200), a.refill('r', 30, 140), a.assessment('s', 31, 'MAS', '2'));
  await settle(app);
  await report(app, a.correctDose('c', 'd1', 10, 120), a.void('v', 'd2', 31), a.complication('k', 32));
  await settle(app);
};

describe.each<[string, readonly Fact[]]>([
  ['whole events at a time', []],
  ['batches', inBatches],
  ['one resource at a time', oneByOne],
  ['one resource at a time without conditional creates', [...oneByOne, ...noConditions]],
])('a hospital that takes %s', (_how, facts) => {
  it('holds the same in the end', async () => {
    await start(facts);
    await everyStory();
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('is sent nothing twice', async () => {
    await start(facts);
    await everyStory();
    const { app: observed, requests } = recording(app);
    await report(app, { ...a.implant('i', 0, 100), recordedAt: '2024-06-01T00:00:00Z' });
    await settle(observed);
    expect(requests).toEqual([]);
  });
});

describe('a hospital that takes batches', () => {
  beforeEach(() => start(inBatches));

  it('gets them in waves: nothing refers to what is not there yet, and each is of the right kind', async () => {
    const types: string[] = [];
    const unborn: string[] = [];
    const observed = withBetween(app, (request, send) => {
      const bundle = request.body as Bundle | undefined;
      if (bundle?.resourceType === 'Bundle') {
        types.push(`${bundle.type} ${bundle.entry?.length}`);
        unborn.push(...(JSON.stringify(bundle.entry?.map(({ resource }) => resource)).match(/urn:uuid/g) ?? []));
      }
      return send(request);
    });
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(observed);
    expect(types.every((type) => type.startsWith('batch '))).toBe(true);
    expect(types.length).toBeGreaterThan(1);
    expect(types.length).toBeLessThan(8);
    expect(unborn).toEqual([]);
  });

  it('keeps what it took of a wave, and parks what it refused with what needs it', async () => {
    const spoiling = withBetween(app, (request, send) =>
      send(
        request.path === ''
          ? { ...request, body: JSON.parse(JSON.stringify(request.body).replaceAll('"text":"2"', '"noSuch":1')) }
          : request,
      ),
    );
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'), a.doseChange('d', 10, 120));
    await settle(spoiling);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    const { missing } = await standingAt(hospital, app, ['A']);
    expect(missing.map((name) => name.split(' ')[0])).toEqual(['Observation']);
    await report(app, a.doseChange('e', 11, 130));
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});

describe('a hospital that takes one resource at a time', () => {
  it('is asked for none before what it refers to, and closes before it opens', async () => {
    await start(oneByOne);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await report(app, a.doseChange('d', 10, 120));
    const { app: observed, requests } = recording(app);
    await settle(observed);
    const administrations = requests.filter((request) => request.endsWith('MedicationAdministration'));
    expect(administrations).toEqual(['PUT MedicationAdministration', 'POST MedicationAdministration']);
    expect(new Set(requests.map((request) => request.split(' ')[0]))).toEqual(new Set(['POST', 'PUT']));
  });

  it('goes on after a refusal with what does not need what was refused', async () => {
    await start(oneByOne);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    const refusing = withBetween(app, (request, send) =>
      isCreateOf('Procedure', request)
        ? Promise.resolve({ kind: 'answered', status: 422, body: '<html/>' })
        : send(request),
    );
    await settle(refusing);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(ours('Procedure')).toEqual([]);
    expect(ours('Device').length).toBe(2);
    expect(ours('Observation').map(({ resource }) => resource)).toMatchObject([
      { valueCodeableConcept: { text: '2' } },
    ]);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('does not open the next infusion beside one that it will not close', async () => {
    await start(oneByOne);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await report(app, a.doseChange('d', 10, 120));
    const refusing = withBetween(app, (request, send) =>
      request.method === 'PUT' ? Promise.resolve({ kind: 'answered', status: 422, body: undefined }) : send(request),
    );
    const before = ours('MedicationAdministration').length;
    await settle(refusing);
    expect(ours('MedicationAdministration').length).toBe(before);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    await report(app, a.assessment('s', 11, 'MAS', '2'));
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it.each<[string, Between]>([
    ['whose answer was lost', lostAfter],
    ['that was never applied', async () => noAnswer],
    [
      'that it took and tells nothing of',
      async (request, send) =>
        ({ ...((await send(request)) as Answer), location: undefined, body: undefined }) as Answer,
    ],
    ['that it took for later, and wrote', takenForLater],
  ])('looks for a create %s before it repeats it, by identifier', async (_what, fault) => {
    await start([...oneByOne, ...noConditions]);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(
      withBetween(
        app,
        once((request) => isCreateOf('Observation', request), fault),
      ),
    );
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('waits for what it took and does not show, and does not send it again', async () => {
    await start([...oneByOne, ...noConditions]);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const creates: string[] = [];
    const queueing = withBetween(app, (request, send) => {
      if (!isCreateOf('Observation', request)) return send(request);
      creates.push(request.path);
      return Promise.resolve({ kind: 'answered', status: 202, body: undefined });
    });
    const late = Promise.withResolvers<void>();
    const rounds = setTimeout(late.resolve, 1_500);
    await Promise.race([settle(queueing).catch(() => undefined), late.promise]);
    clearTimeout(rounds);
    expect(creates.length).toBe(1);
    const rows = await app.store.db.selectFrom('link').select(['resource_type', 'state']).execute();
    expect(rows.filter(({ resource_type }) => resource_type === 'Observation')).toEqual([
      { resource_type: 'Observation', state: 'queued' },
    ]);
  });

  it('reads a conflict again and goes on', async () => {
    await start(oneByOne);
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 1200));
    await settle(app);
    await report(app, a.correctDose('c', 'd', 10, 120));
    await settle(
      withBetween(
        app,
        once(({ method }) => method === 'PUT', answers(409)),
      ),
    );
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('leaves to an operator what several there have in common', async () => {
    await start(oneByOne);
    await report(app, a.implant('i', 0, 100));
    await settle(
      withBetween(
        app,
        once((request) => isCreateOf('Procedure', request), answers(412)),
      ),
    );
    expect(await openReviewOf(app)).toEqual(['sync identity-ambiguous']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
  });
});

describe('a hospital that finds nothing by identifier', () => {
  const blind = [...oneByOne, ...noConditions];
  const isScore = (request: FhirRequest) => isCreateOf('Observation', request);

  it('is asked by patient and time for what may have been lost, and holds it once', async () => {
    await start([...blind, ...searchedBy('patient', 'code', 'date')]);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    const { app: observed, requests } = recording(withBetween(app, once(isScore, lostAfter)));
    await settle(observed);
    expect(requests).toContain('GET Observation');
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('is believed that something is not there only when its search no longer lags behind its writes', async () => {
    const lag = (value: number): Fact => ({ about: 'server', property: 'searchLagSeconds', value, ...known });
    await start([...oneByOne, ...noConditions, lag(3600)]);
    await report(app, a.implant('i', 0, 100));
    let hidden = true;
    const lagging = withBetween(app, async (request, send) => {
      if (request.method === 'GET' && hidden) {
        return { kind: 'answered', status: 200, body: { resourceType: 'Bundle', type: 'searchset', entry: [] } };
      }
      return send(request);
    });
    const lost = withBetween(
      lagging,
      once((request) => isCreateOf('Device', request), lostAfter),
    );
    await drain(lost, lost.destinations, impatient);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await drain(lagging, lagging.destinations, impatient);
    expect(ours('Device')).toHaveLength(1);
    expect(await ticketsAt(app)).toMatchObject({ waiting: 1, parked: 0 });
    hidden = false;
    await app.store.db.updateTable('ticket').set({ due_at: 0 }).execute();
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('finds by code, time and value what it keeps without our identifier', async () => {
    await start([...blind, ...searchedBy('patient', 'code', 'date')]);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const nameless = (request: FhirRequest): FhirRequest => {
      const { identifier: _identifier, ...rest } = request.body as Resource & { identifier?: unknown };
      return { ...request, body: rest };
    };
    const stripping: Between = async (request, send) => {
      await send(nameless(request));
      return noAnswer;
    };
    await settle(withBetween(app, once(isScore, stripping)));
    expect(hospital.sandbox.resources('Observation').length).toBe(1);
    expect(await openReviewOf(app)).toEqual([]);
  });

  it('parks for a human what nobody can tell, and sends the rest', async () => {
    await start([...blind, ...searchedBy()]);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(
      withBetween(
        app,
        once((request) => isCreateOf('Procedure', request), lostAfter),
      ),
    );
    expect(await openReviewOf(app)).toEqual(['sync send-unresolved']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    const { missing, twice } = await standingAt(hospital, app, ['A']);
    expect(twice).toEqual([]);
    // What belongs to the Procedure waits with it.
    expect(new Set(missing.map((name) => name.split(' ')[0]))).toEqual(
      new Set(['Observation', 'MedicationAdministration']),
    );
    expect(ours('Procedure').length).toBe(1);
    expect(ours('Device').length).toBe(2);
  });

  it.each([
    ['sends it again where a human found that it is not there', 'send-again', async () => noAnswer, 1],
    ['leaves it where a human says so', 'leave', lostAfter, 1],
    ['leaves it out where a human says so', 'leave', async () => noAnswer, 0],
  ] as const)('%s', async (_what, decision, fault, count) => {
    await start([...blind, ...searchedBy()]);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(withBetween(app, once(isScore, fault)));
    expect(await openReviewOf(app)).toEqual(['sync send-unresolved']);
    const patientId = app.identify('default', 'test', mrnSystem, 'A');
    const owner = { tenant: 'default', destination: 'hospital' };
    expect(await app.store.transaction((trx) => decideUnresolved(trx, owner, [patientId], decision))).toBe(1);
    await report(app, a.assessment('s2', 2, 'MAS', '3'));
    await settle(app);
    expect(await openReviewOf(app)).toEqual([]);
    expect(ours('Observation').length).toBe(1 + count);
    expect(Object.keys(holdingsOf(hospital, app.identifierSystem)).length).toBe(1 + count);
  });
});

describe('a destination that takes nothing more today', () => {
  it('is paused as a whole', async () => {
    const fact: Fact = {
      about: 'server',
      property: 'vendorCodes',
      value: { '4135': 'pause-until-tomorrow' },
      ...known,
    };
    await start([fact]);
    const body = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'fatal', code: 'processing', details: { coding: [{ code: '4135' }] } }],
    };
    await report(app, a.implant('i', 0, 100));
    const isBundle = ({ path }: FhirRequest) => path === '';
    const spent = withBetween(app, once(isBundle, answers(400, body)));
    await drain(spent, spent.destinations, impatient);
    const state = await app.store.db.selectFrom('destination_state').select('paused_until').executeTakeFirstOrThrow();
    const leftMs = Number(state.paused_until) - (await app.store.nowMs());
    expect(leftMs).toBeGreaterThan(86_000_000);
    expect(leftMs).toBeLessThanOrEqual(86_400_000);
    expect(ours('Device')).toEqual([]);
  });
});
