import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, loadMappingConfig } from '../config.ts';
import { type DestinationFile, destinationConfig } from '../config-destination.ts';
import { table } from '../table.ts';

/**
 * Compares how two destinations of the configuration are set up, and takes over from the first what was tried there.
 * What belongs to the site itself (address, keys, patients) stays. Nothing is changed but the file that `write` names.
 * 1 where they differ and nothing was written.
 */
export function promote(configPath: string | undefined, from: string, to: string, write: string | undefined): number {
  // Checks the whole file as every command does, and makes no key and no store.
  loadMappingConfig(configPath);
  const path = configPath ?? 'itb-fhir.json';
  if (!existsSync(path)) throw new ConfigError('There is no configuration file: name it with --config.');
  const file = JSON.parse(readFileSync(path, 'utf8')) as { destinations?: readonly Raw[] };
  const [source, target] = [from, to].map((name) => rawNamed(file.destinations ?? [], name)) as [Raw, Raw];
  const differences = differencesOf(effective(source), effective(target));
  refuseSame(effective(source), effective(target));
  console.error(told(differences, from, to));
  const taken = differences.filter(({ keeper }) => keeper === 'taken over');
  if (write === undefined) return taken.length > 0 ? 1 : 0;
  const destinations = (file.destinations ?? []).map((each) => (each === target ? promoted(source, target) : each));
  writeNew(write, `${JSON.stringify({ ...file, destinations }, null, 2)}\n`);
  console.error(
    `Written to ${write}. ${path} is as it was: check the new file with --config ${write} doctor ${to}, then put it in its place.`,
  );
  return 0;
}

/** One destination as the file has it. */
type Raw = Readonly<Record<string, unknown>> & { readonly name: string; readonly tenant?: string };

function rawNamed(destinations: readonly Raw[], named: string): Raw {
  const chosen = destinations.filter(({ name, tenant = 'default' }) => named === name || named === `${tenant}/${name}`);
  const [only, ...others] = chosen;
  if (!only)
    throw new ConfigError(`No destination is named ${named}. Add it with its own address, client and key first.`);
  if (others.length > 0)
    throw new ConfigError(`Several tenants have a destination ${named}: name it as tenant/${named}.`);
  return only;
}

/** With the defaults of what it leaves out. */
const effective = (raw: Raw): DestinationFile => destinationConfig.parse(raw);

function refuseSame(source: DestinationFile, target: DestinationFile): void {
  if (source.environment !== target.environment) return;
  throw new ConfigError(
    `${source.name} and ${target.name} are both ${source.environment}: promote goes from a test to a live destination.`,
  );
}

/** What says where a site is, who we are there and whom it knows: never taken over. */
const ofTheSite: ReadonlySet<string> = new Set([
  ...['name', 'tenant', 'environment', 'fhirBaseUrl', 'clientId', 'signingKeysFile', 'signingKey'],
  ...['patientIdentifierSystems', 'tls', 'allowAddresses', 'projection.hl7v2'],
]);

/** Their values are told to nobody. */
const unshown: ReadonlySet<string> = new Set(['signingKeysFile', 'signingKey', 'tls']);

interface Difference {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly keeper: 'taken over' | 'stays';
}

function differencesOf(source: DestinationFile, target: DestinationFile): Difference[] {
  const [from, to] = [flat(source), flat(target)];
  const fields = [...new Set([...from.keys(), ...to.keys()])];
  return fields.flatMap((field) => {
    if (isDeepStrictEqual(from.get(field), to.get(field))) return [];
    const isSite = ofTheSite.has(field);
    const words = (value: unknown) => (unshown.has(field) ? 'not shown' : inWords(value));
    return [
      {
        field,
        from: words(from.get(field)),
        to: words(to.get(field)),
        keeper: isSite ? 'stays' : 'taken over',
      } as const,
    ];
  });
}

/** `projection` is told by its parts; every other field as a whole. */
function flat({ projection, ...fields }: DestinationFile): ReadonlyMap<string, unknown> {
  const parts = Object.entries(projection).map(([key, value]) => [`projection.${key}`, value] as const);
  return new Map<string, unknown>([...Object.entries(fields), ...parts]);
}

const longest = 60;

function inWords(value: unknown): string {
  if (value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : cut(value.map(inWords).join(', '));
  return typeof value === 'string' ? cut(withoutPassword(value)) : cut(JSON.stringify(value));
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** An address may carry a name and a password. */
const withoutPassword = (text: string): string => text.replace(/^(https?:\/\/)[^/@]*@/, '$1');

function told(differences: readonly Difference[], from: string, to: string): string {
  if (differences.length === 0) return `${from} and ${to} are set up alike.`;
  const rows = differences.map(({ field, from: theirs, to: own, keeper }) => [field, theirs, own, keeper]);
  const discrete = differences.some(({ field, keeper }) => field === 'projection.discrete' && keeper === 'taken over');
  return [
    table(['Field', from, to, `In ${to}`], rows),
    ...(discrete ? [`The evidence for discrete was found at ${from}: have the site confirm it for ${to}.`] : []),
  ].join('\n');
}

/** The target with what was tried at the source; what the source leaves to the default, the target leaves, too. */
function promoted(source: Raw, target: Raw): Raw {
  const isTaken = (field: string) => !ofTheSite.has(field) && field !== 'projection';
  const kept = Object.entries(target).filter(([field]) => !isTaken(field) && field !== 'projection');
  const taken = Object.entries(source).filter(([field]) => isTaken(field));
  const { hl7v2: _theirs, ...projection } = (source.projection ?? {}) as Readonly<Record<string, unknown>>;
  const { hl7v2 } = (target.projection ?? {}) as Readonly<Record<string, unknown>>;
  const joined = { ...projection, ...(hl7v2 !== undefined && { hl7v2 }) };
  return {
    ...Object.fromEntries([...kept, ...taken]),
    ...(Object.keys(joined).length > 0 && { projection: joined }),
  } as Raw;
}

function writeNew(path: string, text: string): void {
  if (existsSync(path)) throw new ConfigError(`${path} is there already. Name a new file.`);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
}
