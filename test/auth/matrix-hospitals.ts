import type { PrivateSigningJwk } from '../../src/auth/keys.ts';
import { httpApp } from '../../src/http.ts';
import { readEvents } from '../../src/intake/json.ts';
import { ingest } from '../../src/pipeline.ts';
import { readModel } from '../../src/readers/reading.ts';
import type { Environment } from '../../src/store/schema.ts';
import { mrnSystem } from '../http/sample-events.ts';
import { type StoryName, storyText } from '../http/test-service.ts';
import { idleIntake } from '../receiving/idle-intake.ts';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';
import { type IntrospectingIssuer, startIntrospectingIssuer } from './introspecting-issuer.ts';
import { appClientId, type LaunchingEhr, startLaunchingEhr } from './launching-ehr.ts';
import { countQueries } from './query-count.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** Two hospitals, each with its own authorization servers; the service between them, and four patients. */
export interface Hospitals {
  readonly site: AccessSite;
  /** Of the hospital in the north. */
  readonly jwks: SigningIssuer;
  readonly opaque: IntrospectingIssuer;
  readonly ehr: LaunchingEhr;
  readonly ownKey: PrivateSigningJwk;
  readonly registryKey: PrivateSigningJwk;
  /** Of the hospital in the south. */
  readonly south: SigningIssuer;
  readonly patients: Readonly<Record<Whose, MatrixPatient>>;
  /** How many queries were asked since the last time. */
  queries(): number;
  close(): Promise<void>;
}

export interface SigningIssuer extends TokenIssuer {
  readonly key: IssuerKey;
}

/** Of the launch; of the same hospital; of the same hospital, but no test patient; of the other hospital. */
export type Whose = 'own' | 'other' | 'live' | 'foreign';

export interface MatrixPatient {
  readonly tenant: string;
  readonly environment: Environment;
  readonly id: string;
  /** What the EHR calls the patient. */
  readonly there: string;
  readonly resources: readonly MatrixResource[];
  /** Record number, serial numbers, ids: what nobody else may see. */
  readonly secrets: readonly string[];
}

export interface MatrixResource {
  readonly type: string;
  readonly id: string;
  readonly content: Record<string, unknown>;
}

export const now = Temporal.Instant.from('2026-06-01T12:00:00Z');

const told: Readonly<Record<Whose, { tenant: string; environment: Environment; there: string; story: StoryName }>> = {
  own: { tenant: 'north', environment: 'test', there: 'there-1', story: 'spinal-cord-injury-on-time-refills' },
  other: { tenant: 'north', environment: 'test', there: 'there-2', story: 'flex-and-kinked-catheter' },
  live: { tenant: 'north', environment: 'live', there: 'there-3', story: 'missed-refill-and-withdrawal' },
  foreign: { tenant: 'south', environment: 'test', there: 'there-4', story: 'infection-explant-and-reimplant' },
};

export async function startHospitals(): Promise<Hospitals> {
  const [jwks, south, opaque] = [await signingIssuer(), await signingIssuer(), await startIntrospectingIssuer()];
  const ehr = await startLaunchingEhr(() => now);
  const [ownKey, registryKey] = [await newKey(), await newKey()];
  const counter = countQueries();
  const site = await startAccessSite({
    clock: () => now,
    serve: (app) => httpApp(counter.counting(app), idleIntake(app)),
    file: ({ keyFile }) => configuration({ jwks, south, opaque, ehr }, keyFile, ownKey, registryKey),
  });
  const patients = {
    own: await patientOf(site, 'own'),
    other: await patientOf(site, 'other'),
    live: await patientOf(site, 'live'),
    foreign: await patientOf(site, 'foreign'),
  };
  return {
    ...{ site, jwks, south, opaque, ehr, ownKey, registryKey, patients, queries: counter.taken },
    async close() {
      await site.close();
      await Promise.all([jwks.close(), south.close(), opaque.close(), ehr.close()]);
    },
  };
}

type Issuers = Pick<Hospitals, 'jwks' | 'south' | 'opaque' | 'ehr'>;
type FileOf = Parameters<typeof startAccessSite>[0]['file'];

/** Tokens for this audience come from an issuer that vouches for the whole clinic of its users. */
export const wideAudience = 'urn:north:whole-clinic';

function configuration(
  { jwks, south, opaque, ehr }: Issuers,
  keyFile: Parameters<FileOf>[0]['keyFile'],
  ownKey: PrivateSigningJwk,
  registryKey: PrivateSigningJwk,
): ReturnType<FileOf> {
  const signingKeysFile = keyFile('own.json', ownKey);
  const { d: _, ...jwk } = registryKey;
  const north = { tenant: 'north', environment: 'test' as const };
  const [signed, signedSouth] = [jwks, south].map(({ issuer, jwksUri }) => ({ issuer, jwksUri }));
  const introspection = {
    ...{ url: opaque.introspectionUrl, clientId: 'adapter', clientSecretFile: keyFile('secret.json') },
  };
  const exchange = { clientIds: [appClientId], fhirBaseUrl: ehr.fhirBaseUrl };
  return {
    tokens: {
      signingKeysFile,
      clients: [{ ...north, clientId: 'registry', jwksFile: keyFile('registry.json', jwk), scopes: ['system/*.rs'] }],
    },
    destinations: [
      {
        ...{ ...north, name: 'ehr', fhirBaseUrl: ehr.fhirBaseUrl, clientId: 'itb', signingKeysFile },
        patientIdentifierSystems: { [mrnSystem]: mrnSystem },
      },
    ],
    issuers: [
      { ...north, ...(signed as { issuer: string }) },
      { ...north, ...(signed as { issuer: string }), audience: wideAudience, userReach: 'tenant' },
      { ...north, issuer: opaque.issuer, introspection, patientIdsOf: 'ehr' },
      { ...north, ...{ issuer: ehr.issuer.issuer, jwksUri: ehr.issuer.jwksUri }, patientIdsOf: 'ehr', exchange },
      { ...(signedSouth as { issuer: string }), tenant: 'south', environment: 'test' },
    ],
  };
}

async function signingIssuer(): Promise<SigningIssuer> {
  const issuer = await startTokenIssuer();
  const key = await issuer.newKey('ES384');
  issuer.publish(key);
  return { ...issuer, key };
}

async function patientOf({ app }: AccessSite, whose: Whose): Promise<MatrixPatient> {
  const { tenant, environment, story, there } = told[whose];
  const text = await storyText(story);
  const events = environment === 'test' ? text : text.replaceAll('"test": true', '"test": false');
  const items = readEvents(events, 'ndjson', app.config.intake);
  if ('problem' in items) throw new Error(items.problem.code);
  const [receipt] = await ingest(app, items, tenant);
  const id = receipt?.patient as string;
  await app.store.db
    .insertInto('patient_match')
    .values({ tenant, destination: 'ehr', patient_id: id, server_id: there, matched_at: 0 })
    .execute();
  await readModel(app).refresh({ tenant, environment, patientId: id });
  const rows = await app.store.db
    .selectFrom('resource')
    .select(['type', 'id', 'content'])
    .where('tenant', '=', tenant)
    .where('patient_id', '=', id)
    .where('state', '=', 'live')
    .orderBy('seq')
    .execute();
  const resources = rows.map(({ content, ...row }) => ({ ...row, content: JSON.parse(content) }));
  return { ...{ tenant, environment, id, there, resources }, secrets: secretsIn(text, resources, [id, there]) };
}

/** Ids of resources, record numbers, serial numbers, lots. */
function secretsIn(events: string, resources: readonly MatrixResource[], names: readonly string[]): readonly string[] {
  const stated = [...events.matchAll(/"(?:serialNumber|lotNumber|value)": "([^"]{6,})"/g)].map(
    ([, value = '']) => value,
  );
  return [...new Set([...names, ...resources.map(({ id }) => id), ...stated])];
}
