import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessAudit, accessAudit } from './audit/access.ts';
import { fixedKeys, joinedKeys, type KeyRing, keysOfFile } from './auth/key-ring.ts';
import { jwksInText } from './auth/key-text.ts';
import { loadSigningKeys } from './auth/keys.ts';
import { type Config, ConfigError } from './config.ts';
import type { ConfiguredDestination } from './config-destination.ts';
import { type Credentials, openCredentials } from './credentials.ts';
import { type DestinationRuntime, destinationRuntime } from './destination-runtime.ts';
import type { Codes } from './fhir/codes.ts';
import { patientIdentity } from './fhir/identity.ts';
import { resourceIdentifierSystem } from './fhir/systems.ts';
import { loadDefinitions } from './fhir/validate.ts';
import { type LiveTables, liveTables } from './live-tables.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { deploymentId } from './store/deployment.ts';
import type { Environment } from './store/schema.ts';
import { type Seal, sealOf } from './store/seal.ts';
import { openStore, type Store } from './store/store.ts';
import { startTracing, type Trace, untraced } from './tracing.ts';

/** Everything that a running process holds: opened once, closed once. */
export interface App {
  readonly config: Config;
  readonly store: Store;
  /** As the tables are now. */
  readonly codes: Codes;
  /** The field maps, as they are now. */
  readonly sources: LiveTables['sources'];
  /** Reads the tables again where they were edited. */
  readonly reloadTables: LiveTables['reload'];
  /** Keeps what senders sent beside the ledger. */
  readonly seal: Seal;
  readonly log: Log;
  /** The identifier system of this deployment: what carries it is ours. */
  readonly identifierSystem: string;
  /** Fingerprint of code and tables that make resources. */
  readonly mappingVersion: string;
  readonly destinations: readonly DestinationRuntime[];
  /** Of all destinations, and of the tokens that we issue. */
  readonly keys: KeyRing;
  readonly credentials: Credentials;
  /** Who reads here is written down before they are answered. */
  readonly access: AccessAudit;
  readonly metrics: Metrics;
  readonly trace: Trace;
  now(): Temporal.Instant;
  /** The keyed id of a patient seen for the first time. */
  identify(tenant: string, environment: Environment, system: string, value: string): string;
  close(): Promise<void>;
}

export async function openApp(config: Config): Promise<App> {
  loadDefinitions(config.profilesDir);
  const { mappingsDir } = config;
  const tables = await operable(Promise.try(() => liveTables(config)));
  const store = await operable(openStore(config.storeUrl));
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const keysOf = new Map<string, KeyRing>();
  for (const destination of config.destinations) {
    const source = keySource(destination);
    if (!keysOf.has(source)) keysOf.set(source, await operable(keysIn(destination, log)));
  }
  const credentials = await operable(openCredentials(config, log));
  const { ownKeys } = credentials;
  const destinations = await operable(
    Promise.try(() =>
      config.destinations.map((one) =>
        destinationRuntime(one, {
          keys: keysOf.get(keySource(one)) ?? fixedKeys([]),
          meter: metrics.at({ tenant: one.tenant, destination: one.name }),
          mappingsDir,
        }),
      ),
    ),
  );
  const trace = config.tracing ? await startTracing(config.tracing) : untraced;
  return {
    config,
    store,
    codes: tables.codes,
    sources: tables.sources,
    reloadTables: tables.reload,
    seal: sealOf(config.deploymentKey, config.retention.keys),
    log,
    access: accessAudit(store, () => Temporal.Now.instant()),
    metrics,
    trace,
    identifierSystem: resourceIdentifierSystem(await deploymentId(store.db)),
    mappingVersion: mappingVersion(config),
    destinations,
    keys: joinedKeys([...keysOf.values(), ...(ownKeys ? [ownKeys] : [])]),
    credentials,
    now: () => Temporal.Now.instant(),
    identify: (tenant, environment, system, value) =>
      patientIdentity({ key: config.deploymentKey, tenant, environment }, system, value),
    async close() {
      await Promise.all(destinations.map((one) => one.close()));
      await trace.stop();
      await store.close();
    },
  };
}

/** Destinations that name the same file or the same text share their keys. */
const keySource = ({ signingKeysFile, signingKeyText }: ConfiguredDestination): string =>
  signingKeysFile ?? signingKeyText ?? '';

/** A file may be replaced while the process runs; a variable cannot. */
async function keysIn({ signingKeysFile, signingKeyText }: ConfiguredDestination, log: Log): Promise<KeyRing> {
  if (signingKeysFile === undefined) return fixedKeys(await loadSigningKeys(await jwksInText(signingKeyText ?? '')));
  return keysOfFile(signingKeysFile, (news) =>
    news === 'unusable' ? log.error('signing keys unusable') : log.info('signing keys read again'),
  );
}

/** What an operator can mend is told as a sentence, not as a stack. */
async function operable<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : 'It could not be opened.');
  }
}

/** Changes whenever what is written could: the mapping's code, its tables, the packs in use. */
function mappingVersion(config: Config): string {
  const hash = createHash('sha256').update(config.terminologyPacks.join(' '));
  const { mappingsDir, mappingsOverlayDir } = config;
  const tables = [mappingsDir, ...[mappingsDir, mappingsOverlayDir].map((folder) => join(folder, 'conceptmaps'))];
  for (const folder of [join(import.meta.dirname, 'mapping'), ...tables].filter(existsSync)) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.(ts|json)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
