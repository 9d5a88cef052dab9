import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { ticketCounts } from '../../src/outbox/queue.ts';
import { type Service, startService } from '../../src/service.ts';
import { asConfigured, openBenchApp } from '../bench-app.ts';
import { gateInStep } from '../delivery.ts';
import { rounds, secondsSince, spread } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { patients } from '../stories.ts';
import { startStub } from '../stub/process.ts';

const connections = 8;
const eventsARequest = 20;
const patientsARound = 64;
const longestWaitMs = 60_000;

/** JSON events from the socket to durable, and until the hospital has the resources, in one service that does both at once. */
export const intake: Row = {
  name: 'intake',
  async run({ folder }) {
    const stub = await startStub();
    await stub.reset(0);
    const { fhirBaseUrl } = stub;
    const app = await openBenchApp({ folder, storeUrl: 'sqlite:ledger.sqlite', fhirBaseUrl, ...asConfigured });
    const service = await startService(app);
    try {
      await round(app, service, 0);
      const measured = [];
      for (let n = 1; n <= rounds; n++) measured.push(await round(app, service, n * patientsARound));
      await gateInStep(app, stub);
      const note = `${connections} connections, ${eventsARequest} events a request, delivered beside it by the same process`;
      return {
        figures: [
          {
            ...{ name: 'JSON events over HTTP to durable', unit: 'events/s', note },
            ours: spread(measured.map(({ durable }) => durable)),
          },
          {
            ...{ name: 'JSON events over HTTP to resources at the destination', unit: 'events/s', note },
            ours: spread(measured.map(({ delivered }) => delivered)),
          },
        ],
        gate: 'all resources of all events are at the stub once, in order; a second look writes nothing',
      };
    } finally {
      await service.stop();
      await stub.stop();
    }
  },
};

async function round(app: App, service: Service, first: number) {
  const stories = patients(patientsARound, first);
  const events = stories.flat();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, n) => {
      const own = stories.filter((_story, at) => at % connections === n).flat();
      for (let at = 0; at < own.length; at += eventsARequest) await post(service, own.slice(at, at + eventsARequest));
    }),
  );
  const durable = events.length / secondsSince(start);
  await untilConfirmed(app);
  return { durable, delivered: events.length / secondsSince(start) };
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
    await sleep(5);
  }
}
