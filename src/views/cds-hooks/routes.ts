import cors from 'cors';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { CdsCaller } from '../../auth/cds-client.ts';
import type { Denial } from '../../auth/denial.ts';
import { answer } from './answer.ts';
import { readFeedback } from './feedback.ts';
import { type Service, serviceOf, services } from './offered.ts';
import type { CardAccess, CardClient, CardRouteOptions } from './options.ts';
import { readCall } from './request.ts';

/** CDS Hooks 2.0: what we offer, a call, and what became of its cards. At the root, and below the tenant. */
export function cardRoutes(options: CardRouteOptions): Router {
  const router = Router({ mergeParams: true });
  const paths = ['/cds-services', '/t/:tenant/cds-services'];
  const below = (path: string) => paths.map((start) => start + path);
  router.use(paths, cors({ origin: [...options.allowOrigins], methods: ['GET', 'POST'], maxAge: 600 }));
  router.get(paths, (_request, response) => void response.json({ services }));
  router.post(below('/:service'), called(options, ''), json, (request, response) => cards(request, response, options));
  router.post(below('/:service/feedback'), called(options, '/feedback'), json, (request, response) =>
    feedback(request, response, options),
  );
  router.all([...paths, ...below('/:service'), ...below('/:service/feedback')], (_request, response) => {
    refuse(response, 405, 'This address does not take that method.');
  });
  router.use(paths, failed(options));
  return router;
}

/** What the body parser refuses, with its status; anything else is a bug, and is told by whoever tells bugs. */
function failed(options: CardRouteOptions): ErrorRequestHandler {
  return async (error: { status?: number }, request, response, next) => {
    const { status = 500 } = error;
    if (response.locals.service) await options.record({ ...by(request, response), status });
    if (status >= 500) return next(error);
    refuse(response, status, 'The body cannot be read.');
  };
}

const json = express.json({ type: 'application/json', limit: '2mb' });

/** What stands on `response.locals` once a call is let in. */
interface Called extends CdsCaller<CardClient> {
  readonly service: Service;
}

/** Before anything is read: whether the service exists, and whether an EHR that we know calls it. */
function called(options: CardRouteOptions, end: '' | '/feedback'): RequestHandler {
  return async (request, response, next) => {
    response.set('Cache-Control', 'no-store');
    const service = serviceOf(parameter(request, 'service'));
    if (!service) return refuse(response, 404, 'There is no such service here.');
    const mounted = parameter(request, 'tenant');
    const caller = await options.check(request.get('authorization'), (tenant) => [
      ...options.addressesOf(tenant, mounted, `/cds-services/${service.id}${end}`),
      // Some EHRs name the service itself when they send what became of its cards.
      ...(end ? options.addressesOf(tenant, mounted, `/cds-services/${service.id}`) : []),
    ]);
    if ('status' in caller) return deny(request, response, caller, service, options);
    Object.assign(response.locals, { ...caller, service });
    next();
  };
}

async function deny(
  request: Request,
  response: Response,
  { status }: Denial,
  service: Service,
  options: CardRouteOptions,
): Promise<void> {
  const tenant = options.tenantAt(parameter(request, 'tenant'));
  const unknown = { tenant: tenant ?? '', environment: 'live' } as const;
  if (tenant !== undefined) await options.record({ ...unknown, ...asked(request, response, service), status });
  if (status === 503) response.set('Retry-After', '30');
  else response.set('WWW-Authenticate', 'Bearer realm="cds-services"');
  refuse(response, status, status === 503 ? 'The token cannot be checked now.' : 'The token is missing or not valid.');
}

async function cards(request: Request, response: Response, options: CardRouteOptions): Promise<void> {
  const { service, client } = response.locals as Called;
  const read = readCall(service, request.body);
  if ('unusable' in read) {
    await options.record({ ...by(request, response), status: 400 });
    return refuse(response, 400, `The call cannot be used, because of: ${read.unusable.join(', ')}.`);
  }
  const { call } = read;
  const { status, cards: found, patient, shown } = await answer(call, client, options);
  const about = { patients: patient === undefined ? [] : [patient], ...(shown && { query: shown }) };
  await options.record({ ...by(request, response, call.context.userId), ...about, status });
  if (status === 412) return refuse(response, 412, 'What was ordered is neither in the call nor could it be read.');
  response.json({ cards: found });
}

async function feedback(request: Request, response: Response, options: CardRouteOptions): Promise<void> {
  const { service, client } = response.locals as Called;
  const rows = readFeedback(request.body);
  if (!rows) {
    await options.record({ ...by(request, response), status: 400 });
    return refuse(response, 400, 'The feedback cannot be used.');
  }
  await options.keep(client.tenant, service.id, rows);
  await options.record({ ...by(request, response), status: 200 });
  response.json({});
}

/** A caller that was recognised, with the clinician for whom it asks. A patient's id of the EHR is not kept. */
function by(request: Request, response: Response, userId = ''): Omit<CardAccess, 'status'> {
  const { client, tokenId, service } = response.locals as Called;
  const { iss, tenant, environment } = client;
  const subject = /^Practitioner(Role)?\/[A-Za-z0-9.-]{1,64}$/.test(userId) ? userId : iss;
  const who = { issuer: iss, subject, clientId: iss, tokenId };
  return { tenant, environment, ...asked(request, response, service), who };
}

const asked = (request: Request, response: Response, { id }: Service) => ({
  interaction: 'operation' as const,
  operation: `cds-services/${id}`,
  requestId: response.get('X-Request-Id') ?? '',
  network: request.ip,
});

const refuse = (response: Response, status: number, error: string): void => {
  response.status(status).json({ error });
};

function parameter(request: Request, name: string): string | undefined {
  const value = request.params[name];
  return typeof value === 'string' ? value : undefined;
}
