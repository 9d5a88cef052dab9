import { type Problem, problem } from '../../event/problem.ts';
import type { Source } from '../source/compile.ts';
import type { Sources } from '../source/load.ts';
import { cellsOf } from './cells.ts';
import { type Columns, columnsOf } from './columns.ts';
import { delimiterOf } from './delimiter.ts';
import type { RawRow } from './rows.ts';

/** The first row of a file: what each cell of the others means. */
export interface Header {
  /** As sent. */
  readonly text: string;
  readonly delimiter: string;
  /** By their place; what has no name is named by it. */
  readonly columns: readonly string[];
  readonly source: Source;
  readonly known: Columns;
}

export interface HeaderContext {
  readonly sources: Sources;
  /** Name of the field map, where it is stated. */
  readonly source?: string | undefined;
  readonly delimiter?: string | undefined;
}

export type HeaderRead = { readonly header: Header } | { readonly problem: Problem };

export function readHeader(row: RawRow, context: HeaderContext): HeaderRead {
  const { text } = row;
  const stated = context.source === undefined ? undefined : context.sources.named(context.source);
  const isKnown = (columns: readonly string[]) => sourceFor(named(columns), context) !== undefined;
  const delimiter = context.delimiter ?? stated?.map.csv?.delimiter ?? delimiterOf(text, isKnown) ?? ',';
  const cells = cellsOf([row], delimiter)[0];
  if (row.fault || !cells)
    return { problem: problem('csv-quote-open', 'the quotes of the header cannot be read', at(row)) };
  const columns = named(cells);
  const twice = firstTwice(columns);
  if (twice !== undefined)
    return { problem: problem('csv-column-twice', 'two columns have one name', { ...at(row), field: twice }) };
  const source = stated ?? sourceFor(columns, context);
  if (!source) return { problem: unknownHeader(row, columns) };
  return { header: { text, delimiter, columns, source, known: columnsOf(source) } };
}

function sourceFor(columns: readonly string[], { sources, source }: HeaderContext): Source | undefined {
  return source === undefined ? sources.forCsvHeader(columns) : sources.named(source);
}

/** A row of values in place of the header would make names of them: a name has no digits alone. */
function unknownHeader(row: RawRow, columns: readonly string[]): Problem {
  if (columns.some((column) => /^[\d.,/:T+-]+$/.test(column) && /\d/.test(column))) {
    return problem('csv-header-missing', 'the first row does not name columns', at(row));
  }
  return problem('source-map-missing', 'no field map reads a file with these columns', at(row));
}

const at = (row: RawRow) => ({ row: row.number });

function firstTwice(columns: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return columns.find((column) => seen.size === seen.add(column).size);
}

/** Spreadsheets add blanks, and columns without a name. */
const named = (cells: readonly string[]): string[] => cells.map((cell, n) => cell.trim() || `(column ${n + 1})`);
