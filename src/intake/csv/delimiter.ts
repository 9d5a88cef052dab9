import { cellsOf } from './cells.ts';

/** What parts the cells, as files are met: comma, semicolon, tab, pipe. */
export const delimiters = [',', ';', '\t', '|'] as const;

/**
 * The delimiter of a header: the one by which it is known, else the one that parts it into most cells. Quotes are
 * respected. Undefined: nothing parts it.
 */
export function delimiterOf(header: string, isKnown: (columns: readonly string[]) => boolean): string | undefined {
  const parted = delimiters
    .map((delimiter) => ({ delimiter, cells: cellsOf([{ text: header, line: 1, number: 1 }], delimiter)[0] ?? [] }))
    .filter(({ cells }) => cells.length > 1)
    .sort((a, b) => b.cells.length - a.cells.length);
  return (parted.find(({ cells }) => isKnown(cells)) ?? parted[0])?.delimiter;
}

/** Spreadsheets may say it in a first line of its own: `sep=;`. */
export const statedDelimiter = (line: string): string | undefined => /^"?sep=([,;\t|])"?$/i.exec(line)?.[1];
