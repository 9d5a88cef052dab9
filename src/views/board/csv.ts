import { byteOrderMark, csvText } from '../../outgoing/csv.ts';
import type { BoardLine } from './line.ts';
import { notice, stateNames } from './words.ts';

export const csvStart = (): string => byteOrderMark + csvText([columns]);

export const csvLines = (lines: readonly BoardLine[], asOf: string): string =>
  csvText(lines.map((line) => cellsOf(line, asOf)));

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
