import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import { type App, openApp } from '../../src/app.ts';
import { backendServicesClient } from '../../src/auth/backend-client.ts';
import { failed } from '../../src/auth/failure.ts';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import { generateSigningKey, loadSigningKeys, publicJwks, type SigningKey } from '../../src/auth/keys.ts';
import { configFrom } from '../../src/config.ts';
import { mrnSystem } from '../flow/events.ts';
import type { ServerKind } from './catalogue.ts';
import { type Engine, startHttpEngine, startMllpEngine } from './engine.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const clientId = 'itb-adapter';

/** A running server of one kind, its interface engine where it has one, and the folder that holds our key for it. */
export interface OpenServer {
  readonly kind: ServerKind;
  readonly simulator: Simulator;
  readonly engine?: Engine | undefined;
  readonly folder: string;
  readonly keys: readonly SigningKey[];
  close(): Promise<void>;
}

export async function openServer(kind: ServerKind): Promise<OpenServer> {
  const jwk = await generateSigningKey('ES384');
  const keys = await loadSigningKeys({ keys: [jwk] });
  const clients = [{ clientId, jwks: publicJwks(keys), scopes: ['system/*.crus'] }];
  const simulator = await startSimulator({ statement: kind.statement(), quirks: kind.quirks, clients });
  const folder = await mkdtemp(join(tmpdir(), 'itb-server-'));
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [jwk] }), { mode: 0o600 });
  const engine = kind.engine && (await (kind.engine === 'http' ? startHttpEngine() : startMllpEngine()));
  return {
    ...{ kind, simulator, engine, folder, keys },
    async close() {
      await Promise.all([simulator.close(), engine?.close()]);
    },
  };
}

/** The hospital's staff registers patients. */
export async function admit({ simulator }: OpenServer, ...mrns: readonly string[]): Promise<void> {
  await simulator.addPatients(
    mrns.map(
      (value): Patient => ({
        resourceType: 'Patient',
        id: `patient-${value.toLowerCase()}`,
        identifier: [{ system: mrnSystem, value }],
        name: [{ text: `Patient ${value}` }],
      }),
    ),
  );
}

/** A new deployment of the adapter, with an empty store, configured for this server as a site would. */
export async function openDeployment(
  server: OpenServer,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<App> {
  const destination = { ...destinationOf(server), ...settings };
  const config = { store: { url: 'sqlite::memory:' }, logLevel: 'silent', destinations: [destination] };
  return openApp(configFrom(config, server.folder));
}

function destinationOf({ kind, simulator, engine }: OpenServer): Record<string, unknown> {
  const { preset, facts, discrete } = kind;
  return {
    name: 'hospital',
    environment: 'test',
    fhirBaseUrl: simulator.baseUrl,
    clientId,
    signingKeysFile: 'keys.json',
    scopes: ['system/*.crus'],
    patientIdentifierSystems: { [mrnSystem]: mrnSystem },
    requestTimeoutMs: 5_000,
    ...(preset && { preset }),
    ...(facts && { facts }),
    projection: {
      ...(discrete && { discrete: { evidence: 'tried with the simulator', on: '2026-11-01' } }),
      ...(engine && { hl7v2: engineSettings(engine, kind) }),
    },
  };
}

function engineSettings({ host, port, url }: Engine, { engine }: ServerKind): Record<string, unknown> {
  const transport = engine === 'http' ? { kind: 'http', url } : { kind: 'mllp', host, port, tls: false };
  return {
    transport,
    sendingFacility: 'PUMPCLINIC',
    receivingApplication: 'ENGINE',
    receivingFacility: 'HOSPITAL',
    assigningAuthorities: { [mrnSystem]: 'HOSPITAL' },
  };
}

/** One request of ours to the server as it is, beside the adapter. */
export async function ask(
  { simulator, keys }: OpenServer,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const fhirBaseUrl = simulator.baseUrl;
  const auth = backendServicesClient({
    ...{ fhirBaseUrl, clientId, keys: fixedKeys(keys), scopes: ['system/*.crus'] },
    ...{ requestTimeoutMs: 5_000, fetch },
  });
  const access = await auth.authorizationFor(fhirBaseUrl);
  if (failed(access)) throw new Error(access.problem.code);
  const isForm = typeof options.body === 'string';
  const response = await fetch(path === '' ? fhirBaseUrl : `${fhirBaseUrl}/${path}`, {
    method,
    headers: {
      authorization: access.authorization,
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/fhir+json',
      ...options.headers,
    },
    ...(options.body !== undefined && {
      body: isForm ? (options.body as string) : JSON.stringify(options.body),
    }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
