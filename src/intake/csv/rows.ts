/** One row as it stands in its file, before it is parted into cells. */
export interface RawRow {
  /** As sent, without its line end; of a row that is too long its beginning. */
  readonly text: string;
  /** Number of its first line in the file, from 1: what an editor shows. */
  readonly line: number;
  /** Its number as a spreadsheet shows it, which counts a cell of several lines as one; the header is 1. */
  readonly number: number;
  /** `quote-open`: a quote of this line is never closed, and reading went on behind the line. */
  readonly fault?: 'quote-open' | 'too-long' | undefined;
  /** It is the last one, and nothing ended it: the file may be cut off. */
  readonly isUnended?: true | undefined;
}

export interface RowSyntax {
  readonly delimiter: string;
  /** Cells of the header. */
  readonly width: number;
  /** Of one row. */
  readonly maxChars: number;
  /** Where the text begins in its file. */
  readonly line: number;
  readonly number: number;
}

/** Parts a text that comes in pieces into rows, in memory for one row. */
export interface RowReader {
  /** The rows that this piece ends. */
  push(text: string): RawRow[];
  /** The row that nothing ended. */
  end(): RawRow[];
}

/**
 * Rows end outside quotes, at CR, LF or CRLF. A parser of cells cannot find them in a broken file: a stray quote would
 * swallow every row up to the next one. Here a line whose quote is never closed is refused alone:
 *
 *   field start   a quote opens the cell; else it is plain
 *   plain         up to a delimiter or a line end; quotes mean nothing
 *   quoted        line ends belong to the cell; a quote may close it
 *   closing       a second quote is a quote; a delimiter or a line end closes; anything else is a fault
 *   skipping      behind what was too long, up to the line end
 */
export function rowReader(syntax: RowSyntax): RowReader {
  return new Rows(syntax);
}

type State = 'field start' | 'plain' | 'quoted' | 'closing' | 'skipping';

const quote = 0x22;
const lf = 0x0a;
const cr = 0x0d;

class Rows implements RowReader {
  private readonly syntax: RowSyntax;
  private readonly delimiter: number;
  private text = '';
  private state: State = 'field start';
  /** Where the row begins in `text`, and how far it was read. */
  private start = 0;
  private at = 0;
  /** Where lines begin inside the row, behind its first. */
  private inner: number[] = [];
  private line: number;
  private number: number;
  private found: RawRow[] = [];
  private readonly nexts: Partial<Record<State, RegExp>>;

  constructor(syntax: RowSyntax) {
    this.syntax = syntax;
    this.delimiter = syntax.delimiter.charCodeAt(0);
    this.line = syntax.line;
    this.number = syntax.number;
    const plain = new RegExp(`[${RegExp.escape(syntax.delimiter)}\\r\\n]`, 'g');
    this.nexts = { plain, quoted: /["\r\n]/g, skipping: /[\r\n]/g };
  }

  push(text: string): RawRow[] {
    this.text = this.text.slice(this.start) + text;
    this.inner = this.inner.map((at) => at - this.start);
    this.at -= this.start;
    this.start = 0;
    this.read('more');
    return this.take();
  }

  end(): RawRow[] {
    this.read('all');
    while (this.start < this.text.length && this.state !== 'skipping') {
      if (this.state === 'quoted') this.refuseFirstLine();
      else this.endRow(this.text.length, 0);
      this.read('all');
    }
    return this.take();
  }

  private take(): RawRow[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  private read(extent: 'more' | 'all'): void {
    for (;;) {
      this.leap();
      if (this.at >= this.text.length) return;
      const char = this.text.charCodeAt(this.at);
      // Whether a CR at the end of this piece is one half of a CRLF is not known yet.
      if (char === cr && this.at + 1 === this.text.length && extent === 'more') return;
      if (char === lf || char === cr) this.atLineEnd(char);
      else this.atChar(char);
      if (this.at - this.start > this.syntax.maxChars) this.refuseLong();
    }
  }

  /** To the next character that can change the state, but never past where a row is too long. */
  private leap(): void {
    const next = this.nexts[this.state];
    if (!next) return;
    next.lastIndex = this.at;
    const at = next.test(this.text) ? next.lastIndex - 1 : this.text.length;
    if (this.state === 'skipping') this.start = at;
    this.at = Math.min(at, this.start + this.syntax.maxChars);
  }

  private atLineEnd(char: number): void {
    const length = char === cr && this.text.charCodeAt(this.at + 1) === lf ? 2 : 1;
    if (this.state === 'quoted') {
      this.at += length;
      this.inner.push(this.at);
    } else this.endRow(this.at, length);
  }

  private atChar(char: number): void {
    this.at++;
    switch (this.state) {
      case 'field start':
        if (char === quote) this.state = 'quoted';
        else if (char !== this.delimiter) this.state = 'plain';
        return;
      case 'plain':
        if (char === this.delimiter) this.state = 'field start';
        return;
      case 'quoted':
        if (char === quote) this.state = 'closing';
        return;
      case 'closing':
        if (char === quote) this.state = 'quoted';
        else if (char === this.delimiter) this.state = 'field start';
        else if (this.inner.length > 0) this.refuseFirstLine();
        else this.state = 'plain';
        return;
      case 'skipping':
    }
  }

  /** Rows inside a quoted cell were swallowed by a stray quote, rather than written there. */
  private endRow(end: number, lineEnd: number): void {
    if (this.state !== 'skipping') {
      if (this.hasSwallowed(end)) return this.refuseFirstLine();
      const row = { text: this.text.slice(this.start, end), line: this.line, number: this.number };
      this.found.push(lineEnd === 0 ? { ...row, isUnended: true } : row);
    }
    this.begin(end + lineEnd, this.inner.length + 1);
  }

  private hasSwallowed(end: number): boolean {
    const { delimiter, width } = this.syntax;
    const [second] = this.inner;
    if (second === undefined || width < distinctWidth) return false;
    const isRow = (from: number, to: number) => this.text.slice(from, to).split(delimiter).length === width;
    const last = this.inner.length - 1;
    return this.inner.some((from, n) => {
      if (n < last) return isRow(from, this.inner[n + 1] as number);
      // What follows the closing quote belongs to the row: its last line looks like a row by itself.
      return isRow(from, end) && isRow(this.start, second);
    });
  }

  /** Its quote is never closed: the next line is a row of its own again. */
  private refuseFirstLine(): void {
    const end = this.inner[0] ?? this.text.length;
    const text = this.text.slice(this.start, end).replace(/\r?\n$|\r$/, '');
    this.found.push({ text, line: this.line, number: this.number, fault: 'quote-open' });
    this.begin(end, 1);
  }

  private refuseLong(): void {
    if (this.state === 'skipping') return;
    if (this.inner.length > 0) return this.refuseFirstLine();
    const text = this.text.slice(this.start, this.at);
    this.found.push({ text, line: this.line, number: this.number, fault: 'too-long' });
    this.state = 'skipping';
    this.start = this.at;
  }

  private begin(start: number, lines: number): void {
    this.start = start;
    this.at = start;
    this.inner = [];
    this.state = 'field start';
    this.line += lines;
    this.number++;
  }
}

/** A line of a clinician's text has not by chance exactly as many cells as a row of so many. */
const distinctWidth = 5;
