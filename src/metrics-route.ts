import { type RequestHandler, Router } from 'express';
import type { App } from './app.ts';
import { isFromThisMachine } from './auth/this-machine.ts';
import { addressesIn, isReachedFromHereOnly } from './config-server.ts';
import { waitingMessages } from './intake/waiting.ts';
import type { Standing } from './metrics.ts';
import { ticketAges } from './outbox/ages.ts';
import { ticketCounts } from './outbox/queue.ts';
import type { Receiving } from './receiving/receive.ts';
import { openByStage } from './review/count.ts';

/** `GET /metrics` for Prometheus: figures without PHI. Whom it is open to: `numbersFor`. */
export function metricsRoutes(app: App, receiving: Pick<Receiving, 'waiting'>): Router {
  const answer: RequestHandler = async (_request, response) => {
    const notDurable = receiving.waiting().count;
    const { contentType, body } = await app.metrics.text(await standingOf(app, notDurable));
    response.set('Content-Type', contentType).set('Cache-Control', 'no-store').send(body);
  };
  return Router().get('/metrics', answer);
}

/** Destinations that are configured no more keep their tickets, and are seen here. */
async function standingOf({ store, destinations, now }: App, notDurable: number): Promise<Standing> {
  const [counts, ages, review, { count: waiting, sinceMs }] = await Promise.all([
    ticketCounts(store.db),
    ticketAges(store.db),
    openByStage(store.db),
    waitingMessages(store.db),
  ]);
  const waitingSeconds = sinceMs === null ? 0 : (now().epochMilliseconds - sinceMs) / 1000;
  return {
    intake: { notDurable, waiting, waitingSeconds },
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

/** Of a service that others reach, only this machine and who is named may read the figures; for all others there are none. */
export function numbersFor({ config }: App): RequestHandler {
  const { server } = config;
  if (isReachedFromHereOnly(server)) return (_request, _response, next) => next();
  const isHere = addressesIn(['127.0.0.0/8', '::1']);
  const isNamed = addressesIn(server.metricsFrom);
  return (request, response, next) => {
    const from = (request.ip ?? '').replace(/^::ffff:/, '');
    // From an address of this machine a proxy brings what others ask, too.
    if (request.path !== '/metrics' || isNamed(from) || (isHere(from) && isFromThisMachine(request))) return next();
    response.sendStatus(404);
  };
}
