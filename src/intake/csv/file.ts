import { type Problem, problem } from '../../event/problem.ts';
import type { Item, Unused } from '../item.ts';
import type { Sources } from '../source/load.ts';
import { Beginning, type Begun } from './beginning.ts';
import { cellsOf } from './cells.ts';
import type { Encoding } from './encoding.ts';
import { type Header, readHeader } from './header.ts';
import { type RowContext, readRow } from './row.ts';
import { type RawRow, type RowReader, rowReader } from './rows.ts';
import { UnusedColumns } from './unused.ts';

export interface CsvContext extends RowContext {
  readonly sources: Sources;
  /** Name of the field map. Absent: the one that knows the header. */
  readonly source?: string | undefined;
  /** As its sender states it. Absent: as the map says, or as the bytes show. */
  readonly encoding?: string | undefined;
  /** Absent: as the map says, or the one by which the header is known. */
  readonly delimiter?: string | undefined;
  /** Rows before this one were read earlier and are passed over. As a spreadsheet counts. */
  readonly fromRow?: number | undefined;
  /** Of one row; longer ones are refused. */
  readonly maxRowChars?: number | undefined;
}

/** What holds of a file as a whole. */
export interface CsvEnd {
  readonly unused: readonly Unused[];
  /** Name of the field map. */
  readonly source?: string | undefined;
  readonly encoding?: Encoding | undefined;
  readonly delimiter?: string | undefined;
  /** With the header and blank ones. */
  readonly rows: number;
  /** The file could not be read at all. */
  readonly unreadable?: Problem | undefined;
}

/** The text of a file, as it comes in pieces, as items. */
export class CsvFile {
  private readonly context: CsvContext;
  private readonly encoding: Encoding | undefined;
  private readonly unused = new UnusedColumns();
  private readonly beginning: Beginning;
  private reading: { readonly header: Header; readonly rows: RowReader } | undefined;
  private unreadable: Problem | undefined;
  private lastRow = 0;
  private remark: Problem | undefined;

  constructor(context: CsvContext, encoding: Encoding | undefined) {
    this.context = context;
    this.encoding = encoding;
    this.beginning = new Beginning(context.maxRowChars ?? longestRow);
    this.remark = encoding?.known === 'assumed' ? encodingAssumed : undefined;
  }

  read(text: string): readonly Item[] {
    if (this.unreadable) return none;
    if (this.reading) return this.itemsOf(this.reading.rows.push(text));
    return this.begin(this.beginning.push(text));
  }

  readEnd(): readonly Item[] {
    if (this.unreadable) return none;
    const items = this.reading ? none : this.begin(this.beginning.end());
    return this.reading ? [...items, ...this.itemsOf(this.reading.rows.end())] : items;
  }

  end(): CsvEnd {
    const header = this.reading?.header;
    return {
      unused: this.unused.all(),
      source: header?.source.map.name,
      encoding: this.encoding,
      delimiter: header?.delimiter,
      rows: this.lastRow,
      unreadable: this.unreadable ?? (header ? undefined : problem('body-empty', 'the file has no header')),
    };
  }

  get isUnreadable(): boolean {
    return this.unreadable !== undefined;
  }

  private begin(begun: Begun | undefined): readonly Item[] {
    if (!begun) return none;
    const { row, delimiter = this.context.delimiter, rest, line } = begun;
    this.lastRow = row.number;
    const read = readHeader(row, { ...this.context, delimiter });
    if ('problem' in read) {
      this.unreadable = read.problem;
      return none;
    }
    const { header } = read;
    const maxChars = this.context.maxRowChars ?? longestRow;
    const syntax = { delimiter: header.delimiter, width: header.columns.length, maxChars };
    this.reading = { header, rows: rowReader({ ...syntax, line, number: row.number + 1 }) };
    return this.read(rest);
  }

  private itemsOf(rows: readonly RawRow[]): readonly Item[] {
    const { header } = this.reading as { header: Header };
    const { fromRow = 0 } = this.context;
    this.lastRow = rows.at(-1)?.number ?? this.lastRow;
    const wanted = rows.filter((row) => row.number >= fromRow && !isBlank(row, header.delimiter));
    const whole = wanted.filter((row) => !row.fault);
    const cells = new Map(cellsOf(whole, header.delimiter).map((found, n) => [whole[n], found]));
    return this.told(wanted.flatMap((row) => this.read1(header, row, cells.get(row))));
  }

  private read1(header: Header, row: RawRow, cells: readonly string[] | undefined): readonly Item[] {
    const { items, unused } = readRow(header, row, cells, this.context);
    this.unused.add(unused);
    return items;
  }

  /** What is to be said of the whole stands with its first event. */
  private told(items: readonly Item[]): readonly Item[] {
    const { remark } = this;
    const first = remark && items.findIndex((item) => 'event' in item);
    if (first === undefined || first < 0) return items;
    this.remark = undefined;
    return items.map((item, n) =>
      n === first && 'event' in item ? { ...item, remarks: [...(item.remarks ?? []), remark as Problem] } : item,
    );
  }
}

const none: readonly Item[] = [];

/** Longer than any row with a clinician's note in each of its cells. */
const longestRow = 256 * 1024;

/** Spreadsheets end with rows that hold nothing. */
const isBlank = ({ text }: RawRow, delimiter: string): boolean => text.replaceAll(delimiter, '').trim() === '';

const encodingAssumed = problem(
  'encoding-assumed',
  'the file is not UTF-8; it was read as Windows-1252',
  undefined,
  'information',
);
