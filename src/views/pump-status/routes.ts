import { createHash } from 'node:crypto';
import cors from 'cors';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { denied, type Principal } from '../../auth/bearer.ts';
import type { Denial } from '../../auth/denial.ts';
import { type Answer, denialAnswer, notFound } from '../fhir-read/answer.ts';
import { type Caller, callerOf } from '../fhir-read/caller.ts';
import { fhirJson } from '../fhir-read/media-type.ts';
import type { AccessRow } from '../fhir-read/options.ts';
import type { FoundStatus, Reading } from '../read-model/reading.ts';
import { instantAsked } from './asked-instant.ts';
import { courseJsonSchema } from './course-schema.ts';
import { mayNotAsk, mayReadCarePlan, mayReadStatus } from './reach.ts';
import { statusJsonSchema } from './status-schema.ts';

export interface StatusRouteOptions {
  /** Who asks, by the Authorization header; at an address of one tenant, tokens of others are denied. */
  readonly check: (authorization: string | undefined) => Promise<Principal | Denial>;
  /** Whose address it is, for the audit of those who are not recognised. */
  readonly tenant: string;
  readonly reading: Reading;
  /** Resolves when the row is durable; nothing is answered before. */
  readonly record: (access: AccessRow) => Promise<void>;
  /** Origins of browser apps that may call; the service's own needs no mention. */
  readonly allowOrigins: readonly string[];
  /** How far ahead of now a status may be asked for. */
  readonly projectionDays: number;
  readonly now: () => Temporal.Instant;
}

/**
 * Pump status as compact JSON: `GET /status/{patient}?at=`, `GET /status` of the patient of the token, and for charts
 * `GET /status/{patient}/course`. `{patient}` is what the caller's token calls the patient, else our keyed id.
 */
export function statusRoutes(options: StatusRouteOptions): Router {
  const router = Router();
  const { reading } = options;
  const open = cors({ origin: '*' });
  router.get('/status/schema/v1.json', open, schema(statusJsonSchema()));
  router.get('/status/course-schema/v1.json', open, schema(courseJsonSchema()));
  router.use('/status', cors({ origin: [...options.allowOrigins], exposedHeaders: ['ETag', 'WWW-Authenticate'] }));
  const status = answering(options, 'pump-status', ({ caller, found: { patient, textAt }, at }) =>
    textAt(at, mayReadCarePlan(caller, patient) ? 'whole' : 'without-care-plan'),
  );
  router.get('/status', status);
  router.get('/status/:patient', status);
  router.get(
    '/status/:patient/course',
    answering(options, 'pump-course', async ({ found, at }) =>
      JSON.stringify(await reading.courseAt(found.patient, at)),
    ),
  );
  return router;
}

function schema(document: object): RequestHandler {
  const text = JSON.stringify(document);
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('application/schema+json').send(text);
  };
}

interface Asked {
  readonly caller: Caller;
  readonly found: FoundStatus;
  readonly at: Temporal.Instant;
}

/** Who asks and what they may is decided before anything is looked up; the answer goes out when it is written down. */
function answering(
  options: StatusRouteOptions,
  operation: 'pump-status' | 'pump-course',
  answer: (asked: Asked) => Promise<string>,
): RequestHandler {
  return async (request, response) => {
    const by: { caller?: Caller } = {};
    const record = ({ status, patients }: Pick<Answer, 'status' | 'patients'>) =>
      options.record({
        ...(by.caller?.reader ?? { tenant: options.tenant, environment: 'live' }),
        interaction: 'operation',
        operation,
        resourceType: 'Patient',
        resourceId: patients?.[0],
        patients,
        query: request.query.at === undefined ? undefined : 'at',
        status,
        who: by.caller?.principal,
        requestId: response.get('X-Request-Id') ?? '',
        network: request.ip,
      });
    const found = await answerTo(request, options, by, answer).catch(async (error) => {
      await record({ status: 500 });
      throw error;
    });
    const status = isKnown(request, found) ? 304 : found.status;
    await record({ ...found, status });
    send(response, { ...found, status }, by.caller);
  };
}

async function answerTo(
  request: Request,
  options: StatusRouteOptions,
  by: { caller?: Caller },
  answer: (asked: Asked) => Promise<string>,
): Promise<Answer> {
  const principal = await options.check(request.get('authorization'));
  if (denied(principal)) return denialAnswer(principal);
  const { reading, now, projectionDays } = options;
  const reader = { tenant: principal.tenant, environment: principal.environment };
  const caller = callerOf(principal, reader);
  by.caller = caller;
  const denial = mayNotAsk(caller);
  if (denial) return denialAnswer(denial);
  const at = instantAsked(request.query, now(), projectionDays);
  if ('status' in at) return at;
  const named = request.params.patient;
  const id = typeof named === 'string' ? caller.ours(named) : caller.principal.patient;
  const found = await reading.findStatus(reader, id ?? '');
  if (!found || !mayReadStatus(caller, found.patient)) return notFound;
  const body = await answer({ caller, found, at: at.instant });
  // Of now no answer is the same twice.
  const headers: Answer['headers'] = request.query.at === undefined ? {} : { ETag: etagOf(body) };
  return { status: 200, body, headers, patients: [found.patient.patientId] };
}

const etagOf = (body: string): string => `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;

const isKnown = (request: Request, { headers }: Answer): boolean =>
  headers?.ETag !== undefined && request.get('if-none-match')?.includes(headers.ETag) === true;

function send(response: Response, { status, body, headers = {} }: Answer, caller: Caller | undefined): void {
  response
    .status(status)
    .set({ 'Cache-Control': 'private, no-store', ...headers })
    .vary('Authorization');
  if (status === 304) {
    response.end();
    return;
  }
  const text = caller ? caller.theirs(body) : body;
  response.set('Content-Type', status === 200 ? 'application/json; charset=utf-8' : fhirJson);
  response.set('Content-Length', String(Buffer.byteLength(text)));
  response.end(text);
}
