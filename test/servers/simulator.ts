/**
 * A simulated hospital: a real HTTP server on 127.0.0.1 that does what a CapabilityStatement offers, in the way of its
 * vendor, and nothing more; behind the strict token endpoint of the sandbox. What a client asks beyond the statement is
 * refused as the vendor refuses it, and counted as a violation.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CapabilityStatement, Patient, Resource } from '@medplum/fhirtypes';
import express, { type Express, type Request, type Response } from 'express';
import { loadBaseDefinitions } from '../../src/sandbox/base-definitions.ts';
import { smartConfiguration } from '../../src/sandbox/capability.ts';
import { assertionCheck } from '../../src/sandbox/client-assertion.ts';
import { newId, resourceStore } from '../../src/sandbox/resource-store.ts';
import type { SandboxClient } from '../../src/sandbox/sandbox.ts';
import { parseScopes } from '../../src/sandbox/scopes.ts';
import { serialiser } from '../../src/sandbox/serialiser.ts';
import { tokenRoutes } from '../../src/sandbox/token-endpoint.ts';
import { type SandboxTokens, sandboxTokens } from '../../src/sandbox/tokens.ts';
import { readRequest } from './asked.ts';
import type { Refusal, Reply } from './dialects.ts';
import { HospitalServer } from './hospital-server.ts';
import { offeredBy } from './offered.ts';
import { noQuirks, type Quirks } from './quirks.ts';
import { loadSearchParameters } from './searching.ts';

export interface SimulatorOptions {
  readonly statement: CapabilityStatement;
  readonly quirks?: Partial<Quirks>;
  readonly clients: readonly SandboxClient[];
}

export interface SimulatedRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: string;
  readonly status: number;
  /** What a bundle asked for: `METHOD Type` of each entry. */
  readonly entries?: readonly string[];
}

export interface Simulator {
  readonly baseUrl: string;
  /** Every request to the FHIR API, oldest first; tokens and discovery are not counted. */
  readonly requests: readonly SimulatedRequest[];
  /** What was asked beyond the statement, and why that is refused. None, for a client that reads statements. */
  readonly violations: readonly string[];
  resources(type?: string): Resource[];
  history(type: string, id: string): Resource[];
  addPatients(patients: readonly Patient[]): Promise<void>;
  /** The hospital's own staff writes, beside every rule of the API. */
  write(resource: Resource): Promise<Resource>;
  close(): Promise<void>;
}

export async function startSimulator({ statement, quirks: own, clients }: SimulatorOptions): Promise<Simulator> {
  loadBaseDefinitions();
  loadSearchParameters();
  const quirks = { ...noQuirks, ...own };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fhirBaseUrl = `${origin}/fhir`;
  const clock = Date.now;
  const tokens = await sandboxTokens({ issuer: origin, fhirBaseUrl, lifetimeSeconds: 300, clock });
  const store = resourceStore(clock);
  const requests: SimulatedRequest[] = [];
  const violations: string[] = [];
  const violated = (asked: string, refusal: Refusal) => violations.push(`${asked}: ${refusal}`);
  const hospital = new HospitalServer({ offered: offeredBy(statement), quirks, store, baseUrl: fhirBaseUrl, violated });
  server.on('request', app({ origin, statement, clients, tokens, hospital, requests }));
  const write = async (resource: Resource) => store.put({ ...resource, id: resource.id ?? newId() });
  return {
    baseUrl: fhirBaseUrl,
    requests,
    violations,
    resources: (type) => (type ? [type] : typesOf(statement)).flatMap((each) => [...store.all(each)]),
    history: (type, id) => [...store.versions(type, id)],
    write,
    addPatients: async (patients) => {
      for (const patient of patients) await write(patient);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const typesOf = ({ rest }: CapabilityStatement): string[] =>
  (rest ?? []).flatMap(({ resource }) => (resource ?? []).map(({ type }) => type as string));

interface AppParts {
  readonly origin: string;
  readonly statement: CapabilityStatement;
  readonly clients: readonly SandboxClient[];
  readonly tokens: SandboxTokens;
  readonly hospital: HospitalServer;
  readonly requests: SimulatedRequest[];
}

function app({ origin, statement, clients, tokens, hospital, requests }: AppParts): Express {
  const tokenUrl = `${origin}/auth/token`;
  const endpoints = { fhirBaseUrl: `${origin}/fhir`, issuer: origin, tokenUrl, jwksUri: `${origin}/auth/jwks.json` };
  const scopesOf = new Map(clients.map(({ clientId, scopes }) => [clientId, scopes]));
  const check = assertionCheck({ clients, tokenUrl, clock: Date.now });
  const oneAtATime = serialiser();
  const server = express().disable('x-powered-by').disable('etag');
  server.get('/fhir/metadata', (_request, response) => send(response, { status: 200, body: statement }));
  server.get('/fhir/.well-known/smart-configuration', (_request, response) => {
    response.json(smartConfiguration(endpoints));
  });
  const allowedScopes = (clientId: string) => scopesOf.get(clientId) ?? [];
  server.use('/auth/token', tokenRoutes({ check, allowedScopes, tokens, lifetimeSeconds: 300 }));
  server.use(express.json({ type: ['application/fhir+json', 'application/json'], limit: '50mb', strict: true }));
  server.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }));
  server.use('/fhir', async (request, response) => {
    const scope = await scopeOf(request, tokens);
    const raw = rawRequest(request);
    const asked = readRequest(raw);
    const answer = async (): Promise<Reply> =>
      scope === undefined ? { status: 401 } : hospital.answer(asked, parseScopes(scope));
    const reply = await oneAtATime(answer);
    const [path = '', query = ''] = raw.url.split('?');
    const entries = asked.kind === 'bundle' ? { entries: (asked.bundle.entry ?? []).map(entryInWords) } : {};
    requests.push({ method: raw.method, path, query, status: reply.status, ...entries });
    send(response, reply);
  });
  return server;
}

const entryInWords = ({ request }: { request?: { method?: string; url?: string } }): string =>
  `${request?.method} ${request?.url?.split(/[/?]/)[0]}`;

async function scopeOf(request: Request, tokens: SandboxTokens): Promise<string | undefined> {
  const [, token] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? [];
  if (token === undefined) return undefined;
  return tokens.verifyAccessToken(token).then(
    ({ scope }) => scope,
    () => undefined,
  );
}

const rawRequest = (request: Request) => ({
  method: request.method,
  url: request.url.replace(/^\//, ''),
  body: request.body as unknown,
  ifMatch: request.get('if-match'),
  ifNoneExist: request.get('if-none-exist'),
});

function send(response: Response, { status, body, contentType, headers }: Reply): void {
  response.status(status).set(headers ?? {});
  if (body === undefined) response.end();
  else
    response.type(contentType ?? 'application/fhir+json').send(typeof body === 'string' ? body : JSON.stringify(body));
}
