import { stringify } from 'csv-stringify/sync';

/**
 * Every CSV that leaves this process. RFC 4180: lines end with CRLF. What a spreadsheet would take for a formula is text:
 * a quote before it makes it so. A number of ours is none of a sender's texts and stays one.
 */
export const csvText = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify(
    rows.map((cells) => [...cells]),
    { record_delimiter: '\r\n', escape_formulas: false, cast: { string: harmless } },
  );

/** A file begins with the mark by which spreadsheets know UTF-8; without it they misread names. */
export const byteOrderMark = '\uFEFF';

const harmless = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);
