import { type App, openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { ticketCounts } from '../../src/outbox/queue.ts';
import type { Report } from './events.ts';
import type { Hospital } from './hospital.ts';
import { post, randomOf, therapyOfPatient } from './sender.ts';
import type { Deployment, Serving } from './serving.ts';
import { type Standing, standingAt } from './standing.ts';

export interface KillLoop {
  readonly kills: number;
  readonly seed: number;
  /** A process lives so long after it is ready, at most. */
  readonly longestLifeMs: number;
}

export interface KillReport {
  readonly acknowledged: number;
  /** Acknowledged events that are not in the ledger. */
  readonly lost: readonly string[];
  readonly standing: Standing;
  readonly startMs: readonly number[];
  /** Kills that came while a request was under way. */
  readonly midRequest: number;
}

/** Record numbers of the patients of a loop. The hospital must have admitted them before it starts. */
export const patientsOfLoop = ({ kills }: Pick<KillLoop, 'kills'>): string[] =>
  Array.from({ length: 4 * kills }, (_, n) => `K${n}`);

/**
 * Kills `serve` at random moments while a sender goes on sending, then lets the last process come to rest. What was
 * acknowledged must be in the ledger, and the hospital must hold what is wanted, once.
 */
export async function killLoop(hospital: Hospital, deployment: Deployment, loop: KillLoop): Promise<KillReport> {
  const random = randomOf(loop.seed);
  const mrns = patientsOfLoop(loop);
  const sender = senderOf(interleaved(mrns, random), random);
  const startMs: number[] = [];
  let midRequest = 0;
  for (let kill = 0; kill < loop.kills; kill++) {
    const serving = await deployment.serve();
    startMs.push(serving.startMs);
    const sending = sender.sendUntilBroken(serving.url);
    await sleep(random() * loop.longestLifeMs);
    if (sender.isWaiting()) midRequest++;
    await serving.kill();
    await sending;
  }
  const last = await deployment.serve();
  startMs.push(last.startMs);
  await sender.sendRest(last.url);
  const report = await lookedAt(hospital, deployment, last, mrns, sender.acknowledged);
  return { ...report, startMs, midRequest };
}

async function lookedAt(
  hospital: Hospital,
  deployment: Deployment,
  last: Serving,
  mrns: readonly string[],
  acknowledged: ReadonlySet<string>,
): Promise<Omit<KillReport, 'startMs' | 'midRequest'>> {
  const app = await openApp({ ...loadConfig(deployment.configPath), logLevel: 'silent' });
  try {
    await untilAtRest(app, 60_000);
    await last.stop();
    const rows = await app.store.db.selectFrom('event').select('event_id').execute();
    const kept = new Set(rows.map((row) => row.event_id));
    const lost = [...acknowledged].filter((eventId) => !kept.has(eventId));
    return { acknowledged: acknowledged.size, lost, standing: await standingAt(hospital, app, mrns) };
  } finally {
    await app.close();
  }
}

/** Waits until no ticket is due, waits or runs; the standing then tells what is wrong if it never comes to that. */
export async function untilAtRest(app: App, longestMs: number): Promise<void> {
  const giveUpAt = performance.now() + longestMs;
  while (performance.now() < giveUpAt) {
    const counts = await ticketCounts(app.store.db);
    if (counts.every(({ due, waiting, running }) => due + waiting + running === 0)) return;
    await sleep(50);
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The reports of all patients, each patient's in order, patients mixed. */
function interleaved(mrns: readonly string[], random: () => number): Report[] {
  const open = mrns.map(therapyOfPatient);
  const mixed: Report[] = [];
  while (open.length > 0) {
    // Among the first few only, so that therapies end and new ones begin all along the loop.
    const place = Math.floor(random() * Math.min(6, open.length));
    const next = open[place]?.shift();
    if (next) mixed.push(next);
    else open.splice(place, 1);
  }
  return mixed;
}

function senderOf(reports: Report[], random: () => number) {
  const acknowledged = new Set<string>();
  let waiting = false;

  async function sendNext(url: string): Promise<boolean> {
    const batch = reports.slice(0, random() < 0.5 ? 1 : 1 + Math.floor(random() * 8));
    waiting = true;
    const accepted = await post(url, batch);
    waiting = false;
    if (!accepted) return false;
    for (const { source } of batch) acknowledged.add(source.eventId);
    reports.splice(0, batch.length);
    return true;
  }

  return {
    acknowledged,
    isWaiting: () => waiting,
    async sendUntilBroken(url: string): Promise<void> {
      while (reports.length > 0 && (await sendNext(url))) await sleep(random() * 30);
    },
    async sendRest(url: string): Promise<void> {
      while (reports.length > 0) if (!(await sendNext(url))) throw new Error('the last process refuses events');
    },
  };
}
