import { OperationOutcomeError } from '@medplum/core';
import { type FhirRequest, type FhirResponse, FhirRouter } from '@medplum/fhir-router';
import type { OperationOutcome } from '@medplum/fhirtypes';
import express, { type Request, Router } from 'express';
import { bundleHandler } from './bundle-handler.ts';
import { respond, send } from './http-answer.ts';
import { checkPreconditions } from './preconditions.ts';
import { outcome } from './refusal.ts';
import type { Bearer, SandboxRepository } from './repository.ts';

export interface FhirEndpointParts {
  fhirBaseUrl: string;
  /** Who may do what, from the `Authorization` header; or why it is not accepted. */
  authorize: (authorization: string | undefined) => Promise<Bearer | { refused: string; challenge: string }>;
  repositoryFor: (bearer: Bearer) => SandboxRepository;
  /** Runs one request at a time: concurrent conditional creates must not both see "none". */
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  atomicTransactions: 'yes' | 'batch';
}

const jsonTypes = ['application/fhir+json', 'application/json', 'application/json+fhir'];

/** The FHIR API behind its bearer check. */
export function fhirRoutes(parts: FhirEndpointParts): Router {
  const fhir = fhirRouter(parts.atomicTransactions);
  const router = Router({ strict: true });
  router.use(async (request, response, next) => {
    const bearer = await parts.authorize(request.headers.authorization);
    if ('permits' in bearer) {
      response.locals.bearer = bearer;
      return next();
    }
    send(response.set('WWW-Authenticate', bearer.challenge), 401, outcome('login', bearer.refused));
  });
  router.use((request, response, next) => {
    if (request.accepts([...jsonTypes, 'json'])) return next();
    send(response, 406, outcome('not-supported', 'Only JSON is offered'));
  });
  router.use(express.json({ type: jsonTypes, limit: '10mb', strict: true }));
  router.use(express.urlencoded({ type: 'application/x-www-form-urlencoded', limit: '64kb', extended: false }));
  router.use(async (request, response) => {
    const unreadable = mediaTypeProblem(request);
    if (unreadable) return send(response, 415, unreadable);
    const answer = await parts.oneAtATime(() => handle(request, response.locals.bearer as Bearer, fhir, parts));
    respond(request, response, answer, parts.fhirBaseUrl);
  });
  return router;
}

/** The router without what this server does not offer, and with its own rule for bundles. */
function fhirRouter(atomicTransactions: 'yes' | 'batch'): FhirRouter {
  const fhir = new FhirRouter();
  const replaced = ['operation', 'patch', 'search-system', 'batch'];
  const kept = fhir.router.routes.filter(({ data, method, path }) => {
    const isConditionalDelete = method === 'DELETE' && path.length === 1;
    return !replaced.includes(data?.interaction ?? '') && !isConditionalDelete;
  });
  fhir.router.routes.splice(0, fhir.router.routes.length, ...kept);
  fhir.add('POST', '', bundleHandler(atomicTransactions), 'batch');
  return fhir;
}

async function handle(
  request: Request,
  bearer: Bearer,
  fhir: FhirRouter,
  parts: FhirEndpointParts,
): Promise<FhirResponse> {
  try {
    checkPreconditions(request.headers, request.body as unknown);
  } catch (error) {
    if (error instanceof OperationOutcomeError) return [error.outcome];
    throw error;
  }
  const fhirRequest: FhirRequest = {
    method: request.method as FhirRequest['method'],
    url: request.url,
    pathname: '',
    params: {},
    query: {},
    body: request.body,
    headers: request.headers,
  };
  return fhir.handleRequest(fhirRequest, parts.repositoryFor(bearer));
}

function mediaTypeProblem(request: Request): OperationOutcome | undefined {
  if (!['POST', 'PUT', 'PATCH'].includes(request.method)) return undefined;
  const expected = request.path.endsWith('/_search') ? ['application/x-www-form-urlencoded'] : jsonTypes;
  return request.is(expected) ? undefined : outcome('not-supported', `Content-Type is one of ${expected.join(', ')}`);
}
