import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { oweEverything } from '../../src/pipeline.ts';
import { decideUnresolved } from '../../src/sync/drift-decision.ts';
import type { Fact } from '../../src/sync/facts.ts';
import { openReviewOf, report, type Settings, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { type Between, noAnswer, recording, withBetween } from '../flow/faults.ts';
import { inStep, standingAt } from '../flow/standing.ts';
import {
  app,
  does,
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

/** Answers that are not what they seem, and servers that state less than others. */

const searchedBy = (about: string, ...value: string[]): Fact => ({
  about,
  property: 'searchParameters',
  value,
  ...known,
});
const plainly = [noTransaction, noBatch, ...noConditions];

useOneHospital();

const a = clinicOf('A');

const start = (facts: readonly Fact[], settings: Settings = {}) => startWith({ facts, ...settings });

const lookAgain = () => oweEverything(app, patientsOf(app.store.db, 'default', 'test'));

describe('a server that is not searched by identifier', () => {
  it('is not searched by it after it refused a create, and takes the rest', async () => {
    await start([...plainly, searchedBy('Observation', 'patient', 'date', 'code')]);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    const asked: string[] = [];
    const refusing = withBetween(app, (request, send) => {
      asked.push(`${request.method} ${request.path.replace(/=.*/, '')}`);
      return isCreateOf('Observation', request)
        ? Promise.resolve({ kind: 'answered', status: 400, body: undefined })
        : send(request);
    });
    await settle(refusing);
    expect(asked.filter((each) => each.includes('Observation?identifier'))).toEqual([]);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(ours('MedicationAdministration').length).toBeGreaterThan(0);
    expect(ours('Procedure').length).toBeGreaterThan(0);
  });
});

describe('a create that certainly was not applied, at a server that cannot be searched', () => {
  const unsearchable = [...plainly, searchedBy('Observation')];

  it('is sent again when it could not be sent', async () => {
    await start(unsearchable);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const notSent = { kind: 'not-sent', problem: problem('destination-unavailable', 'refused') } as const;
    await settle(
      withBetween(
        app,
        once(
          (request) => isCreateOf('Observation', request),
          async () => notSent,
        ),
      ),
    );
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it.each([422, 429])('is sent again when it was refused (%d) and may be taken now', async (status) => {
    await start(unsearchable);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const refusal = { kind: 'answered', status, body: undefined } as const;
    await settle(
      withBetween(
        app,
        once(
          (request) => isCreateOf('Observation', request),
          async () => refusal,
        ),
      ),
    );
    await lookAgain();
    await settle(app);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('stays a question where an earlier one may have been', async () => {
    await start(unsearchable);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(
      withBetween(
        app,
        once(
          (request) => isCreateOf('Observation', request),
          async () => noAnswer,
        ),
      ),
    );
    expect(await openReviewOf(app)).toEqual(['sync send-unresolved']);
  });
});

describe('a server that cannot be read', () => {
  it('is not read, and nothing there is taken for gone', async () => {
    await start([...plainly, does('Observation', 'create', 'update', 'search-type')]);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(app);
    await app.store.db.updateTable('link').set({ version_id: null }).execute();
    await report(app, a.void('v', 's', 2));
    const { app: observed, requests } = recording(app);
    await settle(observed);
    expect(requests.filter((request) => request.endsWith(' Observation'))).toEqual(['PUT Observation']);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});

describe('a proxy that knows no such page', () => {
  const page = { kind: 'answered', status: 404, body: '<html>no such page</html>' } as const;

  it('is no server without the resource: nothing is forgotten, and nobody has to act', async () => {
    await start(plainly);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    const before = await app.store.db
      .selectFrom('link')
      .select(['identity', 'server_id'])
      .orderBy('identity')
      .execute();
    await report(app, a.doseChange('d', 10, 120));
    let left = 12;
    const foreign = withBetween(app, (request, send) => (left-- > 0 ? Promise.resolve(page) : send(request)));
    await settle(foreign);
    const after = await app.store.db.selectFrom('link').select(['identity', 'server_id']).orderBy('identity').execute();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(await ticketsAt(app)).toMatchObject({ parked: 0 });
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});

describe('a page in place of the answer', () => {
  it('is no sign that an infusion was closed: the next is opened only after that', async () => {
    await start(plainly);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await report(app, a.doseChange('d', 10, 120));
    const writes: string[] = [];
    let left = 2;
    const page: Between = async (request, send) => {
      if (!request.path.startsWith('MedicationAdministration')) return send(request);
      writes.push(request.method);
      if (request.method !== 'PUT' || left-- <= 0) return send(request);
      return { kind: 'answered', status: 200, body: '<!DOCTYPE html><title>Sign in</title>' };
    };
    await settle(withBetween(app, page));
    expect(writes.filter((method) => method !== 'GET')).toEqual(['PUT', 'PUT', 'PUT', 'POST']);
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });
});

describe('scopes of ours that let nothing be changed', () => {
  it('have a correction told beside what stands', async () => {
    await start([...plainly, does('DocumentReference', 'create', 'read', 'search-type')], {
      scopes: ['system/*.crs', ...kinds.filter((type) => type !== 'Observation').map((type) => `system/${type}.crus`)],
    });
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(app);
    await report(app, a.void('v', 's', 2));
    const { app: observed, requests } = recording(app);
    await settle(observed);
    expect(requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
    expect(await openReviewOf(app)).toEqual(['sync manual-correction-needed']);
  });
});

describe('what a human said to leave', () => {
  it('is told to a human again when something else is reported of it', async () => {
    await start([...plainly, searchedBy('Observation')]);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    await settle(
      withBetween(
        app,
        once(
          (request) => isCreateOf('Observation', request),
          async () => noAnswer,
        ),
      ),
    );
    const patientId = app.identify('default', 'test', mrnSystem, 'A');
    const owner = { tenant: 'default', destination: 'hospital' };
    expect(await app.store.transaction((trx) => decideUnresolved(trx, owner, [patientId], 'leave'))).toBe(1);
    await lookAgain();
    await settle(app);
    expect(await openReviewOf(app)).toEqual([]);
    await report(app, a.void('v', 's', 2));
    await settle(app);
    expect(await openReviewOf(app)).toEqual(['sync manual-correction-needed']);
  });
});

describe('a Patient that is gone at the hospital', () => {
  const refusing =
    (status: number, asked: string[] = []): Between =>
    (request, send) => {
      asked.push(`${request.method} ${request.path}`);
      const isAboutIt = JSON.stringify(request.body ?? '').includes('"Patient/gone"');
      return isAboutIt ? Promise.resolve({ kind: 'answered', status, body: undefined }) : send(request);
    };
  const matchTo = (server_id: string) => app.store.db.updateTable('patient_match').set({ server_id }).execute();

  it.each([400, 422])('is looked for anew when what is about it is refused (%d)', async (status) => {
    await start(plainly);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await matchTo('gone');
    await report(app, a.doseChange('d', 10, 120));
    await settle(withBetween(app, refusing(status)));
    expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
  });

  it('is not looked for anew while it is there: then the refusal is for a human', async () => {
    await start(plainly);
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const asked: string[] = [];
    const refusal: Between = (request, send) => {
      asked.push(`${request.method} ${request.path.replace(/\/(?!_search).*/, '')}`);
      const isRefused = isCreateOf('Observation', request);
      return isRefused ? Promise.resolve({ kind: 'answered', status: 422, body: undefined }) : send(request);
    };
    await settle(withBetween(app, refusal));
    expect(asked.filter((each) => each.includes('Patient'))).toEqual(['POST Patient/_search']);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    asked.splice(0);
    await lookAgain();
    await settle(withBetween(app, refusal));
    expect(asked.filter((each) => each.includes('Patient'))).toEqual(['GET Patient']);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
  });
});
