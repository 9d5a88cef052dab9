import { openAdapter, report, settle } from './adapter.ts';
import { clinicOf, mrnSystem, type Report } from './events.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { admit, type Hospital, openHospital } from './hospital.ts';
import { type Standing, standingAt } from './standing.ts';
import type { Asked, Fault } from './wire-faults.ts';

/** Every write is applied, and the answer to it never arrives as it was meant. */
export interface AmbiguityReport {
  /** Writes whose answer was lost. */
  readonly ambiguous: number;
  /** Writes in all: an update is sent again under the version that is known, which the hospital refuses where it was applied. */
  readonly writes: number;
  /** Creates of what had been created already. */
  readonly createdAgain: number;
  readonly searches: number;
  readonly standing: Standing;
  readonly harm: Readonly<Partial<Record<Fault, number>>>;
  readonly seconds: number;
}

/** How an answer gets lost after the hospital did what it was asked. */
const lost: readonly Fault[] = [
  'reset after it was applied',
  'applied, and answered too late',
  'half a body, then a reset',
  'half a body that looks whole',
  '500 after it was applied',
];

const requestTimeoutMs = 250;

/** So many patients, to each of whom something happens in each round; each write of a round is ambiguous once. */
export async function ambiguousSends(size: { patients: number; rounds: number }): Promise<AmbiguityReport> {
  const started = performance.now();
  const hospital = await openHospital();
  const writes = eachWriteOnce();
  const proxy = await startFaultProxy({
    target: hospital.sandbox.baseUrl,
    choose: writes.choose,
    lateMs: requestTimeoutMs + 100,
  });
  try {
    const standing = await kept(hospital, proxy, size);
    const harm = proxy.harm();
    return {
      ambiguous: Object.values(harm).reduce((sum, count) => sum + count, 0),
      writes: proxy.requests.filter((request) => request === 'POST /fhir').length,
      createdAgain: writes.createdAgain(),
      searches: proxy.requests.filter((request) => /^GET \/fhir\/[A-Z][A-Za-z]+$/.test(request)).length,
      standing,
      harm,
      seconds: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await proxy.close();
    await hospital.sandbox.close();
  }
}

/** The next way to lose an answer, for a write that has not been seen before; what is created is counted. */
function eachWriteOnce(): { choose: (asked: Asked) => Fault | undefined; createdAgain: () => number } {
  const seen = new Set<string>();
  const created = new Set<string>();
  let createdAgain = 0;
  return {
    createdAgain: () => createdAgain,
    choose({ method, url, body }) {
      if (method === 'GET' || url.endsWith('/_search')) return undefined;
      for (const [identity] of body.matchAll(/"ifNoneExist":"[^"]+"/g)) {
        if (created.has(identity)) createdAgain++;
        created.add(identity);
      }
      if (seen.has(body)) return undefined;
      seen.add(body);
      return lost[seen.size % lost.length];
    },
  };
}

async function kept(
  hospital: Hospital,
  proxy: FaultProxy,
  { patients, rounds }: { patients: number; rounds: number },
): Promise<Standing> {
  const mrns = Array.from({ length: patients }, (_, n) => `L${n}`);
  await admit(hospital, mrnSystem, mrns);
  const app = await openAdapter(
    { hospital },
    {
      fhirBaseUrl: proxy.baseUrl,
      requestTimeoutMs,
      concurrency: 8,
      breaker: { failures: 1_000, firstWaitMs: 1, longestWaitMs: 1 },
    },
  );
  for (let round = 0; round < rounds; round++) {
    await report(app, ...mrns.map((mrn) => reportOf(mrn, round)));
    await settle(app);
  }
  await proxy.settled();
  const standing = await standingAt(hospital, app, mrns);
  await app.close();
  return standing;
}

function reportOf(mrn: string, round: number): Report {
  const clinic = clinicOf(mrn);
  return round === 0 ? clinic.implant('i', 0, 100) : clinic.doseChange(`d${round}`, 10 * round, 100 + round);
}
