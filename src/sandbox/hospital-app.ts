import { setTimeout as delay } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { accessCheck } from './access-check.ts';
import { withAppLaunch } from './app-discovery.ts';
import { appLaunchRoutes, forBrowsers } from './app-launch.ts';
import type { AppEndpoints, SandboxApp } from './app-registry.ts';
import { capabilityStatement, smartConfiguration } from './capability.ts';
import { assertionCheck } from './client-assertion.ts';
import type { KeyRegistration } from './client-keys.ts';
import { codeGrant } from './code-grant.ts';
import { codes } from './codes.ts';
import { fhirRoutes } from './fhir-endpoint.ts';
import { send } from './http-answer.ts';
import type { Launches } from './launches.ts';
import { outcome } from './refusal.ts';
import { SandboxRepository } from './repository.ts';
import type { ResourceStore } from './resource-store.ts';
import { searchPages } from './search-pages.ts';
import { tokenRoutes } from './token-endpoint.ts';
import type { SandboxTokens } from './tokens.ts';

export interface HospitalParts {
  endpoints: AppEndpoints;
  clients: readonly (KeyRegistration & { clientId: string; scopes: string[] })[];
  apps: readonly SandboxApp[];
  launches: Launches;
  tokens: SandboxTokens;
  lifetimeSeconds: number;
  store: ResourceStore;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  requests: RequestRecord[];
  clock: () => number;
  latencyMs?: number;
  atomicTransactions?: 'yes' | 'batch';
}

/** One answered request: the path has no query, hence no identifier of a patient. */
export interface RequestRecord {
  method: string;
  path: string;
  status: number;
}

const keptRequests = 1000;

/** Puts the hospital's parts together: discovery and keys (open), the token endpoint, the launch of apps, the FHIR API. */
export function hospitalApp(parts: HospitalParts): Express {
  const { endpoints, tokens, lifetimeSeconds, clients, apps, launches, store, oneAtATime, clock } = parts;
  const startedAt = Temporal.Instant.fromEpochMilliseconds(clock()).toString({ smallestUnit: 'second' });
  const statement = capabilityStatement(endpoints, startedAt);
  const scopesOf = new Map(clients.map(({ clientId, scopes }) => [clientId, scopes]));
  const allowedScopes = (clientId: string) => scopesOf.get(clientId) ?? [];
  const discovery = smartConfiguration(endpoints);
  const pages = searchPages(endpoints.fhirBaseUrl);

  const app = express().disable('x-powered-by').disable('etag');
  app.use(recorded(parts));
  app.use(['/fhir', '/auth/token', '/auth/jwks.json'], forBrowsers);
  app.get('/fhir/metadata', (_request, response) => send(response, 200, statement));
  app.get('/fhir/.well-known/smart-configuration', (_request, response) => {
    response.json(apps.length > 0 ? withAppLaunch(discovery, endpoints) : discovery);
  });
  app.get('/auth/jwks.json', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json(tokens.jwks);
  });
  const check = assertionCheck({ clients, tokenUrl: endpoints.tokenUrl, clock });
  const issued = codes(clock);
  const grant = { apps, codes: issued, tokens, lifetimeSeconds, endpoints };
  const forApps = apps.length > 0 ? { codeGrant: codeGrant(grant) } : {};
  app.use('/auth/token', tokenRoutes({ check, allowedScopes, tokens, lifetimeSeconds, ...forApps }));
  if (apps.length > 0) app.use(appLaunchRoutes({ apps, endpoints, launches, codes: issued, tokens, store, check }));
  app.use(
    '/fhir',
    fhirRoutes({
      fhirBaseUrl: endpoints.fhirBaseUrl,
      authorize: accessCheck(tokens),
      repositoryFor: (bearer) => new SandboxRepository(store, pages, bearer),
      oneAtATime,
      atomicTransactions: parts.atomicTransactions ?? 'yes',
    }),
  );
  app.use(answerError);
  return app;
}

function recorded({ requests, latencyMs = 0 }: HospitalParts): RequestHandler {
  return async (request, response, next) => {
    const { method, path } = request;
    response.set('Server', 'itb-fhir-sandbox');
    response.on('finish', () => {
      requests.push({ method, path, status: response.statusCode });
      if (requests.length > keptRequests) requests.shift();
    });
    if (latencyMs > 0) await delay(latencyMs);
    next();
  };
}

/** Unreadable bodies arrive here from the body parsers, with a status; anything else is a bug of the sandbox. */
const answerError: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
  const status = error.status ?? 500;
  const issue = status < 500 ? outcome('structure', 'The body cannot be read') : outcome('exception', 'Internal error');
  send(response, status, issue);
};
