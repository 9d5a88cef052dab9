import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { type App, openApp } from '../../src/app.ts';
import { generateSigningKey, type PrivateSigningJwk, type SigningAlg } from '../../src/auth/keys.ts';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { eventExamples } from '../../src/event/json-schema.ts';
import { readEvents } from '../../src/intake/json.ts';
import { ingest } from '../../src/pipeline.ts';
import { type Access, openAccess } from '../../src/readers/access.ts';
import { readModel } from '../../src/readers/reading.ts';
import { mrnSystem, refill, sourceSystem } from '../http/sample-events.ts';
import { listen } from './local-server.ts';

/** Our endpoints for tokens over a real store, at an address of their own, and who a token makes of its bearer. */
export interface AccessSite {
  readonly url: string;
  readonly app: App;
  readonly access: Access;
  /** Posts a form. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Posted>;
  /** A patient who is known here, by the keyed id; `there`: what the destination `ehr` calls it. */
  patient(recordNumber: string, there?: string, environment?: 'live' | 'test'): Promise<string>;
  /** The one person that two record numbers turned out to be. */
  merge(survivor: string, ended: string): Promise<void>;
  close(): Promise<void>;
}

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface SiteFiles {
  readonly url: string;
  /** Writes keys to a file of this name, which it answers. */
  keyFile(name: string, ...keys: PrivateSigningJwk[]): string;
  secretFile(name: string, secret: string): string;
}

export interface SiteSettings {
  readonly file: (site: SiteFiles) => ConfigFile;
  readonly clock?: () => Temporal.Instant;
  /** What is served; without it: our endpoints for tokens. */
  readonly serve?: (app: App) => express.Express;
}

export async function startAccessSite({ file, clock, serve }: SiteSettings): Promise<AccessSite> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-access-'));
  let handler = express();
  const server = await listen((request, response) => handler(request, response));
  const written: Promise<void>[] = [];
  const keyFile = (name: string, ...keys: PrivateSigningJwk[]) => {
    written.push(writeFile(join(folder, name), JSON.stringify({ keys }), { mode: 0o600 }));
    return name;
  };
  const secretFile = (name: string, secret: string) => {
    written.push(writeFile(join(folder, name), secret, { mode: 0o600 }));
    return name;
  };
  const content = file({ url: server.url, keyFile, secretFile });
  await Promise.all(written);
  const config = configFrom({ logLevel: 'silent', ...content, server: { publicUrl: server.url } }, folder);
  const opened = await openApp(config).catch(async (error: unknown) => {
    await server.close();
    await rm(folder, { recursive: true });
    throw error;
  });
  const app: App = clock ? { ...opened, now: clock } : opened;
  const access = openAccess(app, readModel(app));
  handler = serve?.(app) ?? express().use(access.routes);
  return {
    ...{ url: server.url, app, access },
    post: (path, form, headers) => post(server.url + path, form, headers),
    patient: async (recordNumber, there, environment = 'live') => {
      const over = { patient: called(recordNumber), test: environment === 'test' };
      const id = await reported(app, refill(`refill ${recordNumber}`, over));
      if (there !== undefined) await matched(app, id, there);
      return id;
    },
    merge: async (survivor, ended) => {
      const example = eventExamples().find(({ type }) => type === 'merge')?.example;
      const source = { system: sourceSystem, eventId: `merge ${ended}` };
      await reported(app, { ...example, source, test: false, patient: called(survivor), merged: called(ended) });
    },
    async close() {
      await server.close();
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A private key for a file of ours, as `itb-fhir keys` makes it. */
export const newKey = (alg: SigningAlg = 'ES384'): Promise<PrivateSigningJwk> => generateSigningKey(alg);

async function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Posted> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Posted['body'] };
}

const called = (recordNumber: string) => ({ identifier: { system: mrnSystem, value: recordNumber } });

async function reported(app: App, event: object): Promise<string> {
  const items = readEvents(JSON.stringify(event), 'json', app.config.intake);
  if ('problem' in items) throw new Error(items.problem.code);
  const [receipt] = await ingest(app, items);
  if (receipt?.outcome !== 'accepted' || receipt.patient === undefined) throw new Error(JSON.stringify(receipt));
  return receipt.patient;
}

const matched = (app: App, patient_id: string, server_id: string) =>
  app.store.db
    .insertInto('patient_match')
    .values({ tenant: 'default', destination: 'ehr', patient_id, server_id, matched_at: 0 })
    .execute();
