import type { App } from '../app.ts';
import { auditedRuntime } from '../audited-runtime.ts';
import { ConfigError } from '../config.ts';
import { knownCapabilities } from '../destination-capabilities.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { inWords } from '../event/problem.ts';
import { membersOf } from '../ledger/members.ts';
import { linkCount } from '../operate/links-there.ts';
import { type Changed, compareAll, type Difference, kindsThere, type OfType } from '../operate/reconciliation.ts';
import { repair } from '../operate/repair.ts';
import type { DestinationCapabilities } from '../sync/capability.ts';
import { routesFor } from '../sync/routes.ts';
import { table } from '../table.ts';
import { atDestination } from './chosen-destination.ts';
import { operator } from './operator.ts';
import { progress } from './progress.ts';

export interface Reconcile {
  /** Keyed id. */
  readonly patient?: string | undefined;
  readonly mode: 'look' | 'repair';
  readonly format: 'table' | 'json';
}

/** Reads back everything of ours at a destination and tells what differs from what was written. 1 if anything does. */
export function reconcile(configPath: string | undefined, named: string, wanted: Reconcile): Promise<number> {
  return atDestination(configPath, named, async (app, unaudited) => {
    const runtime = auditedRuntime(app, unaudited, null, operator());
    const { destination } = runtime;
    const known = await knownCapabilities(app, runtime, 'as-due');
    if ('kind' in known) throw new ConfigError(`${destination.name} cannot be asked. ${inWords(known.problem)}`);
    const { looked, differences } = await compared(app, runtime, known.capabilities, wanted);
    told(differences, looked, wanted.format, destination.name);
    if (wanted.mode === 'repair' && differences.length > 0) {
      const routes = routesFor(known.capabilities, destination.projection ?? {}, destination.scopes);
      const patients = await repair(app, runtime, { ...known, routes }, differences, operator());
      console.error(
        `${patients} ${patients === 1 ? 'patient is' : 'patients are'} sent again: itb-fhir sync --destination ${destination.name} --once, then reconcile again.`,
      );
    }
    return differences.length > 0 ? 1 : 0;
  });
}

async function compared(
  app: App,
  runtime: DestinationRuntime,
  capabilities: DestinationCapabilities,
  { patient }: Reconcile,
) {
  const { tenant, name, environment } = runtime.destination;
  const patientIds =
    patient === undefined ? undefined : await membersOf(app.store.db, { tenant, environment, patientId: patient });
  if (patientIds?.length === 0)
    throw new ConfigError('There is no patient with this id in the environment of this destination.');
  const differences: (Difference | Changed)[] = [];
  const total = await linkCount(app.store.db, { tenant, destination: name }, kindsThere, patientIds);
  const bar = progress(total, 'resources');
  const looked = await compareAll({
    ...{ app, runtime, capabilities, patientIds },
    found: (difference) => {
      differences.push(difference);
    },
    progress: bar.step,
  });
  bar.stop();
  if ('kind' in looked) throw new ConfigError(`${name} stopped answering. ${inWords(looked.problem)}`);
  return { looked, differences };
}

function told(
  differences: readonly Difference[],
  looked: readonly OfType[],
  format: Reconcile['format'],
  name: string,
): void {
  const write = format === 'json' ? console.error : console.log;
  if (format === 'json') {
    for (const { kind, resourceType, serverId, identity, patientId, elements } of differences) {
      console.log(JSON.stringify({ kind, resourceType, serverId, identity, patientId, elements }));
    }
  }
  if (looked.length === 0) return write(`${name}: nothing of ours was written there as FHIR.`);
  const rows = looked.map(({ resourceType, linked, by }) => {
    const count = (kind: Difference['kind']) =>
      String(differences.filter((each) => each.resourceType === resourceType && each.kind === kind).length);
    return [
      resourceType,
      String(linked),
      count('missing'),
      count('changed'),
      count('twice'),
      count('nobodys'),
      lookedBy[by],
    ];
  });
  write(table(['Kind', 'Written', 'Missing', 'Changed', 'Twice', 'Nobody’s', 'Looked at'], rows));
  if (format === 'table') for (const each of differences.slice(0, mostLines)) write(inOneLine(each));
  if (format === 'table' && differences.length > mostLines)
    write(`… and ${differences.length - mostLines} more: --json lists all.`);
  if (differences.length === 0) write(`${name} holds what was written there.`);
}

const mostLines = 50;

const lookedBy = {
  search: 'all that carries our identifier',
  links: 'what we remember: others are not found',
  part: 'a part: the search did not end',
} as const;

function inOneLine({ kind, resourceType, serverId, elements }: Difference): string {
  const what = {
    missing: 'is gone',
    changed: `was changed (${elements?.join(', ')})`,
    twice: 'carries an identity that another one has, too: decide which one is ours',
    nobodys: 'carries our identifier, and nobody remembers it',
  };
  return `${resourceType}/${serverId} ${what[kind]}.`;
}
