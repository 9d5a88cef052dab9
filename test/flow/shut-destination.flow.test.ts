import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { problem } from '../../src/event/problem.ts';
import { welcomeDestinations } from '../../src/pipeline.ts';
import { pauseDestination, readState, resumeDestination } from '../../src/store/destination-state.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { startWorker, type Worker } from '../../src/worker.ts';
import {
  destinationAt,
  impatient,
  openAdapter,
  openReviewOf,
  report,
  type Settings,
  settle,
  ticketsAt,
} from './adapter.ts';
import { clinicOf, mrnSystem } from './events.ts';
import { isTransaction, recording, withBetween } from './faults.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { inStep, standingAt } from './standing.ts';

const mrns = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
const key = { tenant: 'default', destination: 'hospital' };
const hourMs = 3_600_000;

let hospital: Hospital;
let app: App;
let worker: Worker | undefined;

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, mrns);
  app = await openAdapter({ hospital });
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await app.close();
  await hospital.sandbox.close();
});

const implants = (...of: readonly string[]) => of.map((mrn) => clinicOf(mrn).implant('i', 0, 100));

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; !(await isSo()); waitedMs += 20) {
    if (waitedMs > 20_000) throw new Error('it never came to that');
    await sleep(20);
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const attempts = async (): Promise<number> => {
  const rows = await app.store.db.selectFrom('ticket').select('attempts').execute();
  return rows.reduce((sum, row) => sum + row.attempts, 0);
};

/** A wire to the hospital that can be cut; how often somebody tried it. */
async function wireTo(url: URL) {
  let state: 'whole' | 'cut' = 'cut';
  let tried = 0;
  const server = createServer((socket) => {
    tried++;
    socket.on('error', () => socket.destroy());
    if (state === 'cut') return void socket.destroy();
    const far = connect(Number(url.port), url.hostname).on('error', () => socket.destroy());
    socket.pipe(far).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${url.pathname}`,
    tried: () => tried,
    mend: () => {
      state = 'whole';
    },
    close: () => server.close(),
  };
}

describe('a hospital that cannot be reached', () => {
  it('is tried by one run at a time and ever more rarely, costs its patients no attempts, and catches up', async () => {
    const wire = await wireTo(new URL(hospital.sandbox.baseUrl));
    const breaker = { failures: 3, firstWaitMs: 200, longestWaitMs: 400 };
    const destination = destinationAt(hospital, { fhirBaseUrl: wire.url, breaker, concurrency: 2 });
    app = { ...app, destinations: [destination] };
    await report(app, ...implants(...mrns));
    worker = startWorker(app, impatient);
    await until(async () => destination.gate.state() === 'closed');
    // One retry a millisecond would make a thousand of it in this time.
    await sleep(1_000);
    // Three to close; then at most after 200, 600 and 1,000 ms.
    expect(wire.tried()).toBeGreaterThanOrEqual(4);
    expect(wire.tried()).toBeLessThanOrEqual(10);
    expect(await attempts()).toBeLessThanOrEqual(10);
    expect(await ticketsAt(app)).toMatchObject({ idle: 0, parked: 0 });
    wire.mend();
    await until(async () => (await ticketsAt(app)).idle === mrns.length);
    expect(destination.gate.state()).toBe('open');
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
    await worker.stop();
    const state = await readState(app.store.db, key);
    expect(JSON.parse(state?.last_problem ?? '')).toMatchObject({ code: 'destination-unavailable' });
    expect(state?.last_answer_at).toBeGreaterThan(state?.last_problem_at ?? Number.POSITIVE_INFINITY);
    wire.close();
  });
});

describe('a hospital that an operator has paused', () => {
  it('is not asked at all, and its patients wait without an attempt until it is resumed', async () => {
    const { app: watched, requests } = recording(app);
    await pauseDestination(app.store.db, key, { untilMs: (await app.store.nowMs()) + hourMs, reason: 'upgrade' });
    worker = startWorker(watched, impatient);
    await report(watched, ...implants('A', 'B'));
    worker.poke();
    await sleep(200);
    expect(requests).toEqual([]);
    expect([await ticketsAt(app), await attempts()]).toEqual([
      { idle: 0, due: 2, waiting: 0, running: 0, parked: 0 },
      0,
    ]);
    await resumeDestination(app.store.db, key);
    await until(async () => (await ticketsAt(app)).idle === 2);
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
  });

  it('goes on by itself when the pause ends', async () => {
    await pauseDestination(app.store.db, key, { untilMs: (await app.store.nowMs()) + 300, reason: 'upgrade' });
    worker = startWorker(app, impatient);
    await report(app, ...implants('A'));
    worker.poke();
    await sleep(100);
    expect(await ticketsAt(app)).toMatchObject({ idle: 0, due: 1 });
    await until(async () => (await ticketsAt(app)).idle === 1);
  });

  it('keeps the longer of two pauses', async () => {
    await pauseDestination(app.store.db, key, { untilMs: 2_000, reason: 'long' });
    await pauseDestination(app.store.db, key, { untilMs: 1_000, reason: 'short' });
    expect(await readState(app.store.db, key)).toMatchObject({ paused_until: 2_000, pause_reason: 'long' });
    await pauseDestination(app.store.db, key, { untilMs: 3_000, reason: 'longer' });
    expect(await readState(app.store.db, key)).toMatchObject({ paused_until: 3_000, pause_reason: 'longer' });
  });
});

describe('a hospital that takes nothing more today', () => {
  it('is left in peace until tomorrow by all its patients, and by an operator sooner', async () => {
    const facts = [
      {
        ...{ about: 'server' as const, property: 'vendorCodes' as const, source: 'test', verified: true },
        value: { '4135': 'pause-until-tomorrow' as const },
      },
    ];
    app = { ...app, destinations: [destinationAt(hospital, { facts, concurrency: 1 })] };
    let isExhausted = true;
    let refused = 0;
    const tired = withBetween(app, async (request, send) => {
      if (!isExhausted || !isTransaction(request)) return send(request);
      refused++;
      return exhausted;
    });
    await report(tired, ...implants('A', 'B', 'C'));
    await settle(tired).catch(() => undefined);
    expect(refused).toBe(1);
    const { paused_until: until, pause_reason: reason } = (await readState(app.store.db, key)) ?? {};
    const leftMs = (until ?? 0) - (await app.store.nowMs());
    expect(leftMs).toBeGreaterThan(23 * hourMs);
    expect(leftMs).toBeLessThanOrEqual(24 * hourMs);
    expect(reason).toBeTruthy();
    expect(await attempts()).toBe(1);
    isExhausted = false;
    await resumeDestination(app.store.db, key);
    await settle(tired);
    expect(await standingAt(hospital, app, mrns)).toEqual(inStep);
  });

  const exhausted: Answer = {
    kind: 'answered',
    status: 400,
    body: {
      resourceType: 'OperationOutcome',
      issue: [
        { severity: 'fatal', code: 'processing', details: { coding: [{ system: 'urn:oid:1.2', code: '4135' }] } },
      ],
    },
  };
});

describe('a hospital that states something else than before', () => {
  it('is looked at again for each of its patients, and a human is told', async () => {
    await report(app, ...implants('A', 'B', 'C'));
    await settle(app);
    const { statement } = await app.store.db
      .selectFrom('destination_state')
      .select('statement')
      .executeTakeFirstOrThrow();
    const before = JSON.parse(statement ?? '') as { rest: { resource: { type: string }[] }[] };
    for (const rest of before.rest) rest.resource = rest.resource.filter(({ type }) => type !== 'Flag');
    const old = { statement: JSON.stringify(before), fetched_at: (await app.store.nowMs()) - 25 * hourMs };
    await app.store.db.updateTable('destination_state').set(old).execute();
    app = { ...app, destinations: [destinationAt(hospital)] };
    await report(app, clinicOf('A').doseChange('d', 1, 120));
    await settle(app);
    const audit = await app.store.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'destination-changed')
      .execute();
    expect(audit.map(({ detail }) => JSON.parse(detail))).toEqual([{ destination: 'hospital', patients: 3 }]);
    expect(await openReviewOf(app)).toEqual(['sync destination-changed']);
    expect(await ticketsAt(app)).toEqual({ idle: 3, due: 0, waiting: 0, running: 0, parked: 0 });
  });
});

describe('a hospital that is configured anew', () => {
  it('is owed all its patients once where that changes what it is to hold, and not by a mere restart', async () => {
    await report(app, ...implants('A', 'B'));
    await welcomeDestinations(app);
    await settle(app);
    const owedBy = async (settings: Settings) => {
      const restarted = { ...app, destinations: [destinationAt(hospital, settings)] };
      await welcomeDestinations(restarted);
      const { due } = await ticketsAt(app);
      await settle(restarted);
      return due;
    };
    expect(await owedBy({})).toBe(0);
    expect(await owedBy({ projection: { fills: 'procedure' } })).toBe(2);
    expect(await owedBy({ projection: { fills: 'procedure' } })).toBe(0);
  });
});

describe('a live hospital', () => {
  it('never hears of a test event, nor a test hospital of a live one', async () => {
    const other = await openHospital();
    await admit(other, mrnSystem, mrns);
    const destinations = [
      destinationAt(hospital, { environment: 'live' }),
      destinationAt(other, { name: 'other', environment: 'test' }),
    ];
    const { app: both, requests } = recording({ ...app, destinations });
    const events = [
      { ...clinicOf('A').implant('i', 0, 100), test: true },
      { ...clinicOf('B').implant('i', 0, 100), test: false },
    ];
    await report(both, ...events);
    const tickets = await app.store.db
      .selectFrom('ticket')
      .select(['destination', 'patient_id'])
      .orderBy('destination')
      .execute();
    expect(tickets).toEqual([
      { destination: 'hospital', patient_id: app.identify('default', 'live', mrnSystem, 'B') },
      { destination: 'other', patient_id: app.identify('default', 'test', mrnSystem, 'A') },
    ]);
    await settle(both);
    expect(requests.length).toBeGreaterThan(0);
    const isTest = ({ meta }: { meta?: { security?: { code?: string }[] } }) =>
      meta?.security?.some(({ code }) => code === 'HTEST') === true;
    const pumps = (of: Hospital) => of.sandbox.resources('Device').map(isTest);
    expect(new Set(pumps(hospital))).toEqual(new Set([false]));
    expect(new Set(pumps(other))).toEqual(new Set([true]));
    await other.sandbox.close();
  });
});

it('a gate that turned a run away leaves its ticket to be tried again, never parked', async () => {
  const shut = withBetween(app, async () => ({
    kind: 'not-sent',
    problem: problem('destination-paused', 'the destination asked for a pause'),
    retryAfterMs: hourMs,
  }));
  await report(shut, ...implants('A'));
  await settle(shut);
  expect(await ticketsAt(app)).toMatchObject({ waiting: 1, parked: 0 });
});
