import type { Place } from '../../../../event/problem.ts';
import { csvShown } from './csv.ts';
import { hl7Shown } from './hl7v2.ts';
import { jsonShown } from './json.ts';

/** What was sent, for a human: with the faulty places marked. */
export type Shown = LinesShown | CellsShown;

export interface LinesShown {
  readonly kind: 'lines';
  readonly lines: readonly Line[];
  /** Lines that are left out before and after, where there are very many. */
  readonly before: number;
  readonly after: number;
}

/** A row of a table with its header. */
export interface CellsShown {
  readonly kind: 'cells';
  readonly cells: readonly { readonly column: string; readonly piece: Piece }[];
}

export type Line = readonly Piece[];

export interface Piece {
  readonly text: string;
  /** `exact`: this is what is meant. `near`: what is meant would stand in here, and is not there. */
  readonly marked?: 'exact' | 'near';
}

/** `format`: as it was sent; absent: canonical JSON. */
export function shown(text: string, format: string | undefined, places: readonly Place[]): Shown {
  if (format === 'csv') return csvShown(text, places);
  return within(format === 'hl7v2' ? hl7Shown(text, places) : jsonShown(text, places));
}

const longestShown = 600;
const linesBeforeMark = 200;

/** Of very many lines those around the first mark. */
function within(lines: readonly Line[]): LinesShown {
  if (lines.length <= longestShown) return { kind: 'lines', lines, before: 0, after: 0 };
  const marked = lines.findIndex((line) => line.some((piece) => piece.marked !== undefined));
  const from = Math.max(0, Math.min(marked - linesBeforeMark, lines.length - longestShown));
  const part = lines.slice(from, from + longestShown);
  return { kind: 'lines', lines: part, before: from, after: lines.length - from - part.length };
}

/** Whether any of the places was found. */
export const isMarked = (what: Shown): boolean =>
  what.kind === 'cells'
    ? what.cells.some(({ piece }) => piece.marked !== undefined)
    : what.lines.some((line) => line.some((piece) => piece.marked !== undefined));
