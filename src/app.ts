import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backendServicesClient } from './auth/backend-client.ts';
import { readSigningKeys, type SigningKey } from './auth/keys.ts';
import { type Config, ConfigError, type ConfiguredDestination } from './config.ts';
import { type Codes, loadCodes } from './fhir/codes.ts';
import { patientIdentity } from './fhir/identity.ts';
import { resourceIdentifierSystem } from './fhir/systems.ts';
import { loadDefinitions } from './fhir/validate.ts';
import { createLog, type Log } from './log.ts';
import { deploymentId } from './store/deployment.ts';
import type { Environment } from './store/schema.ts';
import { openStore, type Store } from './store/store.ts';
import { type FhirClient, fhirClient } from './sync/fhir-client.ts';

/** Everything that a running process holds: opened once, closed once. */
export interface App {
  readonly config: Config;
  readonly store: Store;
  readonly codes: Codes;
  readonly log: Log;
  /** The identifier system of this deployment: what carries it is ours. */
  readonly identifierSystem: string;
  /** Fingerprint of code and tables that make resources. */
  readonly mappingVersion: string;
  readonly destinations: readonly DestinationRuntime[];
  readonly signingKeys: readonly SigningKey[];
  now(): Temporal.Instant;
  /** The keyed id of a patient seen for the first time. */
  identify(tenant: string, environment: Environment, system: string, value: string): string;
  close(): Promise<void>;
}

export interface DestinationRuntime {
  readonly destination: ConfiguredDestination;
  readonly client: FhirClient;
}

export async function openApp(config: Config): Promise<App> {
  loadDefinitions(config.profilesDir);
  const codes = loadCodes(config.mappingsDir, { packs: config.terminologyPacks });
  const store = await operable(openStore(config.storeUrl));
  const keysOf = new Map<string, readonly SigningKey[]>();
  for (const { signingKeysFile } of config.destinations) {
    if (!keysOf.has(signingKeysFile)) keysOf.set(signingKeysFile, await operable(readSigningKeys(signingKeysFile)));
  }
  return {
    config,
    store,
    codes,
    log: createLog(config.logLevel),
    identifierSystem: resourceIdentifierSystem(await deploymentId(store.db)),
    mappingVersion: mappingVersion(config),
    destinations: config.destinations.map((one) => runtime(one, keysOf.get(one.signingKeysFile) ?? [])),
    signingKeys: [...keysOf.values()].flat(),
    now: () => Temporal.Now.instant(),
    identify: (tenant, environment, system, value) =>
      patientIdentity({ key: config.deploymentKey, tenant, environment }, system, value),
    close: () => store.close(),
  };
}

/** What an operator can mend is told as a sentence, not as a stack. */
async function operable<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : 'It could not be opened.');
  }
}

function runtime(destination: ConfiguredDestination, keys: readonly SigningKey[]): DestinationRuntime {
  const { fhirBaseUrl, clientId, scopes, requestTimeoutMs } = destination;
  const auth = backendServicesClient({ fhirBaseUrl, clientId, keys, scopes, requestTimeoutMs });
  return { destination, client: fhirClient({ fhirBaseUrl, auth, requestTimeoutMs }) };
}

/** Changes whenever what is written could: the mapping's code, its tables, the packs in use. */
function mappingVersion(config: Config): string {
  const hash = createHash('sha256').update(config.terminologyPacks.join(' '));
  const folders = [join(import.meta.dirname, 'mapping'), config.mappingsDir, join(config.mappingsDir, 'conceptmaps')];
  for (const folder of folders) {
    for (const name of readdirSync(folder).sort()) {
      if (/\.(ts|json)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
