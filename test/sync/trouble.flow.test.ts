import type { Bundle, Observation, Resource } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { release } from '../../src/outbox/outcome.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { openAdapter, openReviewOf, report, type Settings, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { isTransaction, noAnswer, recording, withBetween } from '../flow/faults.ts';
import { admit, type Hospital, ofDeployment, openHospital } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';

let hospital: Hospital;
let app: App;

async function start(options: Partial<SandboxOptions> = {}, settings: Settings = {}): Promise<void> {
  hospital = await openHospital(options);
  app = await openAdapter({ hospital }, settings);
}

beforeEach(() => start());
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

const a = clinicOf('A');

async function expectInStep(): Promise<void> {
  expect(await standingAt(hospital, app, ['A'])).toEqual(inStep);
}

/** What the hospital has of ours of one type, as it stands there. */
function there(type: Resource['resourceType']): Resource[] {
  const ours = ofDeployment(hospital.sandbox.resources(type), app.identifierSystem);
  return ours.map(({ resource }) => resource);
}

const addressOf = (resource: Resource | undefined): string => `${resource?.resourceType}/${resource?.id}`;

describe('a patient whom the hospital does not know', () => {
  it('is parked for a human, and goes on when new input comes after the registration', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    expect(await openReviewOf(app)).toEqual(['sync patient-not-found']);
    await admit(hospital, mrnSystem, ['A']);
    await settle(app);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    expect(await openReviewOf(app)).toEqual([]);
    await expectInStep();
  });

  it('goes on when a human releases it', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await admit(hospital, mrnSystem, ['A']);
    const patientId = app.identify('default', 'test', mrnSystem, 'A');
    const key = { tenant: 'default', destination: 'hospital', patientId };
    expect(await app.store.transaction((trx) => release(trx, key))).toBe(true);
    await settle(app);
    await expectInStep();
  });

  it('is parked when two Patients carry the record number', async () => {
    await admit(hospital, mrnSystem, ['A', 'A']);
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    expect(await openReviewOf(app)).toEqual(['sync patient-ambiguous']);
    expect(there('Device')).toEqual([]);
  });
});

describe('a resource that somebody else touched at the hospital', () => {
  beforeEach(async () => {
    await admit(hospital, mrnSystem, ['A']);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(app);
  });

  it('is read again after the stale version was refused, and says what we say beside what the ward put there', async () => {
    const [observation] = there('Observation').filter(
      (each) => (each as Observation).valueCodeableConcept?.text === '2',
    );
    const edited = { ...observation, note: [{ text: 'seen by the ward' }] } as Observation;
    expect(await hospital.staff('PUT', addressOf(observation), edited)).toBe(200);
    const correction = {
      ...a.assessment('c', 2, 'MAS', '3'),
      type: 'correction',
      replaces: a.id('s'),
      event: { type: 'assessment', occurredAt: a.assessment('s', 1, 'MAS', '3').occurredAt, scale: 'MAS', value: '3' },
    };
    const {
      scale: _scale,
      value: _value,
      ...restated
    } = correction as typeof correction & { scale: string; value: string };
    await report(app, restated);
    const { app: observed, requests } = recording(app);
    await settle(observed);
    expect(requests).toEqual(['POST transaction', 'GET Provenance', 'GET Observation', 'POST transaction']);
    const after = there('Observation').find(({ id }) => id === observation?.id) as Observation;
    expect(after.valueCodeableConcept?.text).toBe('3');
    expect(after.note).toEqual([{ text: 'seen by the ward' }]);
    expect(await openReviewOf(app)).toEqual([]);
    expect(await ticketsAt(app)).toMatchObject({ idle: 1, parked: 0 });
  });

  it('is created anew when it was deleted and has to change', async () => {
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    const infusions = there('MedicationAdministration').filter(
      (each) => 'effectivePeriod' in each && !each.effectivePeriod?.end,
    );
    expect(await hospital.staff('DELETE', addressOf(infusions[0]))).toBe(200);
    await report(app, a.doseChange('d2', 20, 140));
    await settle(app);
    await expectInStep();
  });

  it('is created anew when it was deleted and something new refers to it', async () => {
    for (const device of there('Device')) expect(await hospital.staff('DELETE', addressOf(device))).toBe(200);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    await expectInStep();
  });
});

describe('a request of which nobody learned the outcome', () => {
  beforeEach(() => admit(hospital, mrnSystem, ['A']));

  it('is looked for before it is repeated: what was applied is adopted', async () => {
    await report(app, a.implant('i', 0, 100));
    let lost = 0;
    const losing = withBetween(app, async (request, send) => {
      const answer = await send(request);
      return isTransaction(request) && lost++ === 0 ? noAnswer : answer;
    });
    const { app: observed, requests } = recording(losing);
    await settle(observed);
    expect(requests.filter((request) => request === 'POST transaction').length).toBe(1);
    expect(requests).toContain('GET Device');
    await expectInStep();
  });

  it('is taken back when it was applied and its event is withdrawn before the next run', async () => {
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    let lost = 0;
    const losing = withBetween(app, async (request, send) => {
      const answer = await send(request);
      if (!isTransaction(request) || lost++ > 0) return answer;
      await report(app, a.void('v', 's', 2));
      return noAnswer;
    });
    await settle(losing);
    expect(
      there('Observation').filter((each) => (each as Observation).valueCodeableConcept?.text === '2'),
    ).toMatchObject([{ status: 'entered-in-error' }]);
    await expectInStep();
  });

  it('is not trusted when it was an update: what is wanted again is written again', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(app);
    await report(app, a.correctDose('c', 'd', 10, 1200));
    let lost = 0;
    const losing = withBetween(app, async (request, send) => {
      const answer = await send(request);
      if (!isTransaction(request) || lost++ > 0) return answer;
      await report(app, a.void('v', 'c', 12));
      return noAnswer;
    });
    await settle(losing);
    await expectInStep();
  });

  it('is repeated when it was not applied', async () => {
    await report(app, a.implant('i', 0, 100));
    let lost = 0;
    const losing = withBetween(app, async (request, send) =>
      isTransaction(request) && lost++ < 3 ? noAnswer : send(request),
    );
    await settle(losing);
    await expectInStep();
  });
});

describe('a refusal', () => {
  beforeEach(() => admit(hospital, mrnSystem, ['A']));

  it('of a lost race (400) is read again once and then passes', async () => {
    await report(app, a.implant('i', 0, 100));
    let refused = 0;
    const racing = withBetween(app, async (request, send) => {
      if (!isTransaction(request) || refused++ > 0) return send(request);
      await send(request);
      return { kind: 'answered', status: 400, body: { resourceType: 'OperationOutcome' } };
    });
    await settle(racing);
    await expectInStep();
  });

  it('that stays a refusal is parked after it was looked into and told apart by event', async () => {
    await report(app, a.implant('i', 0, 100));
    let transactions = 0;
    const refusing = withBetween(app, async (request, send) => {
      if (!isTransaction(request)) return send(request);
      transactions++;
      return { kind: 'answered', status: 400, body: { resourceType: 'OperationOutcome' } };
    });
    await settle(refusing);
    // The whole twice, the devices alone, and what needs none of them.
    expect(transactions).toBe(4);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
  });
});

describe('one event that the hospital refuses', () => {
  const spoiled = (transactions: number[]) =>
    withBetween(app, (request, send) => {
      if (!isTransaction(request)) return send(request);
      const { entry = [] } = request.body as Bundle;
      transactions.push(entry.length);
      const body = JSON.stringify(request.body).replaceAll('"text":"2"', '"noSuchElement":1');
      return send({ ...request, body: JSON.parse(body) });
    });

  it('is told apart by halves, and the others are written', async () => {
    await admit(hospital, mrnSystem, ['A', 'B']);
    const b = clinicOf('B');
    const doses = Array.from({ length: 14 }, (_, n) => a.doseChange(`d${n}`, 10 + n, 100 + n));
    await report(app, a.implant('i', 0, 100), ...doses, a.assessment('s', 17.5, 'MAS', '2'), b.implant('i', 0, 100));
    const transactions: number[] = [];
    await settle(spoiled(transactions));
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(await ticketsAt(app)).toMatchObject({ idle: 1, parked: 1 });
    const { missing, unwanted, twice } = await standingAt(hospital, app, ['A', 'B']);
    expect(missing.map((name) => name.split(' ')[0])).toEqual(['Observation']);
    expect([unwanted, twice]).toEqual([[], []]);
    expect(transactions.length).toBeLessThan(14);
  });

  it('is written when it is taken', async () => {
    await admit(hospital, mrnSystem, ['A']);
    await report(app, a.implant('i', 0, 100), a.assessment('s', 1, 'MAS', '2'));
    await settle(spoiled([]));
    expect(await ticketsAt(app)).toMatchObject({ parked: 1 });
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    await expectInStep();
  });

  it('is told apart where the whole is too large (413), down to what fits', async () => {
    await admit(hospital, mrnSystem, ['A']);
    const doses = Array.from({ length: 5 }, (_, n) => a.doseChange(`d${n}`, 10 + n, 100 + n));
    await report(app, a.implant('i', 0, 100), ...doses);
    const narrow = withBetween(app, async (request, send) => {
      const isLarge = isTransaction(request) && ((request.body as Bundle).entry ?? []).length > 12;
      return isLarge ? { kind: 'answered', status: 413, body: '<html>too large</html>' } : send(request);
    });
    await settle(narrow);
    await expectInStep();
  });
});

describe('a hospital that runs a transaction as a batch', () => {
  beforeEach(async () => {
    await app.close();
    await hospital.sandbox.close();
    await start({ atomicTransactions: 'batch' });
    await admit(hospital, mrnSystem, ['A']);
  });

  it('gets everything all the same', async () => {
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    await settle(app);
    await expectInStep();
  });

  it('keeps what it accepted, which is linked; the refused rest is parked with its reason', async () => {
    await report(app, a.implant('i', 0, 100));
    await report(app, a.assessment('s', 1, 'MAS', '2'));
    const spoiling = withBetween(app, (request, send) => {
      const spoiled = isTransaction(request)
        ? {
            ...request,
            body: JSON.parse(JSON.stringify(request.body).replaceAll('"text":"2"', '"noSuchElement":1')),
          }
        : request;
      return send(spoiled);
    });
    await settle(spoiling);
    expect(await openReviewOf(app)).toEqual(['sync destination-refused']);
    expect(there('Device').length).toBe(2);
    const links = await app.store.db.selectFrom('link').select(['resource_type', 'state']).execute();
    expect(links.filter(({ resource_type, state }) => resource_type === 'Device' && state === 'live').length).toBe(2);
    await report(app, a.doseChange('d', 10, 120));
    await settle(app);
    await expectInStep();
  });
});

describe('a hospital that tells no versions', () => {
  it('is asked for one before a change, and then changed without', async () => {
    await admit(hospital, mrnSystem, ['A']);
    const versionless = withBetween(app, async (request, send) => {
      const answer = await send(request);
      if (answer.kind !== 'answered') return answer;
      const body = JSON.parse(
        JSON.stringify(answer.body, (key, value) =>
          key === 'etag' || key === 'versionId' ? undefined : value,
        ).replaceAll(/\/_history\/\d+/g, ''),
      );
      return { ...answer, body, etag: undefined };
    });
    const { app: observed, requests } = recording(versionless);
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 1200));
    await settle(observed);
    requests.length = 0;
    await report(app, a.correctDose('c', 'd', 10, 120));
    await settle(observed);
    expect(requests.at(-1)).toBe('POST transaction');
    expect(requests.filter((request) => request === 'POST transaction').length).toBe(1);
    expect(new Set(requests.slice(0, -1).map((request) => request.split(' ')[0]))).toEqual(new Set(['GET']));
    await expectInStep();
  });
});

describe('a hospital that takes few entries at a time', () => {
  for (const maxEntries of [1, 2, 5]) {
    it(`holds the same in the end when it takes ${maxEntries}`, async () => {
      await app.close();
      app = await openAdapter({ hospital }, { maxEntries });
      await admit(hospital, mrnSystem, ['A']);
      await report(
        app,
        a.implant('i', 0, 100),
        a.doseChange('d', 10, 120),
        a.refill('r', 60, 130),
        a.complication('k', 61),
      );
      await settle(app);
      await expectInStep();
    });
  }
});
