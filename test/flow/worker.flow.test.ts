import type { MedicationAdministration } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { startWorker, type Worker } from '../../src/worker.ts';
import { destinationAt, impatient, openAdapter, report, ticketsAt } from './adapter.ts';
import { clinicOf, mrnSystem } from './events.ts';
import { withBetween } from './faults.ts';
import { admit, type Hospital, ofDeployment, openHospital } from './hospital.ts';
import { inStep, standingAt } from './standing.ts';

const mrns = ['A', 'B', 'C', 'D'];
let hospital: Hospital;
let app: App;
let worker: Worker;

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, mrns);
  app = await openAdapter({ hospital });
});
afterEach(async () => {
  await worker.stop();
  await app.close();
  await hospital.sandbox.close();
});

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += 20) {
    if (waitedMs > 20_000) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isAtRest = async (): Promise<boolean> => {
  const { idle, due, waiting, running } = await ticketsAt(app);
  return idle > 0 && due + waiting + running === 0;
};

describe('the worker', () => {
  it('keeps one hospital in step while another is dead, and catches up when that one is back', async () => {
    const other = await openHospital();
    await admit(other, mrnSystem, mrns);
    let isDead = true;
    const both = { ...app, destinations: [...app.destinations, destinationAt(other, { name: 'other' })] };
    const halfDead = withBetween(
      both,
      async (request, send) => (isDead ? deadAnswer(request, send) : send(request)),
      'other',
    );
    worker = startWorker(halfDead, { ...impatient, retry: { baseMs: 50, maxMs: 100 } });
    await report(halfDead, ...mrns.map((mrn) => clinicOf(mrn).implant('i', 0, 100)));
    worker.poke();
    await until(isAtRest);
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
    expect(await ticketsAt(app, 'other')).toMatchObject({ idle: 0, parked: 0 });
    isDead = false;
    await until(async () => (await ticketsAt(app, 'other')).idle === mrns.length);
    expect(await standingAt(other, app, mrns, 'other')).toEqual(inStep);
    await other.sandbox.close();
  });

  it('runs no more patients at a time than the hospital accepts, and each of them', async () => {
    let underWay = 0;
    let most = 0;
    const two = { ...app, destinations: [destinationAt(hospital, { concurrency: 2 })] };
    const counted = withBetween(two, async (request, send) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return send(request).finally(() => underWay--);
    });
    worker = startWorker(counted, impatient);
    await report(counted, ...mrns.map((mrn) => clinicOf(mrn).implant('i', 0, 100)));
    worker.poke();
    await until(async () => (await ticketsAt(app)).idle === mrns.length);
    expect(most).toBe(2);
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
  });

  it('wakes when a bridge ends and completes it at the hospital, without any new input', async () => {
    const endsInMs = 1_500;
    const startedAt = Temporal.Now.instant().add({ milliseconds: endsInMs }).subtract({ hours: 24 });
    // A poll would come too late: only the ticket's own due time can wake it.
    worker = startWorker(app, { ...impatient, pollIntervalMs: 60_000 });
    const refill = {
      ...clinicOf('A').refill('r', 0, 100),
      occurredAt: startedAt.toString(),
      recordedAt: startedAt.toString(),
      fill: { volumeMl: 38, concentrationUgPerMl: 1000 },
      program: { mode: 'simple-continuous', drug: 'baclofen', concentrationUgPerMl: 1000, doseUgPerDay: 100 },
      bridge: { volumeMl: 0.4, durationHours: 24 },
    };
    await report(app, clinicOf('A').implant('i', 0, 100), refill);
    worker.poke();
    const bridges = (status: MedicationAdministration['status']) =>
      ofDeployment(hospital.sandbox.resources('MedicationAdministration'), app.identifierSystem).filter(
        ({ resource }) =>
          (resource as MedicationAdministration).status === status &&
          JSON.stringify(resource).includes('"bridge-bolus"'),
      ).length;
    await until(() => bridges('in-progress') === 1);
    await until(async () => (await ticketsAt(app)).waiting === 1);
    await until(() => bridges('completed') === 1);
    expect(bridges('in-progress')).toBe(0);
    await until(isAtRest);
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
  });
});

const deadAnswer: Parameters<typeof withBetween>[1] = async () => ({
  kind: 'not-sent',
  problem: { code: 'destination-unavailable', severity: 'error', message: 'no connection', remedy: '' },
});
