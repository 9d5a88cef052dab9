import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startPostgres } from '../contracts/postgres.ts';
import { type Crew, hireCrew } from './crew.ts';
import { mrnSystem, type Report } from './events.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { untilAtRest } from './kill-loop.ts';
import { randomFaults } from './random-faults.ts';
import { randomOf } from './sender.ts';
import { type Deployment, deploy } from './serving.ts';
import { type Standing, standingAt } from './standing.ts';
import { stormReports } from './storm-reports.ts';
import type { Fault } from './wire-faults.ts';

/**
 * A storm: two processes on one PostgreSQL get reports in no order, some twice, over HTTP; the line to the hospital does
 * harm from beginning to end; one process after the other is killed and started again.
 */
export interface Storm {
  readonly patients: number;
  readonly reportsOfEach: number;
  readonly kills: number;
  /** How many of the requests to the hospital are harmed, in [0, 1). */
  readonly harmed: number;
  readonly seed: number;
  /** How long it may take to come to rest after the last report. */
  readonly longestRestMs: number;
}

export interface StormReport {
  /** Different reports, and how many were posted and acknowledged with those that came twice. */
  readonly reports: number;
  readonly acknowledged: number;
  /** Reports that are not in the ledger. */
  readonly lost: number;
  readonly standing: Standing;
  readonly harm: Readonly<Partial<Record<Fault, number>>>;
  readonly requests: number;
  readonly seconds: number;
}

/** A request that takes longer is given up; a lease lasts twice that and ten seconds. */
const requestTimeoutMs = 800;

export async function storm(plan: Storm): Promise<StormReport> {
  const started = performance.now();
  const postgres = await startPostgres();
  const hospital = await openHospital();
  const proxy = await startFaultProxy({
    target: hospital.sandbox.baseUrl,
    choose: randomFaults(randomOf(plan.seed), plan.harmed),
    lateMs: requestTimeoutMs + 200,
    closedMs: 300,
  });
  const deployment = await deploy(hospital, postgres.url, {
    fhirBaseUrl: proxy.baseUrl,
    requestTimeoutMs,
    breaker: { failures: 5, firstWaitMs: 50, longestWaitMs: 500 },
  });
  try {
    const stood = await weathered(plan, hospital, deployment, proxy);
    const seconds = Math.round((performance.now() - started) / 1000);
    return { ...stood, harm: proxy.harm(), requests: proxy.requests.length, seconds };
  } finally {
    await proxy.close();
    await hospital.sandbox.close();
    await postgres.stop();
    await rm(deployment.folder, { recursive: true });
  }
}

async function weathered(plan: Storm, hospital: Hospital, deployment: Deployment, proxy: FaultProxy) {
  const random = randomOf(plan.seed + 1);
  const { mrns, sent, count } = stormReports(plan.patients, plan.reportsOfEach, random);
  await admit(hospital, mrnSystem, mrns);
  const crew = await hireCrew(deployment.configPath, random);
  const app = await openApp({ ...loadConfig(deployment.configPath), logLevel: 'silent' });
  try {
    await deliverAmongKills(crew, sent, plan.kills, random);
    await untilAtRest(app, plan.longestRestMs);
    await crew.end();
    await proxy.settled();
    const kept = new Set(
      (await app.store.db.selectFrom('event').select('event_id').execute()).map((row) => row.event_id),
    );
    const lost = new Set(sent.map(({ source }) => source.eventId)).difference(kept).size;
    return { reports: count, acknowledged: sent.length, lost, standing: await standingAt(hospital, app, mrns) };
  } finally {
    await app.close();
  }
}

/** The reports are spread over the lives of the processes, so that each of them is killed with work in its hands. */
async function deliverAmongKills(crew: Crew, sent: readonly Report[], kills: number, random: () => number) {
  let next = 0;
  const deliverUntil = async (end: number): Promise<void> => {
    while (next < end) {
      const batch = sent.slice(next, next + 1 + Math.floor(random() * 8));
      next += batch.length;
      await crew.deliver(batch);
    }
  };
  for (let kill = 1; kill <= kills; kill++) {
    const delivering = deliverUntil(Math.ceil((sent.length * kill) / (kills + 1)));
    await sleep(random() * 1_500);
    await Promise.all([delivering, crew.kill()]);
  }
  await deliverUntil(sent.length);
}
