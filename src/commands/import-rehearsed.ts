import type { CanonicalEvent } from '../event/event.ts';
import type { Place, Problem } from '../event/problem.ts';
import type { Item } from '../intake/item.ts';
import { table } from '../table.ts';
import { unusedInWords } from './import.ts';
import type { Fate } from './import-rehearsal.ts';
import type { InputEnd } from './input-file.ts';

/** What an import would do, counted; where, as far as a reader wants to look. */
export class Rehearsed {
  received = 0;
  refused = 0;
  readonly fates: Record<Fate['kind'], number> = { new: 0, known: 0, refused: 0, 'left-alone': 0 };
  readonly byType = new Map<string, { new: number; known: number; refused: number }>();
  readonly byPatient = new Map<string, number>();
  readonly problems = new Map<string, Told>();
  readonly files: (InputEnd & { readonly file: string })[] = [];
  private readonly nameOf: (event: CanonicalEvent) => string;

  /** `nameOf`: how a patient is named to the reader. */
  constructor(nameOf: (event: CanonicalEvent) => string) {
    this.nameOf = nameOf;
  }

  add(file: string, item: Item, fate: Fate): void {
    this.received++;
    this.fates[fate.kind]++;
    if (fate.kind === 'refused') this.refused++;
    const told =
      fate.kind === 'refused' ? fate.problems : fate.kind === 'left-alone' ? [fate.problem] : remarksOf(item);
    for (const found of told) this.tell(file, found);
    if (!('event' in item) || fate.kind === 'left-alone') return;
    const { type } = item.event;
    const counts = this.byType.get(type) ?? { new: 0, known: 0, refused: 0 };
    counts[fate.kind]++;
    this.byType.set(type, counts);
    const who = this.nameOf(item.event);
    this.byPatient.set(who, (this.byPatient.get(who) ?? 0) + 1);
  }

  end(file: string, end: InputEnd): void {
    this.files.push({ file, ...end });
    if (!end.unreadable) return;
    this.received++;
    this.refused++;
    this.fates.refused++;
    this.tell(file, end.unreadable);
  }

  private tell(file: string, { code, severity, message, remedy, place }: Problem): void {
    const key = JSON.stringify([code, message]);
    const told = this.problems.get(key) ?? { code, severity, message, remedy, count: 0, places: [] };
    told.count++;
    if (told.places.length < placesTold) told.places.push({ file, ...place });
    this.problems.set(key, told);
  }
}

interface Told extends Omit<Problem, 'place'> {
  count: number;
  /** The first ones. */
  readonly places: (Place & { readonly file: string })[];
}

const placesTold = 20;

const remarksOf = (item: Item): readonly Problem[] => ('event' in item ? (item.remarks ?? []) : []);

/** For a reader, or as one JSON object. Patients are never named by what the files say. */
export function printRehearsal(rehearsed: Rehearsed, format: 'text' | 'json'): void {
  const { received, fates, byType, byPatient, problems, files } = rehearsed;
  if (format === 'text') return console.log(inWords(rehearsed));
  const told = { received, ...fates, types: Object.fromEntries(byType), patients: byPatient.size };
  console.log(JSON.stringify({ ...told, problems: [...problems.values()], files }));
}

function inWords({ fates, byType, byPatient, problems, files }: Rehearsed): string {
  const parts = [
    files.map(fileInWords).join('\n'),
    table(
      ['Would be', 'Events'],
      [
        ['new', String(fates.new)],
        ['known already', String(fates.known)],
        ['refused', String(fates.refused)],
        ['left alone', String(fates['left-alone'])],
      ],
    ),
  ];
  if (byType.size > 0) {
    const rows = [...byType].map(([type, counts]) => [type, ...[counts.new, counts.known, counts.refused].map(String)]);
    parts.push(table(['Event', 'New', 'Known', 'Conflict'], rows.toSorted()), patientsInWords(byPatient));
  }
  if (problems.size > 0) parts.push([...problems.values()].map(problemInWords).join('\n'));
  const unused = files.flatMap(({ unused: its }) => its);
  if (unused.length > 0) parts.push(unused.map((one) => `Not used: ${unusedInWords(one)}.`).join('\n'));
  return parts.join('\n\n');
}

function fileInWords({ file, format, source, encoding }: Rehearsed['files'][number]): string {
  return `${file}: ${[format, encoding, source && `by the field map ${source}`].filter(Boolean).join(', ')}`;
}

function patientsInWords(byPatient: ReadonlyMap<string, number>): string {
  const { size } = byPatient;
  if (size > patientsTold) return `${size} patients.`;
  return table(
    ['Patient', 'Events'],
    [...byPatient].map(([patient, count]) => [patient, String(count)]),
  );
}

const patientsTold = 20;

function problemInWords({ code, message, remedy, count, places }: Told): string {
  const where = places.map(({ row, segment, field }) =>
    [row === undefined ? segment : `row ${row}`, field].filter((part) => part !== undefined).join(' '),
  );
  const more = count > places.length ? ', …' : '';
  return `${count} × ${code}: ${message}. ${remedy}\n    ${where.join(', ')}${more}`;
}
