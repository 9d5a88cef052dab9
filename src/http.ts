import { randomUUID } from 'node:crypto';
import type { OperationOutcome } from '@medplum/fhirtypes';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { App } from './app.ts';
import { jwksRouter } from './auth/jwks-route.ts';
import { problem } from './event/problem.ts';
import { operationOutcome, outcomeOfProblems } from './fhir/outcome.ts';
import { errorName, type Log } from './log.ts';
import { metricsRoutes, numbersFor } from './metrics-route.ts';
import { adminRouter } from './operate/admin.ts';
import { openAccess } from './readers/access.ts';
import { peopleRouter } from './readers/people.ts';
import { readModel } from './readers/reading.ts';
import { readerRoutes } from './readers/routes.ts';
import type { DoorParts } from './receiving/door.ts';
import { intakeRoutes } from './receiving/intake.ts';
import type { ListeningMllp } from './receiving/mllp.ts';

export interface HttpParts extends DoorParts {
  /** Something is new in the ledger. */
  readonly whenAppended: () => void;
  /** Where engines are listened to. */
  readonly listeners: () => readonly ListeningMllp[];
}

/** Assembles Express: request id, log, health, keys, intake, views, and the one error handler. */
export function httpApp(app: App, parts: HttpParts): Express {
  const { whenAppended } = parts;
  const server = express();
  server.disable('x-powered-by');
  // Where a request comes from is what these say, and nobody else.
  server.set('trust proxy', app.config.server.proxies);
  server.use(requestLog(app));
  server.use(readableAddress);
  server.get('/healthz', (_request, response) => void response.json(health(parts.listeners())));
  server.get('/readyz', readiness(app));
  server.use(numbersFor(app), metricsRoutes(app, parts.receiving));
  server.use(jwksRouter(app.keys));
  server.use(intakeRoutes(app, parts));
  const reading = readModel(app);
  const access = openAccess(app, reading);
  server.use(readerRoutes(app, access, reading));
  const people = peopleRouter({ app, reading, access, whenAppended });
  if (people) server.use(people);
  const admin = adminRouter(app, whenAppended);
  if (admin) server.use(admin);
  server.use(notFound);
  server.use(errorHandler(app.log));
  return server;
}

/** A process that answers is alive; where it listens to engines, with how many of them. */
const health = (mllp: readonly ListeningMllp[]) => ({ status: 'ok', ...(mllp.length > 0 && { mllp }) });

function requestLog({ log, metrics }: App): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    const requestId = randomUUID();
    response.set('X-Request-Id', requestId);
    response.on('finish', () => {
      const { method } = request;
      const { statusCode: status } = response;
      const route = typeof request.route?.path === 'string' ? request.route.path : 'unmatched';
      const durationMs = performance.now() - started;
      metrics.served({ method, route, status, seconds: durationMs / 1000 });
      log.info('request served', { requestId, method, route, status, durationMs: Math.round(durationMs) });
    });
    next();
  };
}

/** No address of ours has a control character, and PostgreSQL takes U+0000 in no text: nothing is looked up for it. */
const readableAddress: RequestHandler = (request, response, next) => {
  const [path = '', query = ''] = request.url.split('?', 2);
  if (controlCharacter.test(path) || query.includes('%00')) return sendOutcome(response, 400, unreadable);
  next();
};

/** Escaped: raw ones are refused before Express sees them. */
const controlCharacter = /%(?:[01][\da-f]|7f)/i;

/** Ready: the store answers. A load balancer then sends elsewhere what cannot be made durable here. */
function readiness(app: App): RequestHandler {
  return async (_request, response) => {
    try {
      await app.store.nowMs();
    } catch (error) {
      app.log.error('not ready', { code: errorName(error) });
      const diagnostics = 'the store does not answer';
      response.set('Retry-After', '10');
      return sendOutcome(response, 503, operationOutcome([{ severity: 'error', code: 'transient', diagnostics }]));
    }
    response.json({ status: 'ready' });
  };
}

const notFound: RequestHandler = (_request, response) => {
  const diagnostics = 'no such resource here';
  sendOutcome(response, 404, operationOutcome([{ severity: 'error', code: 'not-found', diagnostics }]));
};

/** An unknown exception is a bug: 500, without its message, which may quote what was sent. */
function errorHandler(log: Log): ErrorRequestHandler {
  return (error: { type?: string; status?: number }, { headers }, response, next) => {
    if (response.headersSent) return next(error);
    const refused = bodyRefusals[error.type ?? ''];
    if (refused) return sendOutcome(response, refused.status, outcomeOfProblems([refused.problem]));
    const isPacked = headers['content-encoding'] !== undefined;
    if (error.status === 400) return sendOutcome(response, 400, isPacked ? notUnpacked : unreadable);
    log.error('request failed', { code: errorName(error) });
    sendOutcome(response, 500, internalError);
  };
}

const internalError = operationOutcome([{ severity: 'fatal', code: 'exception', diagnostics: 'internal error' }]);

const notUnpacked = outcomeOfProblems([problem('body-not-json', 'the body cannot be unpacked')]);

/** Express's own refusal: a broken escape in the address. */
const unreadable = operationOutcome([
  { severity: 'error', code: 'structure', diagnostics: 'the request cannot be read' },
]);

function sendOutcome(response: Response, status: number, outcome: OperationOutcome): void {
  response.status(status).type('application/fhir+json').send(JSON.stringify(outcome));
}

/** What Express's body reader refuses, by its `type`. */
const bodyRefusals: Readonly<Record<string, { status: number; problem: ReturnType<typeof problem> }>> = {
  'entity.too.large': { status: 413, problem: problem('body-too-large', 'the body is larger than the limit') },
  'encoding.unsupported': { status: 415, problem: problem('media-type-unsupported', 'unsupported content encoding') },
  'charset.unsupported': { status: 415, problem: problem('media-type-unsupported', 'unsupported charset') },
  'request.aborted': { status: 400, problem: problem('body-not-json', 'the body ended early') },
  'request.size.invalid': { status: 400, problem: problem('body-not-json', 'the body has not the stated length') },
};
