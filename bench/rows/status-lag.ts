import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle, Observation } from '@medplum/fhirtypes';
import type { PumpStatus } from '../../src/views/pump-status/status-schema.ts';
import { startTokenIssuer, type TokenIssuer } from '../../test/auth/token-issuer.ts';
import { spread } from '../measure.ts';
import { type Figure, gate, type Row, type RowResult } from '../row.ts';
import { patients } from '../stories.ts';

const eventsPerSecond = 200;
const secondsARound = 5;
const rounds = 3;
const therapies = 100;
/** One event in so many is watched in the Bundle as well, for which the resources of the patient are made anew. */
const eventsABundle = 20;
const targetMs = 250;
const giveUpMs = 10_000;
const audience = 'https://bench.test/fhir';

/** Events posted one by one at a steady rate; each is watched until pump status tells of it. */
export const statusLag: Row = {
  name: 'status-lag',
  long: true,
  async run({ folder }) {
    const issuer = await startTokenIssuer();
    const service = fork(join(import.meta.dirname, '../reader-service.ts'), [
      folder,
      'sqlite:ledger.sqlite',
      JSON.stringify([{ ...trusted(issuer), audience, environment: 'test', allowAddresses: ['127.0.0.1'] }]),
    ]);
    try {
      const [url] = (await once(service, 'message')) as [string];
      return await measured({ url, token: await tokenOf(issuer) });
    } finally {
      await ended(service);
      await issuer.close();
    }
  },
};

const trusted = ({ issuer, jwksUri }: TokenIssuer) => ({ issuer, jwksUri });

async function tokenOf(issuer: TokenIssuer): Promise<string> {
  const key = await issuer.newKey('ES384');
  issuer.publish(key);
  const now = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000);
  const claims = { iss: issuer.issuer, sub: 'bench', client_id: 'bench', aud: audience, scope: 'system/*.rs' };
  return issuer.sign(key, { ...claims, iat: now, exp: now + 3600 });
}

async function ended(service: ChildProcess): Promise<void> {
  const exit = once(service, 'exit');
  service.disconnect();
  await exit;
}

interface Site {
  readonly url: string;
  readonly token: string;
}

/** A pump whose therapy is in the ledger already. */
interface Watched {
  readonly patient: string;
  readonly event: Readonly<Record<string, unknown>>;
}

async function measured(site: Site): Promise<RowResult> {
  const watched: Watched[] = [];
  for (const story of patients(therapies)) watched.push(await told(site, story));
  await oneRound(site, watched, 0);
  const results: Waits[] = [];
  for (let round = 1; round <= rounds; round++) results.push(await oneRound(site, watched, round));
  const note = `${eventsPerSecond} events/s over HTTP, ${therapies} therapies, ${rounds} rounds of ${secondsARound} s; service and watcher share two cores`;
  const figure = (name: string, valuesMs: readonly number[], isTarget: boolean): Figure => ({
    ...{ name, unit: 'ms', ours: spread(valuesMs), note },
    ...(isTarget && {
      target: { says: `p99 below ${targetMs} ms`, reached: Math.max(...valuesMs) < targetMs },
    }),
  });
  const share = (of: 'compactMs' | 'bundleMs', part: number) => results.map((result) => percentile(result[of], part));
  return {
    figures: [
      figure('accepted to visible in /status, p50', share('compactMs', 0.5), false),
      figure('accepted to visible in /status, p99', share('compactMs', 0.99), true),
      figure('accepted to visible in $pump-status, p50', share('bundleMs', 0.5), false),
      figure('accepted to visible in $pump-status, p99', share('bundleMs', 0.99), true),
    ],
    gate: 'every event was accepted and is told of, by the first answer that was asked for after it was accepted',
  };
}

/** Sends a therapy, and makes a template of the reports that follow it. */
async function told(site: Site, story: readonly string[]): Promise<Watched> {
  const patient = await post(site, story.join('\n'));
  const { source, patient: named, pump } = JSON.parse(story.find((line) => line.includes('"pump"')) as string);
  return { patient, event: { schemaVersion: 1, type: 'interrogation', source, patient: named, pump, test: true } };
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

async function watch(site: Site, { patient, event }: Watched, number: number, waits: Waits): Promise<void> {
  // A second of its own for each: by it the Bundle is known to tell of this report.
  const occurredAt = firstReport.add({ seconds: number }).toString();
  const eventId = `WATCHED-${number}`;
  const source = { ...(event.source as object), eventId, sequence: undefined };
  await post(site, JSON.stringify({ ...event, source, occurredAt, reported: { reservoirMl: 10 } }));
  const accepted = performance.now();
  const compact = (await get(site, `status/${patient}`)) as PumpStatus;
  waits.compactMs.push(performance.now() - accepted);
  gate(
    compact.dataAsOf.lastReportAt !== null && compact.dataAsOf.lastReportAt >= occurredAt,
    'a status is older than the ledger',
  );
  if (number % eventsABundle > 0) return;
  const asked = performance.now();
  const bundle = (await get(site, `fhir/Patient/${patient}/$pump-status`)) as Bundle;
  waits.bundleMs.push(performance.now() - asked);
  gate(lastReportIn(bundle) >= occurredAt, 'a Bundle is older than the ledger');
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

async function get({ url, token }: Site, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/${path}`, { headers, signal: AbortSignal.timeout(giveUpMs) });
  gate(response.ok, `${path.split('/')[0]} was answered with ${response.status}`);
  return response.json();
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}
