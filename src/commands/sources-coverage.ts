import type { Seen } from '../intake/source/context.ts';
import { table } from '../table.ts';
import { openSources, readBy } from './source-files.ts';

interface Wanted {
  readonly files: readonly string[];
  readonly format: 'table' | 'json';
}

/** One field of a feed over all its messages. */
interface Covered {
  readonly path: string;
  count: number;
  readonly decision: Seen['decision'];
  readonly to: Set<string>;
  readonly reason?: string | undefined;
}

/** The report that an integration team signs. 1 where a field is undecided or a message was refused. */
export async function coverage(configPath: string | undefined, name: string, wanted: Wanted): Promise<number> {
  const { sources, named } = openSources(configPath);
  const source = named(name);
  const fields = new Map<string, Covered>();
  const counts = { items: 0, events: 0, leftAlone: 0, refused: 0 };
  for (const file of wanted.files) {
    const { items, seen } = await readBy(source, sources, file);
    for (const one of seen) count(fields, one);
    for (const item of items) {
      counts.items++;
      if ('event' in item) counts.events++;
      else if ('leftAlone' in item) counts.leftAlone++;
      else counts.refused++;
    }
  }
  const undecided = [...fields.values()].filter(({ decision }) => decision === 'unknown').length;
  const report = { source: name, version: source.map.version, files: wanted.files.length, ...counts, undecided };
  if (wanted.format === 'json') console.log(JSON.stringify({ ...report, fields: [...fields.values()].map(asJson) }));
  else console.log(asText(report, [...fields.values()]));
  return undecided > 0 || counts.refused > 0 ? 1 : 0;
}

function count(fields: Map<string, Covered>, { path, decision, to, reason }: Seen): void {
  const key = `${decision} ${path}`;
  const field = fields.get(key) ?? { path, count: 0, decision, to: new Set(), reason };
  field.count++;
  for (const target of to) field.to.add(target);
  fields.set(key, field);
}

const asJson = ({ path, count: times, decision, to, reason }: Covered) => ({
  path,
  count: times,
  decision: decision === 'unknown' ? 'undecided' : decision,
  ...(to.size > 0 && { to: [...to] }),
  ...(reason !== undefined && { reason }),
});

type Report = Readonly<Record<'source' | 'version', string>> &
  Readonly<Record<'files' | 'events' | 'leftAlone' | 'refused' | 'undecided', number>>;

function asText(report: Report, fields: readonly Covered[]): string {
  const order: readonly Seen['decision'][] = ['unknown', 'mapped', 'kept', 'ignored'];
  const rows = fields
    .toSorted((a, b) => order.indexOf(a.decision) - order.indexOf(b.decision))
    .map((field) => [field.path, String(field.count), said[field.decision], why(field)]);
  return [
    `Coverage of ${report.source} ${report.version} over ${report.files} files:`,
    `${report.events} events, ${report.leftAlone} left alone, ${report.refused} refused, ${report.undecided} fields undecided.`,
    '',
    table(['Field', 'Seen', 'Decision', 'Becomes, or why not'], rows),
  ].join('\n');
}

const said: Readonly<Record<Seen['decision'], string>> = {
  unknown: 'UNDECIDED',
  mapped: 'mapped',
  kept: 'kept verbatim',
  ignored: 'ignored',
};

/** A field that many events have is named by the events once. */
function why({ to, reason, decision }: Covered): string {
  if (decision === 'unknown') return 'add a row, or a decision with its reason, to the field map';
  if (decision === 'kept') return 'extra';
  if (reason !== undefined) return reason;
  const byField = Map.groupBy([...to], (target) => target.split(' ').slice(1).join(' ') || target);
  return [...byField]
    .map(([field, targets]) => (targets.length > 3 ? `${field} of ${targets.length} events` : targets.join(', ')))
    .join('; ');
}
