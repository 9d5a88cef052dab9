import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { drain } from '../../src/worker.ts';
import { impatient, openAdapter, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { isTransaction, recording, withBetween } from '../flow/faults.ts';
import { admit, type Hospital, openHospital } from '../flow/hospital.ts';
import { expireLeases } from '../flow/mortal.ts';
import { inStep, standingAt } from '../flow/standing.ts';

let hospital: Hospital;
let app: App;

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A', 'B']);
  app = await openAdapter({ hospital });
});
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

const a = clinicOf('A');
const b = clinicOf('B');
const standing = () => standingAt(hospital, app, ['A', 'B']);

/** A process that stops in the middle of its first transaction, until it is told to go on. */
function sleeper(process: App, where: 'before it is sent' | 'after it was applied') {
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let slept = false;
  const sleepy = withBetween(process, async (request, send) => {
    if (!isTransaction(request) || slept) return send(request);
    slept = true;
    const early = where === 'after it was applied' ? await send(request) : undefined;
    asleep.resolve();
    await awake.promise;
    return early ?? send(request);
  });
  const ended = () => drain(sleepy, sleepy.destinations, impatient);
  return { run: ended, asleep: asleep.promise, wake: () => awake.resolve() };
}

describe('a process that sleeps through its lease', () => {
  it('creates nothing a second time, and after that one request does no more', async () => {
    const { app: observed, requests } = recording(app);
    const late = sleeper(observed, 'before it is sent');
    await report(app, a.implant('i', 0, 100));
    const run = late.run();
    await late.asleep;
    await expireLeases(app);
    await settle(observed);
    late.wake();
    await run;
    expect(requests.filter((request) => request === 'POST transaction').length).toBe(2);
    expect(await standing()).toEqual(inStep);
  });

  it('does not overwrite what its successor remembers', async () => {
    const late = sleeper(app, 'after it was applied');
    await report(app, a.implant('i', 0, 100), a.doseChange('d', 10, 120));
    const run = late.run();
    await late.asleep;
    await expireLeases(app);
    await report(app, a.correctDose('c', 'd', 10, 130));
    await settle(app);
    late.wake();
    await run;
    await report(app, a.void('v', 'c', 12));
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });
});

describe('a merge that comes while the merged patient is being sent', () => {
  for (const where of ['before it is sent', 'after it was applied'] as const) {
    it(`leaves everything with the survivor (${where})`, async () => {
      const late = sleeper(app, where);
      await report(app, b.assessment('s', 5, 'MAS', '2'));
      const run = late.run();
      await late.asleep;
      await report(app, a.implant('i', 0, 100), a.merge('m', 'B', 30));
      await settle(app);
      late.wake();
      await run;
      await settle(app);
      expect(await standing()).toEqual(inStep);
    });
  }
});

describe('a merge that is undone while the survivor is being sent', () => {
  for (const where of ['before it is sent', 'after it was applied'] as const) {
    it(`gives each person their own (${where})`, async () => {
      await report(app, a.implant('i', 0, 100), b.assessment('s', 5, 'MAS', '2'), a.merge('m', 'B', 30));
      const late = sleeper(app, where);
      const run = late.run();
      await late.asleep;
      await report(app, a.unmerge('u', 'm', 31));
      // The other person's run meanwhile finds that the survivor's holds everything, and waits for it.
      await drain(app, app.destinations, impatient);
      late.wake();
      await run;
      await settle(app);
      expect(await standing()).toEqual(inStep);
    });
  }
});
