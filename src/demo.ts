import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import { type App, openApp } from './app.ts';
import { generateSigningKey } from './auth/keys.ts';
import { type Config, configFrom } from './config.ts';
import { demoKey } from './fhir/identity.ts';
import { patientsOf } from './ledger/patients.ts';
import { ticketCounts } from './outbox/queue.ts';
import { therapyOf } from './pipeline.ts';
import type { SandboxApp } from './sandbox/app-registry.ts';
import { type Sandbox, startSandbox } from './sandbox/sandbox.ts';
import { type Service, startService } from './service.ts';
import { table } from './table.ts';

/** The demonstration: a temporary store, a sandbox hospital behind SMART, the sample therapies sent through. */

export interface Demo {
  readonly landed: boolean;
  readonly report: string;
  stop(): Promise<void>;
}

const clientId = 'itb-fhir-demo';
const pageClientId = 'itb-fhir-page';
const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';
/** The adapter's own page, as the hospital registers it. */
const pumpPage = (port: number): SandboxApp => ({
  clientId: pageClientId,
  name: 'the pump page',
  redirectUris: [`http://127.0.0.1:${port}/app/`],
  launchUrl: `http://127.0.0.1:${port}/app/launch`,
});
const longestWaitMs = 60_000;

export async function runDemo(wantedPort: number, say: (line: string) => void): Promise<Demo> {
  const started = new AsyncDisposableStack();
  try {
    const shown = await show(wantedPort, say, started);
    return { ...shown, stop: () => started.disposeAsync() };
  } catch (error) {
    // Servers left running would keep the process from ending.
    await started.disposeAsync();
    throw error;
  }
}

async function show(wantedPort: number, say: (line: string) => void, started: AsyncDisposableStack) {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-demo-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const events = await readFile(join(import.meta.dirname, 'sandbox', 'sample-therapies.ndjson'), 'utf8');
  const port = await freePort(wantedPort);
  const sandbox = await startSandbox({
    clients: [{ clientId, jwksUri: `http://127.0.0.1:${port}/.well-known/jwks.json`, scopes: ['system/*.crus'] }],
    apps: [pumpPage(port)],
    patients: patientsIn(events),
  });
  started.defer(() => sandbox.close());
  say(`Sandbox hospital (FHIR R4, SMART): ${sandbox.baseUrl}`);
  const app = await openApp(await demoConfig(folder, port, sandbox));
  const service = await startService(app, { pollIntervalMs: 200 });
  started.defer(() => service.stop());
  say(`Adapter:                           ${service.url}`);
  await send(service, events);
  const settled = await untilSettled(app);
  const { landed, rows } = await compare(app, sandbox);
  const lookAt = await addresses(service, sandbox);
  return {
    landed: landed && settled,
    report: `${table(['Patient', 'Events', 'Resources wanted', 'At the hospital'], rows)}\n\n${lookAt}`,
  };
}

async function demoConfig(folder: string, port: number, sandbox: Sandbox): Promise<Config> {
  const keys = [await generateSigningKey('ES384'), await generateSigningKey('RS384')];
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys }), { mode: 0o600 });
  const tokenKeys = { keys: [await generateSigningKey('ES384')] };
  await writeFile(join(folder, 'token-keys.json'), JSON.stringify(tokenKeys), { mode: 0o600 });
  const config = configFrom(
    {
      server: { port },
      store: { url: 'sqlite:ledger.sqlite' },
      calculatedValues: { show: true, clinicalOwner: 'demonstration' },
      terminologyPacks: ['snomed'],
      destinations: [
        {
          name: 'sandbox',
          environment: 'test',
          fhirBaseUrl: sandbox.baseUrl,
          clientId,
          signingKeysFile: 'keys.json',
          patientIdentifierSystems: { [mrnSystem]: mrnSystem },
        },
      ],
      issuers: [
        {
          ...{ issuer: sandbox.issuer, jwksUri: sandbox.jwksUri, environment: 'test' },
          // Its tokens, and its launches, speak of patients by the hospital's own ids.
          patientIdsOf: 'sandbox',
          exchange: { clientIds: [pageClientId], fhirBaseUrl: sandbox.baseUrl },
        },
      ],
      tokens: { signingKeysFile: 'token-keys.json' },
      people: { environment: 'test' },
      app: { clientId: pageClientId, launches: [{ iss: sandbox.baseUrl, name: 'Sandbox hospital' }] },
      logLevel: 'silent',
    },
    folder,
    'the demo configuration',
  );
  return { ...config, deploymentKey: demoKey };
}

/** The hospital knows its patients already; the adapter never creates one. */
function patientsIn(events: string): Patient[] {
  const lines = events
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SampleEvent);
  const numbers = new Set(lines.map((event) => event.patient.identifier.value));
  return [...numbers].map((value) => ({
    resourceType: 'Patient',
    identifier: [{ system: mrnSystem, value }],
    name: [{ family: `Sample ${value}` }],
  }));
}

interface SampleEvent {
  readonly patient: { readonly identifier: { readonly value: string } };
}

async function send(service: Service, events: string): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${service.url}/events`, { method: 'POST', headers, body: events });
  if (!response.ok) throw new Error(`the intake answered ${response.status}`);
}

/** Waits until nothing is due and nothing runs; false when it takes too long. */
async function untilSettled(app: App): Promise<boolean> {
  const giveUpAt = performance.now() + longestWaitMs;
  while (performance.now() < giveUpAt) {
    const counts = await ticketCounts(app.store.db);
    if (counts.length > 0 && counts.every(({ due, running, waiting }) => due + running + waiting === 0)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** What the mapping wants against what the hospital holds, identity by identity. */
async function compare(app: App, sandbox: Sandbox): Promise<{ landed: boolean; rows: string[][] }> {
  const held = new Set(sandbox.resources().flatMap((resource) => identitiesOf(resource, app.identifierSystem)));
  const rows: string[][] = [];
  let landed = true;
  for await (const patient of patientsOf(app.store.db, 'default', 'test')) {
    const { therapy, desired } = await therapyOf(app, patient, app.now());
    const missing = desired.resources.filter(({ identity }) => !held.has(identity));
    landed &&= missing.length === 0 && desired.resources.length > 0;
    rows.push([
      patient.patientId.slice(0, 8),
      String(therapy.entries.length),
      counted(desired.resources.map(({ resource }) => resource.resourceType)),
      missing.length === 0 ? `all ${desired.resources.length} there` : `${missing.length} missing`,
    ]);
  }
  return { landed: landed && rows.length > 0, rows };
}

/** The three kinds that a reader knows pumps by, and how many are around them. */
function counted(types: readonly string[]): string {
  const named = ['Device', 'MedicationAdministration', 'Observation'];
  const count = (isMeant: (type: string) => boolean) => types.filter(isMeant).length;
  const ofEach = named.map((name) => `${count((type) => type === name)} ${name}`);
  return [...ofEach, `${count((type) => !named.includes(type))} others`].join(', ');
}

function identitiesOf(resource: object, system: string): string[] {
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
  const tags = 'meta' in resource ? ((resource.meta as { tag?: { system?: string; code?: string }[] })?.tag ?? []) : [];
  return [
    ...identifiers.filter((identifier) => identifier.system === system).map((identifier) => identifier.value as string),
    ...tags.filter((tag) => tag.system === system).map((tag) => tag.code as string),
  ];
}

async function addresses({ url }: Service, sandbox: Sandbox): Promise<string> {
  const patient = sandbox.resources('Patient')[0]?.id;
  const asked = { scope: 'patient/*.rs', patient, audience: `${url}/fhir`, expiresInSeconds: 3600 };
  const token = await sandbox.issueUserToken(asked);
  return [
    'Look at:',
    `  ${url}/healthz`,
    `  ${url}/fhir/metadata`,
    `  ${url}/.well-known/jwks.json`,
    `  ${sandbox.ehrUrl}  (the hospital’s EHR: launch the pump page with a patient’s record open)`,
    `  ${url}/board  (the clinic’s refill board)`,
    `  ${sandbox.baseUrl}/metadata`,
    `  ${sandbox.baseUrl}/.well-known/smart-configuration`,
    'Pump status of the first patient, as an EHR app asks for it (the token is the sandbox hospital’s, for one hour):',
    `  curl -H 'Authorization: Bearer ${token}' ${url}/status/${patient}`,
  ].join('\n');
}

/** The wanted port, or any that is free. */
async function freePort(wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' && wanted !== 0) freePort(0).then(resolve, reject);
    else reject(error);
  });
  probe.listen(wanted, '127.0.0.1', () => {
    const address = probe.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}
