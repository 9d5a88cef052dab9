import { statedDelimiter } from './delimiter.ts';
import type { RawRow } from './rows.ts';

/** What a file begins with: its header, and what was said of the delimiter in a line before it. */
export interface Begun {
  readonly row: RawRow;
  readonly delimiter?: string | undefined;
  /** What follows the header, and the number of its first line. */
  readonly rest: string;
  readonly line: number;
}

/** Takes the header off a text that comes in pieces. The delimiter is not known yet, so quotes are only counted. */
export class Beginning {
  private readonly maxChars: number;
  private text = '';
  private line = 1;
  private number = 1;
  private delimiter: string | undefined;

  constructor(maxChars: number) {
    this.maxChars = maxChars;
  }

  /** Undefined: the header has not ended yet. */
  push(text: string): Begun | undefined {
    this.text += text;
    const found = this.next('more');
    if (found || this.text.length <= this.maxChars) return found;
    return this.begun(this.text, '', 1);
  }

  /** Undefined: there is no header. */
  end(): Begun | undefined {
    return this.next('all') ?? (this.text.trim() === '' ? undefined : this.begun(this.text, '', 1));
  }

  private next(extent: 'more' | 'all'): Begun | undefined {
    for (;;) {
      const found = firstRow(this.text, extent);
      if (!found) return undefined;
      const { row, rest, lines } = found;
      const stated = this.number === 1 ? statedDelimiter(row) : undefined;
      if (row.trim() !== '' && stated === undefined) return this.begun(row, rest, lines);
      this.delimiter = stated ?? this.delimiter;
      this.text = rest;
      this.line += lines;
      this.number++;
    }
  }

  private begun(text: string, rest: string, lines: number): Begun {
    const { line, number, delimiter } = this;
    return { row: { text, line, number }, delimiter, rest, line: line + lines };
  }
}

function firstRow(text: string, extent: 'more' | 'all') {
  let lines = 1;
  let quotes = 0;
  for (const { 0: token, index } of text.matchAll(/"|\r\n|\n|\r/g)) {
    if (token === '"') quotes++;
    else if (token === '\r' && index + 1 === text.length && extent === 'more') return undefined;
    else if (quotes % 2 === 1) lines++;
    else return { row: text.slice(0, index), rest: text.slice(index + token.length), lines };
  }
  return undefined;
}
