import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import type { Fact } from '../../src/sync/facts.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { drain } from '../../src/worker.ts';
import { impatient, openAdapter, report, settle, ticketsAt } from './adapter.ts';
import { clinicOf, mrnSystem } from './events.ts';
import { type Between, isTransaction, noAnswer, withBetween } from './faults.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { inStep, standingAt } from './standing.ts';

/** What the hospital did and we did not learn of is never taken for a change of the hospital's, nor left behind there. */

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

const lagOfASecond: Fact = {
  ...{ about: 'server', property: 'searchLagSeconds', value: 1 },
  ...{ source: 'what this test lets come late', verified: true },
};

const refusal = (status: number, code: string): Answer => ({
  kind: 'answered',
  status,
  body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] },
});

/** A gateway that sends what was applied a second time, and passes on the refusal of that. */
const sentTwice = refusal(412, 'conflict');
const lostRace = refusal(400, 'processing');

/** Each transaction in turn meets what is next of these; when they are used up all goes well. */
function transactionsMeet(...meetings: readonly Between[]): Between {
  const left = [...meetings];
  return (request, send) => ((isTransaction(request) && left.shift()) || ((one, on) => on(one)))(request, send);
}

const appliedBut =
  (answer: Answer): Between =>
  async (request, send) => {
    await send(request);
    return answer;
  };

const runOnce = (through: Between) => {
  const harmed = withBetween(app, through);
  return drain(harmed, harmed.destinations, impatient);
};

/** A run that stops before the first such request is sent, until it is told to go on. */
function sleeper(isSuch = isTransaction) {
  const [asleep, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let slept = false;
  const sleepy: Between = async (request, send) => {
    if (slept || !isSuch(request)) return send(request);
    slept = true;
    asleep.resolve();
    await awake.promise;
    return send(request);
  };
  return { run: () => runOnce(sleepy), asleep: asleep.promise, wake: () => awake.resolve() };
}

describe('what the hospital did', () => {
  it('to a procedure that now names another catheter is no change of the hospital when the answer was a refusal', async () => {
    await report(app, a.implant('i', 2, 100));
    await settle(app);
    // The catheter of the first implant is now the other one's: that of the second is new.
    await report(app, b.implant('i', 0, 100), a.merge('m', 'B', 30));
    await runOnce(transactionsMeet(appliedBut(sentTwice)));
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });

  it('for the survivor of a merge is no change of the hospital to a run that began under the old name', async () => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200));
    await settle(app);
    const late = sleeper();
    await report(app, b.doseChange('d', 10, 1200));
    const run = late.run();
    await late.asleep;
    await report(app, b.correctDose('c', 'd', 10, 120), a.merge('m', 'B', 30));
    await settle(app);
    late.wake();
    await run;
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });

  it('for one whose merge was undone is no change of the hospital to a run that began for the survivor', async () => {
    await report(app, b.implant('i', 2, 200), b.doseChange('d', 10, 1200), a.complication('k', 5));
    await settle(app);
    await report(app, a.void('v', 'k', 6), a.merge('m', 'B', 30), b.doseChange('e', 12, 210));
    // What was withdrawn and cannot be said so is looked at by each run, before anything is sent.
    const late = sleeper(({ method, path }) => method === 'GET' && path.startsWith('AdverseEvent/'));
    const run = late.run();
    await late.asleep;
    await report(app, a.unmerge('u', 'm', 31), b.correctDose('c', 'd', 10, 120));
    await drain(app, app.destinations, impatient);
    late.wake();
    await run;
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });
});

describe('what the hospital created', () => {
  it('is found although its refusal came after another conflict, and nobody is asked', async () => {
    await report(app, a.implant('i', 0, 100));
    await settle(app);
    await report(app, a.doseChange('d', 10, 120));
    await runOnce(transactionsMeet(() => Promise.resolve(sentTwice), appliedBut(lostRace)));
    expect((await ticketsAt(app)).parked).toBe(0);
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });

  it('is found although it was refused twice, the second time after it was applied', async () => {
    await report(app, a.assessment('s', 5, 'MAS', '2'));
    await runOnce(transactionsMeet(() => Promise.resolve(lostRace), appliedBut(lostRace)));
    expect((await ticketsAt(app)).parked).toBe(0);
    expect(await standing()).toEqual(inStep);
  });

  it('and refused is withdrawn when it is no longer wanted, although no look for it succeeded in time', async () => {
    await report(app, a.assessment('s', 5, 'MAS', '2'));
    const through = transactionsMeet(async (request, send) => {
      await send(request);
      await report(app, a.void('v', 's', 6));
      return lostRace;
    });
    await runOnce((request, send) => (request.method === 'GET' ? Promise.resolve(noAnswer) : through(request, send)));
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });

  it('is withdrawn when it came after it was looked for and no longer wanted', async () => {
    await app.close();
    app = await openAdapter({ hospital }, { facts: [lagOfASecond] });
    await report(app, a.assessment('s', 5, 'MAS', '2'));
    let arrived: Promise<unknown> | undefined;
    const late = transactionsMeet(async (request, send) => {
      await report(app, a.void('v', 's', 6));
      arrived = sleep(300).then(() => send(request));
      return noAnswer;
    });
    await runOnce(late);
    await arrived;
    await settle(app);
    expect(await standing()).toEqual(inStep);
  });
});
