import { type App, openApp } from '../app.ts';
import { hasStore, loadConfig, loadMappingConfig } from '../config.ts';
import type { CanonicalEvent } from '../event/event.ts';
import { type Problem, problem } from '../event/problem.ts';
import { loadDefinitions } from '../fhir/validate.ts';
import type { Item, Usable } from '../intake/item.ts';
import { contentHash } from '../ledger/content-hash.ts';
import { knownEvents } from '../ledger/event-rows.ts';
import { reportOf } from '../ledger/report.ts';
import { liveTables } from '../live-tables.ts';
import { leaveEchoes } from '../receiving/echo.ts';
import type { Environment } from '../store/schema.ts';
import { checkTenant, type ImportOptions } from './import.ts';
import { printRehearsal, Rehearsed } from './import-rehearsed.ts';
import { type InputContext, openFiles } from './input-file.ts';
import { inputSets, setName } from './input-sets.ts';
import { byteProgress } from './progress.ts';
import { type SeenEvents, seenEvents } from './seen-events.ts';

/**
 * What an import of these files would do, without doing it: what would be new, known or in conflict with the ledger, of
 * which types and patients, and what is wrong in which rows. 1 if anything would be refused.
 */
export async function rehearseImport(
  files: readonly string[],
  configPath: string | undefined,
  options: ImportOptions,
  format: 'text' | 'json',
): Promise<number> {
  checkTenant(options.tenant);
  const app = hasStore(configPath) ? await openApp(loadConfig(configPath)) : undefined;
  const seen = seenEvents();
  try {
    const rehearsed = new Rehearsed(patientNames(app, options.tenant));
    const tables = app ?? tablesAlone(configPath);
    const sets = await inputSets(files, { ...options, sources: tables.sources });
    for (const set of sets) await rehearseOne(set, tables, options, { app, seen, rehearsed });
    printRehearsal(rehearsed, format);
    const { received, refused } = rehearsed;
    console.error(`${received} events: ${received - refused} usable, ${refused} would be refused. Nothing was kept.`);
    return refused > 0 ? 1 : 0;
  } finally {
    seen.close();
    await app?.close();
  }
}

/** By the keyed id that this deployment gives; where there is none yet, by number in the order of the files. */
function patientNames(app: App | undefined, tenant: string): (event: CanonicalEvent) => string {
  if (app) return (event) => app.identify(tenant, environmentOf(event), ...identifierIn(event));
  const known = new Map<string, string>();
  return (event) => {
    const who = JSON.stringify([environmentOf(event), ...identifierIn(event)]);
    const name = known.get(who) ?? `patient ${known.size + 1}`;
    known.set(who, name);
    return name;
  };
}

function identifierIn(event: CanonicalEvent): [system: string, value: string] {
  const restated = event.type === 'correction' ? event.event.patient : undefined;
  const { system, value } = (restated ?? event.patient).identifier;
  return [system, value];
}

interface Rehearsal {
  /** Absent: there is no ledger yet. */
  readonly app: App | undefined;
  readonly seen: SeenEvents;
  readonly rehearsed: Rehearsed;
}

async function rehearseOne(
  paths: readonly string[],
  { sources, codes, config }: Pick<InputContext, 'sources' | 'codes' | 'config'>,
  options: ImportOptions,
  { app, seen, rehearsed }: Rehearsal,
): Promise<void> {
  const path = setName(paths);
  const file = await openFiles(paths, { ...options, sources, codes, config });
  const progress = byteProgress(file.sizeBytes);
  try {
    for (;;) {
      const next = await file.parts.next();
      if (next.done) return rehearsed.end(path, next.value);
      const { items, bytes } = next.value;
      const left = app ? await leaveEchoes(app, options.tenant, items) : items;
      const known = await knownHashes(app, options.tenant, left);
      for (const item of left) rehearsed.add(path, item, fateOf(item, known, seen));
      progress.reach(bytes);
    }
  } finally {
    progress.stop();
  }
}

function tablesAlone(configPath: string | undefined) {
  const config = loadMappingConfig(configPath);
  loadDefinitions(config.profilesDir);
  return { ...liveTables(config), config };
}

/** What would become of one item. */
export type Fate =
  | { readonly kind: 'new' | 'known' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'left-alone'; readonly problem: Problem };

function fateOf(item: Item, known: ReadonlyMap<string, string>, seen: SeenEvents): Fate {
  if ('problems' in item) return { kind: 'refused', problems: item.problems };
  if ('leftAlone' in item) return { kind: 'left-alone', problem: item.leftAlone };
  const name = nameOf(item.event);
  const hash = contentHash(item.event);
  const before = known.get(name) ?? seen.before(name, hash);
  if (before === undefined) return { kind: 'new' };
  if (before === hash) return { kind: 'known' };
  const place = { ...item.place, eventId: item.event.source.eventId };
  return {
    kind: 'refused',
    problems: [
      problem('event-conflict', 'this source event id is in the ledger, or came before, with other content', place),
    ],
  };
}

const nameOf = ({ test, source }: Pick<CanonicalEvent, 'test' | 'source'>): string =>
  JSON.stringify([test === true, source.system, source.eventId]);

/** Content hashes of what the ledger holds under the names of these events. */
async function knownHashes(app: App | undefined, tenant: string, items: readonly Item[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!app) return found;
  const usable = items.filter((item): item is Usable => 'event' in item);
  for (const [environment, own] of Map.groupBy(usable, ({ event }) => environmentOf(event))) {
    const reports = own.map(({ event, payload }) => reportOf({ event, payload, contentHash: '' }));
    const known = await app.store.transaction((trx) => knownEvents(trx, { tenant, environment }, reports));
    for (const [key, row] of known) {
      const [system, eventId] = JSON.parse(key) as [string, string];
      found.set(JSON.stringify([environment === 'test', system, eventId]), row.contentHash);
    }
  }
  return found;
}

const environmentOf = ({ test }: CanonicalEvent): Environment => (test ? 'test' : 'live');
