import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle, Observation } from '@medplum/fhirtypes';
import type { PumpStatus } from '../../src/views/pump-status/status-schema.ts';
import type { Loaded } from '../load.ts';
import { spread } from '../measure.ts';
import { populate } from '../population.ts';
import { openReaders } from '../readers.ts';
import { type Figure, gate, type Row, type RowResult } from '../row.ts';
import { patients, type Story } from '../stories.ts';

const eventsPerSecond = 200;
const secondsARound = 5;
const rounds = 3;
const therapies = 2_000;
/** One event in so many is watched, chosen by chance: in turns in the Bundle and in the compact status. */
const eventsAWatch = 5;
const targetMs = 250;
const giveUpMs = 10_000;

/** Events posted one by one at a steady rate; of some, pump status is asked as soon as they are accepted. */
export const statusLag: Row = {
  name: 'status-lag',
  long: true,
  async run({ folder }) {
    const readers = await openReaders(folder);
    try {
      const url = `sqlite:${join(folder, 'ledger.sqlite')}`;
      await populate(url, folder, therapies);
      return await measured(await readers.service(url));
    } finally {
      await readers.stop();
    }
  },
};

type Site = Pick<Loaded, 'url' | 'headers'>;

/** A report about a pump whose therapy is in the ledger already, but for when it happened. */
type Watched = Readonly<Record<string, unknown>>;

async function measured(site: Site): Promise<RowResult> {
  const watched = patients(therapies).map(templateOf);
  await oneRound(site, watched, 0);
  const results: Waits[] = [];
  for (let round = 1; round <= rounds; round++) results.push(await oneRound(site, watched, round));
  const all = (of: keyof Waits) => results.flatMap((result) => result[of]);
  const figures = (name: string, of: keyof Waits): Figure[] => {
    const note = `${all(of).length} of ${eventsPerSecond * secondsARound * rounds} events watched, ${eventsPerSecond} events/s over HTTP, ${therapies} therapies, ${rounds} rounds of ${secondsARound} s; service and watcher share two cores`;
    const share = (part: number) => spread(results.map((result) => percentile(result[of], part)));
    const p99 = share(0.99);
    const target = { says: `p99 below ${targetMs} ms in every round`, reached: p99.high < targetMs };
    return [
      { name: `posted to visible in ${name}, p50`, unit: 'ms', ours: share(0.5), note },
      { name: `posted to visible in ${name}, p99`, unit: 'ms', ours: p99, note, target },
    ];
  };
  return {
    figures: [...figures('$pump-status', 'bundleMs'), ...figures('/status', 'compactMs')],
    gate: 'every event was accepted; every one watched is told of by the first answer that was asked for after it was accepted',
  };
}

/** What of a therapy is repeated by the reports that follow it. */
function templateOf(story: Story): Watched {
  const { source, patient, pump } = JSON.parse(story.find((line) => line.includes('"pump"')) as string);
  return { schemaVersion: 1, type: 'interrogation', source, patient, pump, test: true };
}

interface Waits {
  readonly compactMs: number[];
  readonly bundleMs: number[];
}

async function oneRound(site: Site, watched: readonly Watched[], round: number): Promise<Waits> {
  const waits: Waits = { compactMs: [], bundleMs: [] };
  const start = performance.now();
  const running: Promise<void>[] = [];
  for (let n = 0; n < eventsPerSecond * secondsARound; n++) {
    const due = start + (n * 1000) / eventsPerSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    running.push(watch(site, watched[n % watched.length] as Watched, round * 100_000 + n, waits));
  }
  await Promise.all(running).catch(lateAnswer);
  const seconds = (performance.now() - start) / 1000;
  gate(
    seconds < secondsARound * 1.5,
    `the service fell behind: ${seconds.toFixed(1)} s for ${secondsARound} s of events`,
  );
  return waits;
}

/** From the moment at which it is posted to the answer that tells of it. */
async function watch(site: Site, event: Watched, number: number, waits: Waits): Promise<void> {
  // A second of its own for each: by it an answer is known to tell of this report.
  const occurredAt = firstReport.add({ seconds: number }).toString();
  const eventId = `WATCHED-${number}`;
  const source = { ...(event.source as object), eventId, sequence: undefined };
  const posted = performance.now();
  const report = { ...event, source, occurredAt, reported: { reservoirMl: 10 } };
  const patient = await post(site, JSON.stringify(report));
  if (randomInt(eventsAWatch) > 0) return;
  const isBundle = randomInt(2) > 0;
  const answer = await get(site, isBundle ? `fhir/Patient/${patient}/$pump-status` : `status/${patient}`);
  (isBundle ? waits.bundleMs : waits.compactMs).push(performance.now() - posted);
  const told = isBundle ? lastReportIn(answer as Bundle) : ((answer as PumpStatus).dataAsOf.lastReportAt ?? '');
  gate(told >= occurredAt, 'an answer is older than the ledger');
}

/** A service that does not answer in time is a result, not a fault of the row. */
function lateAnswer(error: unknown): never {
  gate(!(error instanceof DOMException), `no answer within ${giveUpMs / 1000} s`);
  throw error;
}

/** After the last of the sample therapies. */
const firstReport = Temporal.Instant.from('2026-01-01T00:00:00Z');

function lastReportIn({ entry = [] }: Bundle): string {
  const summary = entry[0]?.resource as Observation | undefined;
  const last = summary?.component?.find(({ code }) => code.coding?.[0]?.code === 'last-report');
  return last?.valueDateTime ?? '';
}

/** The keyed id of the patient. */
async function post({ url }: Site, body: string): Promise<string> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(giveUpMs),
  });
  const { events } = (await response.json()) as { events: { outcome: string; patient: string }[] };
  gate(response.ok && events.every(({ outcome }) => outcome !== 'refused'), `the intake answered ${response.status}`);
  return events[0]?.patient as string;
}

async function get({ url, headers }: Site, path: string): Promise<unknown> {
  const response = await fetch(`${url}/${path}`, { headers, signal: AbortSignal.timeout(giveUpMs) });
  gate(response.ok, `${path.split('/')[0]} was answered with ${response.status}`);
  return response.json();
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}
