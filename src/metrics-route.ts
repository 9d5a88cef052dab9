import { type RequestHandler, Router } from 'express';
import type { App } from './app.ts';
import type { Standing } from './metrics.ts';
import { ticketAges } from './outbox/ages.ts';
import { ticketCounts } from './outbox/queue.ts';
import { openByStage } from './review/count.ts';

/** `GET /metrics` for Prometheus. Without authentication, as the service listens to this machine only. */
export function metricsRoutes(app: App): Router {
  const answer: RequestHandler = async (_request, response) => {
    const { contentType, body } = await app.metrics.text(await standingOf(app));
    response.set('Content-Type', contentType).set('Cache-Control', 'no-store').send(body);
  };
  return Router().get('/metrics', answer);
}

/** Destinations that are configured no more keep their tickets, and are seen here. */
async function standingOf({ store, destinations }: App): Promise<Standing> {
  const [counts, ages, review] = await Promise.all([
    ticketCounts(store.db),
    ticketAges(store.db),
    openByStage(store.db),
  ]);
  return {
    tickets: counts.flatMap(({ tenant, destination, ...states }) =>
      Object.entries(states).map(([state, count]) => ({ tenant, destination, state, count: Number(count) })),
    ),
    ages: ages.flatMap(({ tenant, destination, dueForMs, parkedForMs }) => [
      { tenant, destination, state: 'due', seconds: (dueForMs ?? 0) / 1000 },
      { tenant, destination, state: 'parked', seconds: (parkedForMs ?? 0) / 1000 },
    ]),
    gates: destinations.map(({ destination: { tenant, name }, gate }) => ({
      ...{ tenant, destination: name },
      state: gate.state(),
    })),
    review: review.map(({ stage, count }) => ({ stage, count: Number(count) })),
  };
}
