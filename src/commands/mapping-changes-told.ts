import type { ChangeInWords } from '../operate/changes-in-words.ts';
import type { MappingChanges } from '../operate/mapping-changes.ts';
import { table } from '../table.ts';

/** Groups shown; the rest is counted. */
const mostGroups = 25;

/** What would change at a destination, in tables and clinical words. */
export function mappingChangesTold(name: string, changes: MappingChanges | undefined, present: string): string {
  if (!changes) return `${name}: nothing was sent there yet, so nothing can change.`;
  const { patients, events, patientsChanged, byType, groups, writtenBy } = changes;
  const kinds = [...byType].map(([type, counts]) => [
    ...[type, counts.same, counts.changed, counts.added, counts.removed].map((cell) => numbered(cell)),
  ]);
  const versions = [...writtenBy].map(
    ([version, count]) =>
      `${counted(count, 'resource')} written by ${version === present ? 'the present mapping' : `mapping ${version}`}`,
  );
  const lines = [
    `${name}: ${counted(patients, 'patient')}, ${counted(events, 'event')}. Something would change of ${counted(patientsChanged, 'patient')}.`,
    `What stands there: ${versions.join(', ')}.`,
    ...(kinds.length > 0 ? ['', table(['Kind', 'Same', 'Changed', 'Added', 'Removed'], kinds)] : []),
    ...groups
      .slice(0, mostGroups)
      .flatMap((group, n) => [...(n === 0 ? [''] : []), `${numbered(group.count)} × ${inOneLine(group.example)}`]),
    ...(groups.length > mostGroups
      ? [`… and ${groups.length - mostGroups} other kinds of change: --json lists every one.`]
      : []),
  ];
  return lines.join('\n');
}

/** `changed Observation: Programmed daily dose 2024-06-25: Value 210 ug/d → 240 ug/d`. */
export function inOneLine({ kind, what, when, differences }: ChangeInWords): string {
  const head = [kind, what, when].filter((part) => part).join(' ');
  const tail = differences.map(({ label, from, to }) => `${label} ${cut(from)} → ${cut(to)}`).join('; ');
  return tail ? `${head}: ${tail}` : head;
}

const longest = 80;
const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

const counted = (count: number, one: string): string => `${numbered(count)} ${count === 1 ? one : `${one}s`}`;

const numbered = (cell: string | number): string => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell);
