import { parse } from 'csv-parse/sync';
import type { RawRow } from './rows.ts';

/** The cells of each row (RFC 4180); undefined: its quotes cannot be read. */
export function cellsOf(rows: readonly RawRow[], delimiter: string): (readonly string[] | undefined)[] {
  const together = cellsIn(rows.map(({ text }) => text).join('\n'), delimiter);
  if (together?.length === rows.length) return together;
  return rows.map(({ text }) => {
    const alone = cellsIn(text, delimiter);
    return alone?.length === 1 ? alone[0] : undefined;
  });
}

function cellsIn(text: string, delimiter: string): string[][] | undefined {
  try {
    return parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true });
  } catch {
    return undefined;
  }
}
