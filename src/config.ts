import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  type ConfiguredIssuer,
  type ConfiguredTokens,
  configuredIssuer,
  configuredTokens,
  issuersConfig,
  tokensConfig,
} from './config-access.ts';
import { unusableAccess } from './config-access-check.ts';
import { appConfig, unusableLaunch } from './config-app.ts';
import { cardsConfig, unusableCards } from './config-cards.ts';
import {
  type ConfiguredDestination,
  configuredDestination,
  type DestinationFile,
  destinationConfig,
  name,
  type Surroundings,
  unusable,
} from './config-destination.ts';
import { fhirReadConfig } from './config-fhir-read.ts';
import { type IntakeConfig, intakeConfig } from './config-intake.ts';
import { configuredMllp, hl7v2Config, type MllpListener, mllpConfig, unusableMllp } from './config-mllp.ts';
import { boardConfig, type ConfiguredPeople, configuredPeople, peopleConfig, unusablePeople } from './config-people.ts';
import { type ReadingConfig, readingConfig } from './config-reading.ts';
import { type Retention, retentionConfig, retentionOf } from './config-retention.ts';
import {
  type ConfiguredSender,
  configuredSender,
  provesItself,
  sendersConfig,
  unusableSenders,
} from './config-senders.ts';
import { type ConfiguredServer, configuredServer, serverConfig, unusableServer } from './config-server.ts';
import { demoKey } from './fhir/identity.ts';
import type { Emit } from './mapping/context.ts';
import { statusConfig, statusRules } from './status-rules.ts';
import type { TherapySettings } from './therapy/settings.ts';
import { therapyConfig, therapySettings } from './therapy-config.ts';
import type { TracingSettings } from './tracing.ts';
import { urlSpace } from './url-space.ts';
import type { StatusRules } from './views/pump-status/rules.ts';

/** Environment, configuration file and data folders → one validated object, or a sentence that says what to mend. */

export interface Config {
  /** Secret under which identities are derived. Part of the backup: losing it loses the link to what was written. */
  readonly deploymentKey: string;
  readonly storeUrl: string;
  readonly server: ConfiguredServer;
  /** Who may report events. None who can prove it: whoever is on this machine. */
  readonly senders: readonly ConfiguredSender[];
  /** Opens the operators' interface; absent: there is none. */
  readonly adminToken?: string | undefined;
  readonly intake: IntakeConfig;
  readonly therapy: TherapySettings;
  readonly calculatedValues: 'shown' | 'withheld';
  /** Lists that clinicians keep, to which the adapter writes only where a site says so. */
  readonly emit: Required<Emit>;
  readonly terminologyPacks: readonly string[];
  /** Which tenant a source system reports for; others report for `default`. */
  readonly tenantOfSource: Readonly<Record<string, string>>;
  readonly destinations: readonly ConfiguredDestination[];
  /** Identifier systems by which some destination knows patients: of several identifiers in FHIR, one of these is meant. */
  readonly patientSystems: readonly string[];
  readonly issuers: readonly ConfiguredIssuer[];
  /** Absent: we issue none. */
  readonly tokens?: ConfiguredTokens | undefined;
  readonly fhir: z.output<typeof fhirReadConfig>;
  readonly reading: ReadingConfig;
  readonly statusRules: StatusRules;
  /** Absent: no EHR asks for cards. */
  readonly cards?: z.output<typeof cardsConfig>;
  /** Absent: there is no page to launch. */
  readonly app?: z.output<typeof appConfig>;
  /** Who works with the pages, and where they sign in. */
  readonly people: ConfiguredPeople;
  readonly board: z.output<typeof boardConfig>;
  /** Where engines send HL7 v2 over MLLP. */
  readonly mllp: readonly MllpListener[];
  readonly hl7v2: z.output<typeof hl7v2Config>;
  readonly mappingsDir: string;
  /** A site's own field maps and code tables: they stand over those that ship. Need not be there. */
  readonly mappingsOverlayDir: string;
  readonly retention: Retention;
  readonly profilesDir: string;
  /** Where traces are collected; undefined: nowhere. */
  readonly tracing?: TracingSettings | undefined;
  readonly logLevel: 'info' | 'warn' | 'error' | 'silent';
}

/** What is wrong with the configuration, in a sentence for the operator. */
export class ConfigError extends Error {}

const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const file = z.strictObject({
  deploymentKeyFile: z.string().default('.itb-fhir/deployment.key'),
  store: z
    .strictObject({ url: z.string().regex(/^(sqlite|postgres(ql)?):/) })
    .default({ url: 'sqlite:.itb-fhir/ledger.sqlite' }),
  server: serverConfig.prefault({}),
  senders: sendersConfig,
  admin: z.strictObject({ tokenFile: z.string().min(1) }).optional(),
  intake: intakeConfig.prefault({}),
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
  mappingsOverlayDir: z.string().min(1).default('.itb-fhir/mappings'),
  retention: retentionConfig.prefault({}),
  sources: z.record(z.string(), z.strictObject({ tenant: name })).default({}),
  destinations: z.array(destinationConfig).default([]),
  issuers: issuersConfig,
  tokens: tokensConfig,
  fhir: fhirReadConfig.prefault({}),
  reading: readingConfig.prefault({}),
  status: statusConfig.prefault({}),
  cards: cardsConfig,
  app: appConfig,
  people: peopleConfig.prefault({}),
  board: boardConfig.prefault({}),
  mllp: mllpConfig,
  hl7v2: hl7v2Config.prefault({}),
  logLevel: z.enum(['info', 'warn', 'error', 'silent']).default('info'),
});

export type ConfigFile = z.input<typeof file>;

/** Reads `path`, or the embedded defaults where no file was named and the default one is not there. */
export function loadConfig(path: string | undefined): Config {
  const { content, baseDir, source } = contentOf(path);
  return configFrom(content, baseDir, source);
}

/** What a dry run needs of the configuration. It makes no deployment key and opens no store. */
export type MappingConfig = Pick<
  Config,
  'therapy' | 'emit' | 'terminologyPacks' | 'patientSystems' | 'mappingsDir' | 'mappingsOverlayDir' | 'profilesDir'
>;

export function loadMappingConfig(path: string | undefined): MappingConfig {
  const { content, baseDir, source } = contentOf(path);
  return mappingPart(checked(content, source), (relative) => resolve(baseDir, relative));
}

/** Whether there is a ledger to compare with. It makes nothing. */
export function hasStore(path: string | undefined): boolean {
  const { content, baseDir, source } = contentOf(path);
  const url = process.env.ITB_FHIR_STORE_URL ?? checked(content, source).store.url;
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? [];
  return file === undefined || existsSync(resolve(baseDir, file));
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

function mappingPart(
  { therapy, emit, terminologyPacks, destinations, mappingsOverlayDir }: z.output<typeof file>,
  at: (path: string) => string,
): MappingConfig {
  const mappingsDir = join(projectDir, 'mappings');
  return {
    therapy: therapySettings(therapy, mappingsDir),
    emit,
    terminologyPacks,
    patientSystems: destinations.flatMap((one) => Object.keys(one.patientIdentifierSystems)),
    mappingsDir,
    mappingsOverlayDir: at(mappingsOverlayDir),
    profilesDir: join(projectDir, 'profiles'),
  };
}

/** Relative paths in the file are relative to the file. */
export function configFrom(content: unknown, baseDir: string, source = 'the configuration'): Config {
  const data = checked(content, source);
  const at = (path: string) => resolve(baseDir, path);
  checkDestinations(data.destinations, source, at);
  const port = statedPort() ?? data.server.port;
  const refused =
    unusableAccess({ ...data, publicUrl: data.server.publicUrl }, at) ??
    unusablePeople(data.people, data.server.publicUrl, at) ??
    unusableServer(data.server, data.senders.some(provesItself) ? 'configured' : 'none', at) ??
    unusableSenders(data.senders, asksForCertificates(data), at) ??
    unusableMllp(data.mllp, at, data.senders) ??
    unusableCards(data.cards, data.destinations);
  if (refused) throw new ConfigError(`${source}: ${refused}`);
  const retention = retentionOf(data.retention, at);
  if (typeof retention === 'string') throw new ConfigError(`${source}: ${retention}`);
  const config: Config = {
    ...mappingPart(data, at),
    retention,
    deploymentKey: deploymentKey(at(data.deploymentKeyFile)),
    storeUrl: storeUrl(process.env.ITB_FHIR_STORE_URL ?? data.store.url, at),
    server: configuredServer(data.server, port, { at, loopbackUrl: loopbackUrl(port, data.server.tls) }),
    senders: data.senders.map((one) => configuredSender(one, at)),
    adminToken: data.admin && adminToken(at(data.admin.tokenFile)),
    intake: data.intake,
    calculatedValues: data.calculatedValues.show ? 'shown' : 'withheld',
    tenantOfSource: Object.fromEntries(Object.entries(data.sources).map(([system, { tenant }]) => [system, tenant])),
    destinations: data.destinations.map((one) =>
      configuredDestination(one, { at, env: process.env }, scopesOf(data.emit)),
    ),
    issuers: data.issuers.map((one) => configuredIssuer(one, at)),
    tokens: configuredTokens(data.tokens, at),
    fhir: data.fhir,
    reading: data.reading,
    people: configuredPeople(data.people, at),
    board: data.board,
    mllp: configuredMllp(data.mllp, at),
    hl7v2: data.hl7v2,
    statusRules: statusRules(join(projectDir, 'mappings', 'status.json'), data.status),
    cards: data.cards,
    app: data.app,
    tracing: statedTracing(),
    logLevel: data.logLevel,
  };
  const lost = unusableLaunch(config.app, urlSpace(config).tenants);
  if (lost) throw new ConfigError(`${source}: ${lost}`);
  return config;
}

function checkDestinations(destinations: readonly DestinationFile[], source: string, at: Surroundings['at']): void {
  const names = destinations.map(({ tenant, name }) => `${tenant}/${name}`);
  const twice = names.find((one, n) => names.indexOf(one) !== n);
  if (twice) throw new ConfigError(`${source} names the destination ${twice} twice.`);
  const surroundings = { at, env: process.env, mappingsDir: join(projectDir, 'mappings') };
  for (const one of destinations) {
    const reason = unusable(one, surroundings);
    if (reason) throw new ConfigError(`${source}: ${reason}`);
  }
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
  if (existsSync(path)) return secretIn(path, 'deployment key');
  const key = randomBytes(32).toString('base64url');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

function adminToken(path: string): string {
  if (!existsSync(path)) throw new ConfigError(`There is no admin.tokenFile ${path}.`);
  return secretIn(path, 'admin token');
}

function secretIn(path: string, what: string): string {
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < 32) throw new ConfigError(`The ${what} in ${path} needs at least 32 characters.`);
  return secret;
}

/** How this machine reaches us, where nobody says how others do. */
export const loopbackUrl = (port: number, tls?: object): string => `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;

function asksForCertificates({ server, mllp }: z.output<typeof file>): 'asked-for' | 'not-asked-for' {
  const isAskedFor = [server, ...mllp].some(({ tls }) => tls?.clientCaFile !== undefined);
  return isAskedFor ? 'asked-for' : 'not-asked-for';
}

/** By the variables that OpenTelemetry standardises; without an endpoint nothing is traced. */
function statedTracing(): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact } = process.env;
  const { OTEL_SDK_DISABLED: disabled, OTEL_SERVICE_NAME: serviceName = 'itb-fhir' } = process.env;
  const tracesUrl = exact || (base && `${base.replace(/\/$/, '')}/v1/traces`);
  if (!tracesUrl || disabled === 'true') return undefined;
  if (!URL.canParse(tracesUrl)) throw new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT is not a URL.');
  return { tracesUrl, serviceName };
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
