import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { demoKey } from './fhir/identity.ts';
import type { Emit } from './mapping/context.ts';
import type { Destination } from './sync/destination.ts';
import type { TherapySettings } from './therapy/settings.ts';
import { therapyConfig, therapySettings } from './therapy-config.ts';

/** Environment, configuration file and data folders → one validated object, or a sentence that says what to mend. */

export interface Config {
  /** Secret under which identities are derived. Part of the backup: losing it loses the link to what was written. */
  readonly deploymentKey: string;
  readonly storeUrl: string;
  readonly server: { readonly host: string; readonly port: number };
  readonly intake: { readonly maxBytes: number; readonly maxEvents: number; readonly maxDepth: number };
  readonly therapy: TherapySettings;
  readonly calculatedValues: 'shown' | 'withheld';
  /** Lists that clinicians keep, to which the adapter writes only where a site says so. */
  readonly emit: Required<Emit>;
  readonly terminologyPacks: readonly string[];
  /** Which tenant a source system reports for; others report for `default`. */
  readonly tenantOfSource: Readonly<Record<string, string>>;
  readonly destinations: readonly ConfiguredDestination[];
  readonly issuers: readonly { issuer: string; jwksUri: string; audience: string; tenant: string }[];
  readonly mappingsDir: string;
  readonly profilesDir: string;
  readonly logLevel: 'info' | 'warn' | 'error' | 'silent';
}

export interface ConfiguredDestination extends Destination {
  readonly clientId: string;
  /** A private JWKS (see auth/keys.ts). */
  readonly signingKeysFile: string;
  readonly scopes: readonly string[];
}

/** What is wrong with the configuration, in a sentence for the operator. */
export class ConfigError extends Error {}

const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** How tenants and destinations are named. */
export const tenantName = /^[a-z0-9][a-z0-9-]*$/;

const name = z.string().regex(tenantName, 'lower-case letters, digits and hyphens');

/** SMART v2 scopes of the graph tier: least privilege, no delete. */
const graphScopes = [
  'system/Patient.rs',
  'system/AdverseEvent.crus',
  'system/CarePlan.crus',
  'system/Device.crus',
  'system/Medication.crus',
  'system/MedicationAdministration.crus',
  'system/MedicationRequest.crus',
  'system/MedicationStatement.crus',
  'system/Observation.crus',
  'system/Procedure.crus',
  'system/Provenance.crs',
];

const destination = z.strictObject({
  name,
  tenant: name.default('default'),
  environment: z.enum(['live', 'test']),
  fhirBaseUrl: z.url(),
  clientId: z.string().min(1),
  signingKeysFile: z.string().min(1),
  scopes: z.array(z.string().min(1)).min(1).optional(),
  patientIdentifierSystems: z.record(z.string().min(1), z.string().min(1)),
  patientSearch: z.enum(['post', 'get']).default('post'),
  maxEntries: z.int().min(1).max(1000).default(200),
  requestTimeoutMs: z.int().min(100).default(30_000),
  concurrency: z.int().min(1).max(64).default(4),
});

const file = z.strictObject({
  deploymentKeyFile: z.string().default('.itb-fhir/deployment.key'),
  store: z
    .strictObject({ url: z.string().regex(/^(sqlite|postgres(ql)?):/) })
    .default({ url: 'sqlite:.itb-fhir/ledger.sqlite' }),
  server: z.strictObject({ port: z.int().min(0).max(65535).default(8080) }).prefault({}),
  intake: z
    .strictObject({
      maxBytes: z.int().positive().default(5_000_000),
      maxEvents: z.int().positive().default(5_000),
      maxDepth: z.int().positive().default(20),
    })
    .prefault({}),
  therapy: therapyConfig.prefault({}),
  calculatedValues: z
    .discriminatedUnion('show', [
      z.strictObject({ show: z.literal(false) }),
      z.strictObject({ show: z.literal(true), clinicalOwner: z.string().min(1) }),
    ])
    .default({ show: false }),
  emit: z
    .strictObject({
      condition: z.boolean().default(false),
      flag: z.boolean().default(false),
      allergy: z.boolean().default(false),
    })
    .prefault({}),
  terminologyPacks: z.array(z.string()).default([]),
  sources: z.record(z.string(), z.strictObject({ tenant: name })).default({}),
  destinations: z.array(destination).default([]),
  issuers: z
    .array(z.strictObject({ issuer: z.url(), jwksUri: z.url(), audience: z.url(), tenant: name.default('default') }))
    .default([]),
  logLevel: z.enum(['info', 'warn', 'error', 'silent']).default('info'),
});

export type ConfigFile = z.input<typeof file>;

/** Reads `path`, or the embedded defaults where no file was named and the default one is not there. */
export function loadConfig(path: string | undefined): Config {
  const { content, baseDir, source } = contentOf(path);
  return configFrom(content, baseDir, source);
}

/** What a dry run needs of the configuration. It makes no deployment key and opens no store. */
export type MappingConfig = Pick<Config, 'therapy' | 'emit' | 'terminologyPacks' | 'mappingsDir' | 'profilesDir'>;

export function loadMappingConfig(path: string | undefined): MappingConfig {
  const { content, source } = contentOf(path);
  return mappingPart(checked(content, source));
}

function contentOf(path: string | undefined): { content: unknown; baseDir: string; source: string } {
  const source = path ?? 'itb-fhir.json';
  if (!existsSync(source)) {
    if (path) throw new ConfigError(`There is no configuration file ${path}.`);
    return { content: {}, baseDir: process.cwd(), source: 'the configuration' };
  }
  try {
    return { content: JSON.parse(readFileSync(source, 'utf8')), baseDir: dirname(resolve(source)), source };
  } catch {
    throw new ConfigError(`${source} is not valid JSON.`);
  }
}

function checked(content: unknown, source: string): z.output<typeof file> {
  const parsed = file.safeParse(content);
  if (!parsed.success) throw new ConfigError(`${source} cannot be used:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function mappingPart({ therapy, emit, terminologyPacks }: z.output<typeof file>): MappingConfig {
  const mappingsDir = join(projectDir, 'mappings');
  return {
    therapy: therapySettings(therapy, mappingsDir),
    emit,
    terminologyPacks,
    mappingsDir,
    profilesDir: join(projectDir, 'profiles'),
  };
}

/** Relative paths in the file are relative to the file. */
export function configFrom(content: unknown, baseDir: string, source = 'the configuration'): Config {
  const data = checked(content, source);
  const at = (path: string) => resolve(baseDir, path);
  const names = data.destinations.map(({ tenant, name }) => `${tenant}/${name}`);
  const twice = names.find((one, n) => names.indexOf(one) !== n);
  if (twice) throw new ConfigError(`${source} names the destination ${twice} twice.`);
  const keyless = data.destinations.find(({ signingKeysFile }) => !existsSync(at(signingKeysFile)));
  if (keyless) throw new ConfigError(`${source}: there is no signingKeysFile ${at(keyless.signingKeysFile)}.`);
  return {
    ...mappingPart(data),
    deploymentKey: deploymentKey(at(data.deploymentKeyFile)),
    storeUrl: storeUrl(process.env.ITB_FHIR_STORE_URL ?? data.store.url, at),
    // Until senders are authenticated the service listens to this machine only.
    server: { host: '127.0.0.1', port: statedPort() ?? data.server.port },
    intake: data.intake,
    calculatedValues: data.calculatedValues.show ? 'shown' : 'withheld',
    tenantOfSource: Object.fromEntries(Object.entries(data.sources).map(([system, { tenant }]) => [system, tenant])),
    destinations: data.destinations.map((one) => ({
      ...one,
      scopes: one.scopes ?? [...graphScopes, ...scopesOf(data.emit)],
      signingKeysFile: at(one.signingKeysFile),
    })),
    issuers: data.issuers,
    logLevel: data.logLevel,
  };
}

/** Of what is written only because a site says so. */
function scopesOf({ condition, flag, allergy }: Required<Emit>): string[] {
  return [
    ...(condition ? ['system/Condition.crus'] : []),
    ...(flag ? ['system/Flag.crus'] : []),
    ...(allergy ? ['system/AllergyIntolerance.crus'] : []),
  ];
}

/** The published key protects nobody: it is for samples, and never serves a live environment. */
export function refuseDemoKey(config: Config): void {
  if (config.deploymentKey !== demoKey) return;
  throw new ConfigError('The deployment key is the published demo key. Set a secret of your own.');
}

/** From the environment, else from its file; a new deployment gets a new one, readable by its owner alone. */
function deploymentKey(path: string): string {
  const stated = process.env.ITB_FHIR_DEPLOYMENT_KEY;
  if (stated !== undefined) {
    if (stated.length < 32) throw new ConfigError('ITB_FHIR_DEPLOYMENT_KEY needs at least 32 characters.');
    return stated;
  }
  if (existsSync(path)) return keyIn(path);
  const key = randomBytes(32).toString('base64url');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

function keyIn(path: string): string {
  const key = readFileSync(path, 'utf8').trim();
  if (key.length < 32) throw new ConfigError(`The deployment key in ${path} needs at least 32 characters.`);
  return key;
}

function statedPort(): number | undefined {
  const stated = process.env.ITB_FHIR_PORT;
  if (stated === undefined) return undefined;
  if (!/^\d{1,5}$/.test(stated) || Number(stated) > 65535)
    throw new ConfigError('ITB_FHIR_PORT is a port, 0 to 65535.');
  return Number(stated);
}

function storeUrl(url: string, at: (path: string) => string): string {
  const path = /^sqlite:(?!:memory:)(.+)$/.exec(url)?.[1];
  if (!path) return url;
  const full = at(path);
  mkdirSync(dirname(full), { recursive: true });
  return `sqlite:${full}`;
}
