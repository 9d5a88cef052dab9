import { parse } from 'csv-parse/sync';
import type { Place } from '../../../../event/problem.ts';
import type { CellsShown, Piece } from './shown.ts';

/** A row with its header; a place names its column. */
export function csvShown(text: string, places: readonly Place[]): CellsShown {
  const [header = [], row = []] = rowsOf(text);
  const meant = new Set(places.flatMap(({ field }) => field ?? []));
  const known = header.map((column, n) => ({ column, text: row[n] ?? '' }));
  // More cells than the header has names for, and a column that is missing: both are told by where they would stand.
  const beyond = row.slice(header.length).map((cell, n) => ({ column: `column ${header.length + n + 1}`, text: cell }));
  const absent = [...meant].filter((column) => !header.includes(column)).map((column) => ({ column, text: '' }));
  return {
    kind: 'cells',
    cells: [...known, ...beyond, ...absent].map(({ column, text: cell }, n) => {
      const isAbsent = n >= known.length + beyond.length;
      return { column, piece: pieceOf(cell, meant.has(column), isAbsent) };
    }),
  };
}

function pieceOf(text: string, isMeant: boolean, isAbsent: boolean): Piece {
  if (!isMeant) return { text };
  return { text, marked: isAbsent || text === '' ? 'near' : 'exact' };
}

function rowsOf(text: string): string[][] {
  const first = text.split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [',', ';', '\t', '|'].reduce((best, one) =>
    countOf(first, one) > countOf(first, best) ? one : best,
  );
  const options = { delimiter, relax_column_count: true, relax_quotes: true, bom: true, to: 2 };
  try {
    return parse(text, options);
  } catch {
    // What is no CSV at all is shown as it stands.
    return text.split(/\r?\n/).map((line) => [line]);
  }
}

const countOf = (text: string, character: string): number => text.split(character).length - 1;
