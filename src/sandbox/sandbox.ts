/**
 * A SANDBOX HOSPITAL. NOT THE PRODUCT, and not for patients' data: everything is in memory and gone at the end.
 * The demonstration and the tests need a hospital to talk to. This is one in the process: a FHIR R4 server on 127.0.0.1
 * behind SMART Backend Services and SMART App Launch that are as strict as the specification, so that what passes here
 * has a chance elsewhere. Its answers carry `Server: itb-fhir-sandbox`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Patient, Resource } from '@medplum/fhirtypes';
import type { AppEndpoints, SandboxApp } from './app-registry.ts';
import { loadBaseDefinitions } from './base-definitions.ts';
import type { KeyRegistration } from './client-keys.ts';
import { hospitalApp, type RequestRecord } from './hospital-app.ts';
import { launches } from './launches.ts';
import { checkStructure } from './resource-checks.ts';
import { newId, type ResourceStore, resourceStore } from './resource-store.ts';
import { serialiser } from './serialiser.ts';
import { servedTypes } from './served-types.ts';
import { type AccessGrant, sandboxTokens, type UserTokenClaims } from './tokens.ts';

export interface SandboxClient extends KeyRegistration {
  clientId: string;
  /** Pre-authorized system scopes, SMART v1 or v2. */
  scopes: string[];
}

export interface SandboxOptions {
  /** Default: any free port. */
  port?: number;
  clients: SandboxClient[];
  /** Default: none, and then there is no app launch. */
  apps?: SandboxApp[];
  patients?: Patient[];
  /** Default 300, the longest that the specification recommends. */
  tokenLifetimeSeconds?: number;
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** Added to each request. */
  latencyMs?: number;
  /** `batch`: a transaction is answered 200 with the errors inside and the rest is kept, as some servers do. */
  atomicTransactions?: 'yes' | 'batch';
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT/fhir` */
  baseUrl: string;
  issuer: string;
  tokenUrl: string;
  /** Public keys of the user tokens. */
  jwksUri: string;
  /** The page from which the EHR's user launches apps. */
  ehrUrl: string;
  /** An opaque id for the `launch` parameter, good for five minutes. */
  launch(context: { patient: string; needPatientBanner?: boolean }): string;
  /** An access token for the hospital's own FHIR API, as the code grant would give it to an app. */
  issueAppToken(grant: AccessGrant & { patient: string }): Promise<string>;
  /** The current versions, of all types or of one. Frozen. */
  resources(type?: string): Resource[];
  /** All versions of a resource, newest first. Frozen. */
  history(type: string, id: string): Resource[];
  /** The last 1000 requests, oldest first. */
  requests: readonly RequestRecord[];
  /** A JWT as the hospital's SMART server would give an EHR app: RS384, `iss` = issuer. */
  issueUserToken(claims: UserTokenClaims): Promise<string>;
  /** Registers patients as the hospital's staff would. Throws an OperationOutcomeError for an invalid one. */
  addPatients(patients: Patient[]): Promise<void>;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  loadBaseDefinitions();
  const { clock = Date.now, tokenLifetimeSeconds: lifetimeSeconds = 300 } = options;
  const server = createServer().listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const endpoints = endpointsAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { fhirBaseUrl, issuer, tokenUrl, jwksUri, ehrUrl } = endpoints;
  const tokens = await sandboxTokens({ issuer, fhirBaseUrl, lifetimeSeconds, clock });
  const store = resourceStore(clock);
  const oneAtATime = serialiser();
  const requests: RequestRecord[] = [];
  const { apps = [] } = options;
  const opened = launches(clock);
  const addPatients = (patients: Patient[]) => oneAtATime(() => register(patients, store));
  await addPatients(options.patients ?? []);
  const parts = { clock, lifetimeSeconds, endpoints, tokens, store, oneAtATime, requests, apps, launches: opened };
  server.on('request', hospitalApp({ ...options, ...parts }));

  return {
    ...{ baseUrl: fhirBaseUrl, issuer, tokenUrl, jwksUri, ehrUrl, requests },
    launch: ({ patient, needPatientBanner = true }) => opened.open({ patient, needPatientBanner }),
    issueAppToken: tokens.issueAccessToken,
    resources: (type) => (type ? [type] : servedTypes).flatMap((each) => [...store.all(each)]),
    history: (type, id) => [...store.versions(type, id)],
    issueUserToken: tokens.issueUserToken,
    addPatients,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const endpointsAt = (origin: string): AppEndpoints => ({
  fhirBaseUrl: `${origin}/fhir`,
  issuer: origin,
  tokenUrl: `${origin}/auth/token`,
  jwksUri: `${origin}/auth/jwks.json`,
  authorizeUrl: `${origin}/auth/authorize`,
  introspectionUrl: `${origin}/auth/introspect`,
  styleUrl: `${origin}/style.json`,
  ehrUrl: `${origin}/ehr`,
});

async function register(patients: Patient[], store: ResourceStore): Promise<void> {
  for (const patient of patients) {
    checkStructure(patient);
    store.put({ ...patient, id: patient.id ?? newId() });
  }
}
