import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import type { Fact } from '../../src/sync/facts.ts';
import { startWorker } from '../../src/worker.ts';
import { type ServerKind, serverKind } from '../servers/catalogue.ts';
import { admit, type OpenServer, openDeployment, openServer } from '../servers/open-server.ts';
import { impatient, openReviewOf, report, ticketsAt } from './adapter.ts';
import { clinicOf, type Report } from './events.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { ofDeployment, said } from './hospital.ts';
import { untilAtRest } from './kill-loop.ts';
import { randomFaults } from './random-faults.ts';
import { randomOf } from './sender.ts';
import type { Asked, Fault } from './wire-faults.ts';

/** Servers that are written to in different ways, each with the line to it being bad all along. */
const kinds = ['batches only', 'nothing conditional', 'Epic-like, documents', 'Epic-like, discrete'];

const seed = Number(process.env.ITB_STORM_SEED ?? Date.now() % 1_000_000);
const mrns = ['S1', 'S2', 'S3'];
const requestTimeoutMs = 400;

/** What arrives late arrives within this time. A preset's careful default would make the storm last for hours. */
const shortLag: Fact = {
  ...{ about: 'server', property: 'searchLagSeconds', value: 1 },
  ...{ source: 'a simulator on this machine', verified: true },
};

/** A port stays closed for longer than a try takes. */
const patient = { ...impatient, retry: { baseMs: 20, maxMs: 100 } };

/** What is reported, step by step; each step is followed by a run. */
function stepsOf(mrn: string): Report[][] {
  const clinic = clinicOf(mrn);
  return [
    [clinic.implant('i', 0, 100), clinic.refill('r1', 30, 110)],
    [clinic.doseChange('d1', 40, 1200), clinic.complication('k', 41)],
    [clinic.correctDose('c', 'd1', 40, 120), clinic.assessment('s', 42, 'MAS', '2')],
    [clinic.void('v', 'k', 43), clinic.doseChange('d0', 35, 115), clinic.refill('r2', 90, 120)],
  ];
}

interface Ending {
  /** What the server holds of ours, by identity. */
  readonly holds: Readonly<Record<string, string>>;
  readonly twice: readonly string[];
  readonly review: readonly string[];
  readonly unsettled: number;
}

async function livedAt(server: OpenServer, baseUrl: string): Promise<Ending> {
  const breaker = { failures: 1_000, firstWaitMs: 1, longestWaitMs: 1 };
  const app = await openDeployment(server, { fhirBaseUrl: baseUrl, requestTimeoutMs, breaker });
  const worker = startWorker(app, patient);
  const steps = mrns.map(stepsOf);
  for (let step = 0; step < 4; step++) {
    await report(app, ...steps.flatMap((each) => each[step] ?? []));
    worker.poke();
    await untilAtRest(app, 60_000);
  }
  await worker.stop();
  const ending = await endingOf(server, app);
  await app.close();
  return ending;
}

async function endingOf({ simulator }: OpenServer, app: App): Promise<Ending> {
  const ours = ofDeployment(simulator.resources(), app.identifierSystem);
  const nameOf = new Map(ours.map(({ identity, resource }) => [`${resource.resourceType}/${resource.id}`, identity]));
  const identities = ours.map(({ identity }) => identity);
  const { due, waiting, running, parked } = await ticketsAt(app);
  const holds = ours
    .filter(({ resource }) => resource.resourceType !== 'Provenance')
    .map(({ identity, resource }): [string, string] => {
      const text = said(resource, (reference) => nameOf.get(reference));
      return [identity, text.replaceAll(app.identifierSystem, 'ours')];
    });
  return {
    holds: Object.fromEntries(holds.sort()),
    twice: identities.filter((identity, n) => identities.indexOf(identity) !== n),
    review: (await openReviewOf(app)).filter((item) => item.startsWith('sync ')),
    unsettled: due + waiting + running + parked,
  };
}

/** At a server of this kind; `bad`: what the line to it does. The same deployment key each time, so that identities are the same. */
async function livedThrough(
  kind: ServerKind,
  key: string | undefined,
  choose: (asked: Asked) => Fault | undefined,
): Promise<{ ending: Ending; key: string; line: FaultProxy }> {
  const server = await openServer(kind);
  await admit(server, ...mrns);
  const line = await startFaultProxy({ target: server.simulator.baseUrl, choose, lateMs: requestTimeoutMs + 100 });
  try {
    if (key !== undefined) process.env.ITB_FHIR_DEPLOYMENT_KEY = key;
    const ending = await livedAt(server, line.baseUrl);
    return {
      ending,
      line,
      key: key ?? readFileSync(join(server.folder, '.itb-fhir', 'deployment.key'), 'utf8').trim(),
    };
  } finally {
    delete process.env.ITB_FHIR_DEPLOYMENT_KEY;
    await line.close();
    await server.close();
  }
}

const quick = (name: string): ServerKind => ({
  ...serverKind(name),
  facts: [...(serverKind(name).facts ?? []), shortLag],
});

describe('a storm at a server', () => {
  it.for(kinds)(
    'that is %s ends as a calm day does, and nothing is there twice',
    { timeout: 120_000 },
    async (name) => {
      console.log(`ITB_STORM_SEED=${seed}`);
      const kind = quick(name);
      const calm = await livedThrough(kind, undefined, () => undefined);
      const storm = await livedThrough(kind, calm.key, randomFaults(randomOf(seed), 0.3));
      expect(calm.ending.twice).toEqual([]);
      expect(Object.keys(calm.ending.holds).length).toBeGreaterThan(2 * mrns.length);
      expect(storm.ending, `ITB_STORM_SEED=${seed}`).toEqual(calm.ending);
      expect(Object.keys(storm.line.harm()).length).toBeGreaterThan(12);
    },
  );

  it('that cannot be searched for everything asks a human rather than have anything twice', {
    timeout: 120_000,
  }, async () => {
    console.log(`ITB_STORM_SEED=${seed}`);
    const { ending } = await livedThrough(quick('Oracle-like'), undefined, randomFaults(randomOf(seed), 0.3));
    expect(ending.twice).toEqual([]);
    expect(new Set(ending.review).difference(new Set(['sync send-unresolved']))).toEqual(new Set());
    expect(ending.unsettled).toBe(ending.review.length);
  });
});
