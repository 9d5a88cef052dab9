import { stringify } from 'csv-stringify/sync';
import type { BoardLine } from './line.ts';
import { notice, stateNames } from './words.ts';

/** A file begins with the mark by which spreadsheets know UTF-8; without it they misread names. */
export const csvStart = (): string => `\uFEFF${stringify([columns], layout)}`;

/** RFC 4180: lines end with CRLF. What a spreadsheet would take for a formula is text. */
export const csvLines = (lines: readonly BoardLine[], asOf: string): string =>
  stringify(
    lines.map((line) => cellsOf(line, asOf)),
    layout,
  );

const layout = { record_delimiter: '\r\n', escape_formulas: false, cast: { string: harmless } } as const;

/** A quote before it makes it text. A number of ours is none of the sender's texts and stays one. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

const columns = [
  ...['recordNumber', 'recordNumberSystem', 'otherRecordNumbers', 'patient', 'state', 'words'],
  ...['dueBy', 'dueMethod', 'daysLeft', 'alarmDate', 'alarmMethod'],
  ...['lastRefill', 'lastRefillSetting', 'lastRefillPlace', 'lastHeardOf', 'notHeardOf', 'doseUgPerDay', 'dose'],
  ...['reportsHeld', 'conflicts', 'owner', 'bookedFor', 'bookingPast', 'note', 'asOf', 'notice'],
];

function cellsOf(line: BoardLine, asOf: string): (string | number | null)[] {
  const [first, ...others] = line.recordNumbers;
  return [
    ...[first?.value ?? null, first?.system ?? null, others.map(({ value }) => value).join(' ')],
    ...[line.patient, stateNames[line.state], line.words],
    ...[line.dueBy, line.dueMethod, line.daysLeft, line.alarmDate, line.alarmMethod],
    ...[line.lastRefill, line.lastRefillSetting, line.lastRefillPlace, line.lastHeardOf, yesOrNo(line.notHeardOf)],
    ...[line.doseUgPerDay, line.dose, line.reportsHeld, line.conflicts],
    ...[line.owner, line.bookedFor, yesOrNo(line.bookingPast), line.note, asOf, notice],
  ];
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
