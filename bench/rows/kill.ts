import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { ticketCounts } from '../../src/outbox/queue.ts';
import { asConfigured, openBenchApp } from '../bench-app.ts';
import { gateInStep } from '../delivery.ts';
import { spread } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { patients } from '../stories.ts';
import { type Stub, startStub } from '../stub/process.ts';

const kills = 100;
const patientCount = 60;
const latencyMs = 10;
const longestLifeMs = 400;
const longestStartMs = 20_000;
const longestRecoveryMs = 60_000;

/** The service is killed with SIGKILL at random moments while events come in and resources go out. */
export const kill: Row = {
  name: 'kill',
  long: true,
  async run({ folder }) {
    const stub = await startStub();
    try {
      await stub.reset(latencyMs);
      const events = eventsInTurn();
      const acknowledged = await killed(folder, stub, events);
      await recovered(folder, stub, events, acknowledged);
      return {
        figures: [{ name: 'kill -9 while receiving and sending', unit: 'kills', ours: spread([kills]) }],
        gate: `${acknowledged} acknowledged events, none lost; every resource at the stub once; nothing written on a second look`,
      };
    } finally {
      await stub.stop();
    }
  },
};

/** One event of each patient after the other, so that all of them are under way at any moment. */
function eventsInTurn(): string[] {
  const stories = patients(patientCount);
  const longest = Math.max(...stories.map((story) => story.length));
  return Array.from({ length: longest }, (_, n) => stories.flatMap((story) => story[n] ?? [])).flat();
}

/** Sends what is not acknowledged yet to one short-lived process after the other. How many were acknowledged. */
async function killed(folder: string, stub: Stub, events: readonly string[]): Promise<number> {
  let sent = 0;
  for (let life = 0; life < kills; life++) {
    const { child, url } = await born(folder, stub);
    const dead = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * longestLifeMs);
    const until = Math.ceil(((life + 1) * events.length) / kills);
    while (sent < until && (await accepted(url, events[sent] as string))) sent++;
    await dead;
    clearTimeout(timer);
  }
  return sent;
}

/** A last process that lives: it takes the rest, and takes over what the killed ones held. */
async function recovered(folder: string, stub: Stub, events: readonly string[], acknowledged: number): Promise<void> {
  const storeUrl = 'sqlite:ledger.sqlite';
  const app = await openBenchApp({ folder, storeUrl, fhirBaseUrl: stub.fhirBaseUrl, ...asConfigured });
  await gateKept(app, events.slice(0, acknowledged));
  const { child, url } = await born(folder, stub);
  try {
    gate(await accepted(url, events.join('\n')), 'the events are refused after the kills');
    await untilInStep(app);
    await gateKept(app, events);
    await gateInStep(app, stub);
  } finally {
    const dead = once(child, 'exit');
    child.kill('SIGKILL');
    await dead;
    await app.close();
  }
}

async function gateKept(app: App, events: readonly string[]): Promise<void> {
  const rows = await app.store.db.selectFrom('event').select('event_id').execute();
  const kept = new Set(rows.map((row) => row.event_id));
  const lost = events.filter((event) => !kept.has(JSON.parse(event).source.eventId)).length;
  gate(lost === 0, `${lost} of ${events.length} events are not in the ledger`);
  gate(kept.size === rows.length, 'an event is in the ledger twice');
}

async function untilInStep(app: App): Promise<void> {
  const giveUpAt = performance.now() + longestRecoveryMs;
  for (;;) {
    const [counts] = await ticketCounts(app.store.db);
    if (counts && Number(counts.due) + Number(counts.running) + Number(counts.waiting) === 0) return;
    gate(performance.now() < giveUpAt, 'not in step in time after the kills');
    await sleep(50);
  }
}

async function born(folder: string, stub: Stub): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, '../mortal-service.ts'), [folder, stub.fhirBaseUrl]);
  const [url] = (await once(child, 'message', { signal: AbortSignal.timeout(longestStartMs) })) as [string];
  return { child, url };
}

/** False where the process died before it had answered: the event may or may not be in the ledger. */
async function accepted(url: string, events: string): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await fetch(`${url}/events`, { method: 'POST', headers, body: events });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}
