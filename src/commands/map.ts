import type { Bundle } from '@medplum/fhirtypes';
import { ConfigError, loadMappingConfig, type MappingConfig } from '../config.ts';
import { type Place, type Problem, problem } from '../event/problem.ts';
import type { Codes } from '../fhir/codes.ts';
import { demoKey, keyedIdentities, patientIdentity } from '../fhir/identity.ts';
import { referenceTo } from '../fhir/references.ts';
import { resourceIdentifierSystem } from '../fhir/systems.ts';
import { loadDefinitions } from '../fhir/validate.ts';
import type { Item } from '../intake/item.ts';
import { contentHash } from '../ledger/content-hash.ts';
import { liveTables } from '../live-tables.ts';
import type { MappingContext } from '../mapping/context.ts';
import { type Desired, desired, withDeviceUse } from '../mapping/desired.ts';
import type { RecordedEvent } from '../therapy/amendments.ts';
import { history } from '../therapy/history.ts';
import { timeline } from '../therapy/timeline.ts';
import { type InputOptions, openFiles } from './input-file.ts';
import { itemsIn } from './input-items.ts';
import { inputSets, setName } from './input-sets.ts';

/** `with-device-use`: also what patient summaries (IPS) list of implants. */
export type Extent = 'as-synced' | 'with-device-use';

export interface MapOptions extends InputOptions {
  readonly at?: string | undefined;
  readonly extent: Extent;
}

/** Prints what events become. It uses the published demo key, so its identities are not those of a deployment. */
export async function map(
  files: readonly string[],
  configPath: string | undefined,
  options: MapOptions,
): Promise<number> {
  const config = loadMappingConfig(configPath);
  const asOf = instantOf(options.at);
  loadDefinitions(config.profilesDir);
  const { sources, codes } = liveTables(config);
  let problems = 0;
  const report = (found: Problem, beside: object = {}) => {
    if (found.severity !== 'information') problems++;
    console.error(JSON.stringify({ ...found, ...beside }));
  };
  const items: Item[] = [];
  for (const set of await inputSets(files, { ...options, sources })) {
    const file = setName(set);
    const input = await openFiles(set, { ...options, sources, codes, config });
    items.push(...(await itemsIn(input, (found) => report(found, { file }))));
  }
  for (const result of mapItems(items, { config, codes, asOf, extent: options.extent }, report)) {
    process.stdout.write(`${JSON.stringify(bundleOf(result))}\n`);
  }
  return problems > 0 ? 1 : 0;
}

interface Mapped {
  readonly config: MappingConfig;
  readonly codes: Codes;
  readonly asOf: Temporal.Instant;
  readonly extent: Extent;
}

function* mapItems(
  items: readonly Item[],
  { config, codes, asOf, extent }: Mapped,
  report: (found: Problem, beside?: object) => void,
): Generator<Desired> {
  const { therapy: settings, emit } = config;
  const recorded = withoutDuplicates(items, report).map((event): RecordedEvent & { scope: Scope } => {
    const scope = { key: demoKey, tenant: 'default', environment: event.test ? 'test' : 'live' };
    const stated = (event.type === 'correction' ? event.event.patient : undefined) ?? event.patient;
    const { system, value } = stated.identifier;
    return { scope, event, receivedAt: asOf, patientId: patientIdentity(scope, system, value) };
  });
  for (const [patientId, [first]] of Map.groupBy(recorded, (record) => record.patientId)) {
    if (!first) continue;
    const ofEnvironment = recorded.filter((record) => record.scope.environment === first.scope.environment);
    const therapy = timeline(history(ofEnvironment, patientId, settings), asOf, settings);
    const context: MappingContext = {
      patientId,
      identities: keyedIdentities(first.scope),
      identifierSystem: resourceIdentifierSystem('demo'),
      codes,
      calculatedValues: 'shown',
      emit,
    };
    const synced = desired(therapy, context);
    const result = extent === 'with-device-use' ? withDeviceUse(synced, therapy, context) : synced;
    for (const { problem: found, forReviewers } of result.remarks) report(found, { forReviewers });
    yield result;
  }
}

type Scope = Parameters<typeof keyedIdentities>[0];

/** The ledger's rule: the same id with the same content is one event, with other content a conflict. */
function withoutDuplicates(items: readonly Item[], report: (found: Problem) => void) {
  const seen = new Map<string, string>();
  return items.flatMap((item) => {
    if (!('event' in item)) return [];
    const { event, place } = item;
    const key = JSON.stringify([event.test === true, event.source.system, event.source.eventId]);
    const hash = contentHash(event);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, hash);
      return [event];
    }
    if (earlier !== hash) report(conflict({ ...place, eventId: event.source.eventId }));
    return [];
  });
}

function conflict(place: Place): Problem {
  return problem('event-conflict', 'this source event id came before with other content', place);
}

function bundleOf({ resources }: Desired): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    ...(resources.length > 0 && {
      entry: resources.map(({ identity, resource }) => ({ fullUrl: referenceTo(identity), resource })),
    }),
  };
}

function instantOf(at: string | undefined): Temporal.Instant {
  if (at === undefined) return Temporal.Now.instant();
  try {
    return Temporal.Instant.from(at);
  } catch {
    throw new ConfigError('--at takes an instant with its offset, e.g. 2024-06-25T10:00:00-04:00.');
  }
}
