import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patient } from '@medplum/fhirtypes';
import { type App, openApp } from '../../src/app.ts';
import { generateSigningKey } from '../../src/auth/keys.ts';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { ticketCounts } from '../../src/outbox/queue.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Service, startService } from '../../src/service.ts';
import { mrnSystem } from '../http/sample-events.ts';
import { type StoryName, storyText } from '../http/test-service.ts';
import { type SmartServer, startSmartServer } from '../smart-server/smart-server.ts';

/** The real service with its page, the sandbox hospital that it writes to, and a SMART server that is not ours. */
export interface PageSite {
  readonly url: string;
  readonly hospital: Sandbox;
  readonly smart: SmartServer;
  /** Of a story that was sent and has arrived at the hospital: our id, and the hospital's. */
  patientOf(story: StoryName): { readonly ours: string; readonly there: string };
  close(): Promise<void>;
}

export const pageClient = 'pump-page';
const backEnd = 'adapter';

/** `stories`: sent and written to the hospital before the site is there. */
export async function startPageSite(stories: readonly StoryName[]): Promise<PageSite> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-page-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const texts = await Promise.all(stories.map(storyText));
  const numbers = texts.map((text) => firstIn(text).patient.identifier.value);
  const hospital = await startSandbox({
    clients: [{ clientId: backEnd, jwksUri: `${url}/.well-known/jwks.json`, scopes: ['system/*.crus'] }],
    apps: [{ clientId: pageClient, redirectUris: [`${url}/app/`], launchUrl: `${url}/app/launch` }],
    patients: texts.map(patientOf),
  });
  const smart = await startSmartServer({
    apps: [{ clientId: pageClient, redirectUris: [`${url}/app/`] }],
    tokensFor: { [`${url}/fhir`]: 'jwt' },
    ehr: hospital,
  });
  for (const name of ['keys.json', 'tokens.json']) {
    await writeFile(join(folder, name), JSON.stringify({ keys: [await generateSigningKey('ES384')] }), { mode: 0o600 });
  }
  const app = await openApp(configFrom(configOf({ port, url, hospital, smart }), folder));
  const service = await startService(app, { pollIntervalMs: 50 });
  const ours = await send(service, texts);
  await settled(app);
  const there = numbers.map((number) => idOfNumber(hospital, number));
  return {
    ...{ url, hospital, smart },
    patientOf(story) {
      const n = stories.indexOf(story);
      return { ours: ours[n] ?? '', there: there[n] ?? '' };
    },
    async close() {
      await service.stop();
      await smart.close();
      await hospital.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Places {
  readonly port: number;
  readonly url: string;
  readonly hospital: Sandbox;
  readonly smart: SmartServer;
}

/** Three ways to a patient: the hospital's launch in exchange, the hospital's own record, our own FHIR base. */
function configOf({ port, url, hospital, smart }: Places): ConfigFile {
  const toUs = {
    authorizationEndpoint: smart.authorizeUrl,
    tokenEndpoint: smart.tokenUrl,
    capabilities: ['launch-ehr', 'launch-standalone', 'client-public', 'context-ehr-patient', 'permission-patient'],
  };
  const allowAddresses = ['127.0.0.1'];
  return {
    server: { port },
    logLevel: 'silent',
    store: { url: 'sqlite:ledger.sqlite' },
    calculatedValues: { show: true, clinicalOwner: 'test' },
    destinations: [
      {
        name: 'hospital',
        environment: 'test',
        fhirBaseUrl: hospital.baseUrl,
        clientId: backEnd,
        signingKeysFile: 'keys.json',
        patientIdentifierSystems: { [mrnSystem]: mrnSystem },
        allowAddresses,
      },
    ],
    tokens: { signingKeysFile: 'tokens.json' },
    issuers: [
      {
        issuer: hospital.issuer,
        environment: 'test',
        jwksUri: hospital.jwksUri,
        patientIdsOf: 'hospital',
        exchange: { clientIds: [pageClient], fhirBaseUrl: hospital.baseUrl },
        allowAddresses,
      },
      {
        issuer: smart.issuer,
        environment: 'test',
        jwksUri: smart.jwksUri,
        patientIdsOf: 'hospital',
        smart: toUs,
        allowAddresses,
      },
    ],
    app: {
      clientId: pageClient,
      launches: [
        { iss: hospital.baseUrl, name: 'Sandbox hospital' },
        { iss: smart.fhirBaseUrl, name: 'Hospital record', read: 'ehr' },
        { iss: `${url}/fhir`, name: 'Pump adapter', connect: [smart.issuer] },
      ],
    },
  };
}

/** Born as the story says; where it says nothing, the hospital knows all the same. */
function patientOf(text: string, n: number): Patient {
  const { patient, birthDate = '2013-02-14' } = firstIn(text);
  return {
    resourceType: 'Patient',
    identifier: [{ system: mrnSystem, value: patient.identifier.value }],
    name: [{ given: ['Rosalind'], family: `Sample ${n + 1}` }],
    birthDate,
  };
}

interface FirstEvent {
  readonly patient: { readonly identifier: { readonly value: string } };
  readonly birthDate?: string;
}

function firstIn(text: string): FirstEvent {
  const [first = ''] = text.split('\n');
  return JSON.parse(first) as FirstEvent;
}

/** Our ids of the patients, in the order of the texts. */
async function send(service: Service, texts: readonly string[]): Promise<string[]> {
  const ids = texts.map(async (body) => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await fetch(`${service.url}/events`, { method: 'POST', headers, body });
    const { events } = (await response.json()) as { events: readonly { patient: string }[] };
    return events[0]?.patient ?? '';
  });
  return Promise.all(ids);
}

async function settled(app: App): Promise<void> {
  for (;;) {
    const counts = await ticketCounts(app.store.db);
    if (counts.length > 0 && counts.every(({ due, running, waiting }) => due + running + waiting === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function idOfNumber(hospital: Sandbox, number: string): string {
  const patient = hospital
    .resources('Patient')
    .find((one) => 'identifier' in one && JSON.stringify(one.identifier).includes(`"${number}"`));
  return patient?.id ?? '';
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const address = probe.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}
