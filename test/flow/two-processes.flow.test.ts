import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type RunningPostgres, startPostgres } from '../contracts/postgres.ts';
import { mrnSystem, type Report } from './events.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { untilAtRest } from './kill-loop.ts';
import { post, therapyOfPatient } from './sender.ts';
import { type Deployment, deploy, type Serving } from './serving.ts';
import { inStep, standingAt } from './standing.ts';

let postgres: RunningPostgres;
let hospital: Hospital;
let deployment: Deployment;
let processes: Serving[];

const mrns = Array.from({ length: 12 }, (_, n) => `P${n}`);
const eventsOf = (patients: readonly string[]): Report[] => patients.flatMap(therapyOfPatient);

beforeEach(async () => {
  postgres = await startPostgres();
  hospital = await openHospital();
  await admit(hospital, mrnSystem, mrns);
  deployment = await deploy(hospital, postgres.url);
  processes = await Promise.all([deployment.serve(), deployment.serve()]);
});
afterEach(async () => {
  await Promise.all(processes.map((each) => each.stop()));
  await hospital.sandbox.close();
  await postgres.stop();
  await rm(deployment.folder, { recursive: true });
});

const urlOf = (n: number): string => (processes[n] as Serving).url;

/** Sends in batches of some events; which were acknowledged. */
async function send(url: string, events: readonly Report[]): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  for (let start = 0; start < events.length; start += 7) {
    const batch = events.slice(start, start + 7);
    if (await post(url, batch)) for (const { source } of batch) acknowledged.add(source.eventId);
  }
  return acknowledged;
}

async function lookAtEnd() {
  const app = await openApp({ ...loadConfig(deployment.configPath), logLevel: 'silent' });
  try {
    await untilAtRest(app, 45_000);
    const rows = await app.store.db.selectFrom('event').select('event_id').execute();
    return { standing: await standingAt(hospital, app, mrns), kept: new Set(rows.map((row) => row.event_id)) };
  } finally {
    await app.close();
  }
}

describe('two processes on one PostgreSQL', () => {
  it('that get different halves and the same duplicates bring each resource to the hospital once', async () => {
    const [first, second] = [eventsOf(mrns.slice(0, 8)), eventsOf(mrns.slice(4))];
    const acknowledged = await Promise.all([send(urlOf(0), first), send(urlOf(1), second.toReversed())]);
    expect([acknowledged[0].size, acknowledged[1].size]).toEqual([72, 72]);
    const { standing, kept } = await lookAtEnd();
    expect(kept.size).toBe(9 * mrns.length);
    expect(standing).toEqual(inStep);
  }, 90_000);

  it('of which one is killed half-way go on: the other one finishes what both had accepted', async () => {
    const [first, second] = [eventsOf(mrns.slice(0, 6)), eventsOf(mrns.slice(6))];
    const sending = Promise.all([send(urlOf(0), first), send(urlOf(1), second)]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await processes[0]?.kill();
    const [acknowledged] = await sending;
    const rest = first.filter(({ source }) => !acknowledged.has(source.eventId));
    expect((await send(urlOf(1), rest)).size).toBe(rest.length);
    const { standing, kept } = await lookAtEnd();
    expect([...acknowledged].filter((eventId) => !kept.has(eventId))).toEqual([]);
    expect(kept.size).toBe(9 * mrns.length);
    expect(standing).toEqual(inStep);
  }, 90_000);
});
