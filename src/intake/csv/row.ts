import { type Place, type Problem, problem } from '../../event/problem.ts';
import type { Item, Unusable, Unused } from '../item.ts';
import type { RecordContext } from '../source/context.ts';
import { mapRecord } from '../source/map-record.ts';
import { type FieldValue, recordOf } from '../source/record.ts';
import { damageTo, unitDamage } from './damage.ts';
import type { Header } from './header.ts';
import type { RawRow } from './rows.ts';

export type RowContext = Pick<RecordContext, 'test' | 'sourceSystem' | 'observe'>;

export interface RowRead {
  readonly items: readonly Item[];
  readonly unused: readonly Unused[];
}

/** One row as events, or as one item that cannot be used: then nothing of the row is used but what stands by itself. */
export function readRow(
  header: Header,
  row: RawRow,
  cells: readonly string[] | undefined,
  context: RowContext,
): RowRead {
  const { source } = header;
  const place: Place = placeOf(row);
  const kept = { payload: `${header.text}\r\n${row.text}\r\n`, place, format: 'csv' as const, source: source.map.name };
  const broken = faultOf(header, row, cells, place);
  if (broken) return { items: [{ ...kept, problems: [broken] }], unused: [] };
  const values = valuesOf(header, cells as readonly string[], place);
  const damage = values.flatMap((value) => damageIn(header, value));
  const { payload } = kept;
  const { items, unused } = mapRecord(source, recordOf(values), { ...context, format: 'csv', payload, place });
  if (damage.length > 0)
    return { items: [{ ...kept, ...aboutOf(items, damage, header), problems: joined(damage, items) }], unused };
  const remarks = row.isUnended
    ? [problem('csv-end-missing', 'the last row has no line end', place, 'information')]
    : [];
  return { items: together(items, kept).map((item) => withRemarks(item, remarks)), unused };
}

export function placeOf({ number, line }: RawRow): Place {
  return line === number ? { row: number } : { row: number, line };
}

function faultOf({ columns }: Header, { text, fault }: RawRow, cells: readonly string[] | undefined, place: Place) {
  if (fault === 'too-long')
    return problem('csv-row-too-long', 'the row is too long; only its beginning is kept', place);
  if (unreadable.test(text))
    return problem('text-unreadable', 'a character of the row cannot be read in this encoding', place);
  if (fault || !cells)
    return problem('csv-quote-open', 'a quote of the row is not closed, or stands inside a cell', place);
  if (cells.length === columns.length) return undefined;
  return problem('csv-row-width', `the row has ${cells.length} cells, the header ${columns.length}`, place);
}

const withRemarks = (item: Item, remarks: readonly Problem[]): Item =>
  'event' in item && remarks.length > 0 ? { ...item, remarks: [...(item.remarks ?? []), ...remarks] } : item;

/** What was no character in the encoding, a mark of the byte order in the middle, control characters. */
const unreadable = /[\uFFFD\uFEFF]|[^\P{Cc}\t\n\r]/u;

function valuesOf({ columns }: Header, cells: readonly string[], place: Place): FieldValue[] {
  const values: FieldValue[] = [];
  for (const [n, cell] of cells.entries()) {
    const text = cell.trim();
    const path = columns[n] as string;
    if (text !== '') values.push({ path, place: { ...place, field: path }, text });
  }
  return values;
}

function damageIn({ known, source }: Header, value: FieldValue): Problem[] {
  const { path } = value;
  const found = damageTo(value, known.readingsOf(path), source.map.csv?.widths?.[path]);
  return [found ?? unitDamage(value, known.otherUnitOf(path))].filter((it) => it !== undefined);
}

/** What is wrong beside the damage is told, too; of a damaged cell the damage alone. */
function joined(damage: readonly Problem[], items: readonly Item[]): Problem[] {
  const damaged = new Set(damage.map(({ place }) => place?.field));
  const others = items.flatMap((item) => ('problems' in item ? item.problems : []));
  return [...damage, ...others.filter(({ place }) => !damaged.has(place?.field))];
}

/** Whom it is about, unless that is what was damaged. */
function aboutOf(items: readonly Item[], damage: readonly Problem[], { known }: Header): Pick<Unusable, 'about'> {
  const isPatient = ({ place }: Problem) =>
    known.readingsOf(place?.field ?? '').some(({ to }) => to.startsWith('patient.'));
  if (damage.some(isPatient)) return {};
  const [item] = items.filter((it) => 'event' in it || 'problems' in it);
  if (!item) return {};
  if ('problems' in item) return item.about ? { about: item.about } : {};
  const { patient, source, test } = item.event;
  return { about: { patient: patient.identifier, sourceSystem: source.system, test } };
}

/** Of several events of a row those that cannot be used are one item: it is the row that is mended and read again. */
function together(items: readonly Item[], kept: Omit<Unusable, 'problems'>): readonly Item[] {
  const unusable = items.filter((item) => 'problems' in item);
  const [first, ...more] = unusable;
  if (!first || more.length === 0) return items;
  const problems = unusable.flatMap((item) => item.problems);
  const unmapped = unusable.flatMap((item) => item.unmapped ?? []);
  const one: Unusable = {
    ...kept,
    ...(first.about && { about: first.about }),
    problems,
    ...(unmapped.length > 0 && { unmapped }),
  };
  return [...items.filter((item) => !('problems' in item)), one];
}
