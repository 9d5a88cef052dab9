import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { ticketCounts } from '../../src/outbox/queue.ts';
import { type Service, startService } from '../../src/service.ts';
import { asConfigured, openBenchApp } from '../bench-app.ts';
import { gateInStep } from '../delivery.ts';
import { alternate, secondsSince, spread, timedMs } from '../measure.ts';
import { plainLoop } from '../plain-loop.ts';
import { gate, type Row, type RowResult } from '../row.ts';
import { patients, sampleStories } from '../stories.ts';
import { type Stub, startStub } from '../stub/process.ts';
import { mapper, recordedOf } from '../therapies.ts';

const latencyMs = 20;
const patientsARound = 24;
const eventsARequest = 20;
const singleEvents = 30;
const plainCreates = 100;
const longestWaitMs = 30_000;

/** HTTP intake → ledger → mapping → worker → confirmed at the stub, in one running service. */
export const endToEnd: Row = {
  name: 'end-to-end',
  async run({ folder }) {
    const [stub, stubOfLoop] = [await startStub(), await startStub()];
    await stub.reset(latencyMs);
    const { fhirBaseUrl } = stub;
    const app = await openBenchApp({ folder, storeUrl: 'sqlite:ledger.sqlite', fhirBaseUrl, ...asConfigured });
    const service = await startService(app);
    try {
      return await measured(app, service, stub, stubOfLoop);
    } finally {
      await service.stop();
      await stub.stop();
      await stubOfLoop.stop();
    }
  },
};

async function measured(app: App, service: Service, stub: Stub, stubOfLoop: Stub): Promise<RowResult> {
  const lastEvents: string[] = [];
  let next = 0;
  const backlog = async () => {
    const stories = patients(patientsARound, next);
    next += patientsARound;
    lastEvents.push(...stories.map((story) => story.at(-1) as string));
    const events = stories.flatMap((story) => story.slice(0, -1));
    const start = performance.now();
    for (let n = 0; n < events.length; n += eventsARequest) await post(service, events.slice(n, n + eventsARequest));
    await untilConfirmed(app);
    return events.length / secondsSince(start);
  };
  const { ours, plain } = await alternate({ ours: backlog, plain: () => plainEvents(stubOfLoop) });
  await gateInStep(app, stub);

  const waitsMs: number[] = [];
  for (const event of lastEvents.slice(0, singleEvents)) {
    waitsMs.push(await timedMs(() => post(service, [event]).then(() => untilConfirmed(app))));
  }
  await gateInStep(app, stub);
  return {
    figures: [
      {
        name: `HTTP to confirmed, backlog, ${latencyMs} ms`,
        unit: 'events/s',
        ours,
        baseline: { name: 'plain creates: no intake, store, mapping', spread: plain },
      },
      {
        name: `HTTP to confirmed, one event, ${latencyMs} ms`,
        unit: 'ms',
        ours: spread(waitsMs),
        note: `${waitsMs.length} events, one after another, into a service at rest; the range is the fastest and the slowest`,
      },
    ],
    gate: 'all resources of all events are at the stub once, in order; a second look writes nothing',
  };
}

async function post(service: Service, events: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${service.url}/events`, { method: 'POST', headers, body: events.join('\n') });
  gate(response.ok, `the intake answered ${response.status}`);
  await response.text();
}

async function untilConfirmed(app: App): Promise<void> {
  const giveUpAt = performance.now() + longestWaitMs;
  for (;;) {
    const [counts] = await ticketCounts(app.store.db);
    if (counts && Number(counts.due) + Number(counts.running) === 0) return;
    gate(performance.now() < giveUpAt, 'the service is not in step in time');
    await sleep(2);
  }
}

/** The plain loop, counted in the events that its resources come from. */
async function plainEvents(stub: Stub): Promise<number> {
  const stories = sampleStories();
  const resources = stories
    .map(recordedOf)
    .map(mapper())
    .flatMap((result) => result.resources);
  await stub.reset(latencyMs);
  const perSecond = await plainLoop(stub.fhirBaseUrl, resources.slice(0, plainCreates));
  return (perSecond * stories.flat().length) / resources.length;
}
