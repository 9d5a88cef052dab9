import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canary } from '../canary/canary.ts';
import { csvOf, doseChange, mappingsDir } from '../intake/csv/tables.ts';
import { type Case, casesOf, changed, cutOff, type Spoiled, secret } from './spoiled.ts';

let count = 0;

const row = (changed: Record<string, string> = {}) =>
  doseChange({
    ...{ source_event_id: `${canary.eventId}-C${++count}`, mrn: canary.recordNumber, pump_serial: canary.serial },
    ...changed,
  });

const file = (changed?: Record<string, string>, delimiter?: string): string => csvOf([row(changed)], delimiter);

const registry = (from: string, to: string): string =>
  changed(readFileSync(join(mappingsDir, 'sources/examples/redcap.csv'), 'utf8'), from, to);

const headerOf = (text: string) => text.slice(0, text.indexOf('\n'));
const rowOf = (text: string) => text.slice(text.indexOf('\n') + 1, -1);

const cells: Case[] = [
  ['a negative dose', 'field-range', file({ daily_dose_ug: '-220' })],
  ['a dose of 10,000 digits', 'number-unreadable', file({ daily_dose_ug: '9'.repeat(10_000) })],
  ['a dose in mg', undefined, file({ daily_dose_ug: '0.22 mg' })],
  ['a dose with its unit', 'number-unreadable', file({ daily_dose_ug: '220 ug' })],
  ['a decimal comma', 'decimal-comma', file({ daily_dose_ug: '220,5' })],
  ['thousands with a comma', undefined, file({ concentration_ug_ml: '2,000' })],
  ['an exponent', undefined, file({ daily_dose_ug: '2.2E+02' })],
  ['a comparison', 'value-inexact', file({ daily_dose_ug: '>220' })],
  ['a range', undefined, file({ daily_dose_ug: '200-220' })],
  ['a dose that became a date', 'spreadsheet-damage', file({ daily_dose_ug: '4-May' })],
  ['a record number that became an exponent', 'spreadsheet-damage', file({ mrn: '1.00E+12' })],
  ['a lost formula', 'spreadsheet-damage', file({ daily_dose_ug: '#REF!' })],
  ['a formula for a record number', undefined, file({ mrn: `=HYPERLINK("http://x","${canary.recordNumber}")` })],
  ['a command for a record number', undefined, file({ mrn: `@SUM(1)*cmd|' /C calc'!A0` })],
  ['a formula with a plus', undefined, file({ pump_serial: `+${canary.serial}` })],
  ['a formula after a tab', undefined, file({ pump_serial: `\t=${canary.serial}` })],
  ['February 30', undefined, file({ occurred_at: '2026-02-30T10:15:00-06:00' })],
  ['a time without a zone', undefined, file({ occurred_at: '2026-11-03T10:15:00' })],
  [
    'a time that the clocks skipped',
    'time-offset-missing',
    file({ occurred_at: '2026-03-08T02:30:00', time_zone: 'America/Chicago' }),
  ],
  [
    'a time that the clocks showed twice',
    'time-offset-missing',
    file({ occurred_at: '2026-11-01T01:30:00', time_zone: 'America/Chicago' }),
  ],
  ['a zone that is none', undefined, file({ occurred_at: '2026-11-03T10:15:00', time_zone: canary.name })],
  ['an American date', undefined, file({ occurred_at: '11/03/2026 10:15' })],
  ['a serial number of a spreadsheet for a time', undefined, file({ occurred_at: '46329.427' })],
  ['a kind of event that is none', undefined, file({ event_type: canary.reason })],
  ['a mode that is none', undefined, file({ infusion_mode: canary.reason })],
  ['nothing for a record number', 'field-missing', file({ mrn: '' })],
  ['blanks for a record number', 'field-missing', file({ mrn: '   ' })],
  ['NUL in a record number', undefined, file({ mrn: `${canary.recordNumber}\0` })],
  ['a cell of a megabyte', undefined, file({ note: canary.note.repeat(30_000) })],
  ['a quote that is never closed', undefined, `${headerOf(file())}\n"${rowOf(file())}\n${rowOf(file())}\n`],
  ['a quote inside a cell', undefined, file().replace('Neuro', 'Neu"ro')],
  ['text after a quote', undefined, file().replace('ACME Neuro', '"ACME" Neuro')],
  ['a row too short', 'csv-row-width', `${headerOf(file())}\n${rowOf(file()).split(',').slice(0, 4)}\n`],
  ['a row too long', 'csv-row-width', `${headerOf(file())}\n${rowOf(file())},${secret}\n`],
  ['a row of commas', undefined, `${headerOf(file())}\n${','.repeat(9)}\n`],
  ['a row of 100,000 commas', undefined, `${headerOf(file())}\n${','.repeat(100_000)}\n`],
  ['a good row and a bad one', 'decimal-comma', csvOf([row(), row({ daily_dose_ug: '220,5' })])],
  ['a column that is none', 1, file({ [canary.unknownField]: canary.name })],
  ['a live row of a test sender', undefined, file({ test: 'N' })],
];

const files: Case[] = [
  ['a registry’s time that the clocks skipped', 'time-in-gap', registry('2023-06-20 10:05', '2023-03-12 02:30')],
  [
    'a registry’s time that the clocks showed twice',
    'time-ambiguous',
    registry('2023-06-20 10:05', '2023-11-05 01:30'),
  ],
  ['nothing', 'body-empty', ''],
  ['line ends alone', 'body-empty', '\n\n\r\n'],
  ['a header alone', undefined, `${headerOf(file())}\n`],
  ['rows without a header', undefined, `${rowOf(file())}\n${rowOf(file())}\n`],
  ['a column twice', 'csv-column-twice', `${headerOf(file())},mrn\n${rowOf(file())},${canary.recordNumber}\n`],
  [
    '10,000 columns',
    undefined,
    file(Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${canary.unknownField}${n}`, 'x']))),
  ],
  [
    '10,000 columns without a name',
    undefined,
    `${headerOf(file())}${','.repeat(10_000)}\n${rowOf(file())}${','.repeat(10_000)}\n`,
  ],
  ['a quote in the header', 'csv-quote-open', `"${file()}`],
  ['more rows than are taken', 'too-many-events', csvOf(Array.from({ length: 5_001 }, () => row()))],
  ['more bytes than are taken', 'body-too-large', `${file()}${'x'.repeat(5_000_001)}`],
  ['a page of HTML', 'source-map-missing', `<html><body>${secret}</body></html>`],
  ['JSON', 'csv-quote-open', JSON.stringify({ name: canary.name, mrn: canary.recordNumber })],
  [
    'a workbook',
    undefined,
    Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(2_000, 7), Buffer.from(secret)]),
  ],
  ['a portable document', 'source-map-missing', `%PDF-1.7\n${secret}\n%%EOF`],
  ['NUL bytes', undefined, Buffer.alloc(3_000)],
  ['100,000 quotes', undefined, '"'.repeat(100_001)],
  ['a merge that was not resolved', undefined, `<<<<<<< HEAD\n${file()}=======\n${file()}>>>>>>> x\n`],
  ['semicolons', 1, file({}, ';')],
  ['tabs', 1, file({}, '\t')],
  ['bars', undefined, file({}, '|')],
  ['lines that end in CR alone', undefined, file().replaceAll('\n', '\r')],
  ['line ends of three kinds', undefined, `${headerOf(file())}\r\n${rowOf(file())}\r${rowOf(file())}\n`],
  ['a byte order mark', 1, `\ufeff${file()}`],
  ['two byte order marks', undefined, `\ufeff\ufeff${file()}`],
  ['UTF-16 with a mark', 1, Buffer.from(`\ufeff${file()}`, 'utf16le')],
  ['UTF-16 without a mark', undefined, Buffer.from(file(), 'utf16le')],
  ['UTF-16, its last byte lost', undefined, Buffer.from(`\ufeff${file()}`, 'utf16le').subarray(0, -1)],
  ['Windows-1252 that says nothing', undefined, Buffer.from(file({ note: 'Zoë' }), 'latin1')],
  ['bytes of no encoding', undefined, Buffer.from([...Buffer.from(file()), 0x81, 0x8d, 0xff, 0xfe])],
  ['a wider space in the names of columns', undefined, file().replaceAll('_', '\u00a0')],
];

const stated: Spoiled[] = [
  ['utf-8', Buffer.from(file({ note: 'Zoë' }), 'latin1')],
  ['us-ascii', Buffer.from(file({ note: 'Zoë' }))],
  ['utf-16le', Buffer.from(file())],
  ['ebcdic', Buffer.from(file())],
  [canary.lot, Buffer.from(file())],
].map(([charset, body]) => ({
  ...{ name: `stated as ${charset}`, door: 'csv', body: body as Buffer, mediaType: `text/csv; charset=${charset}` },
}));

export const spoiledCsv = (): Spoiled[] => [
  ...casesOf('csv', [...cells, ...files]),
  ...stated,
  ...casesOf(
    'csv',
    [
      [
        'rows of a system that is not the sender’s',
        'sender-not-permitted',
        file({ source_system: canary.sourceSystem }),
      ],
    ],
    { sender: 'narrow' },
  ),
];

export const cutOffCsv = (): Spoiled[] => cutOff('csv', Buffer.from(csvOf([row({ note: 'l"1\nl,2' }), row()])));
