import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventTypes } from '../../../src/event/event.ts';
import { readCsv, readCsvBytes } from '../../../src/intake/csv/read.ts';
import type { Item } from '../../../src/intake/item.ts';
import { csvOf, doseChange, mappingsDir, read, shippedSources, toldOf } from './tables.ts';

const sources = shippedSources;
const two = () => [doseChange({ source_event_id: 'A' }), doseChange({ source_event_id: 'B', note: 'a, "b"; c|d\te' })];

async function streamed(bytes: Uint8Array, piece: number, context: object = {}) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const items: Item[] = [];
  const rows = readCsv(pieces(), { sources: sources(), ...context });
  for (;;) {
    const next = await rows.next();
    if (next.done) return { ...next.value, items };
    items.push(...next.value);
  }
}

describe('a CSV file', () => {
  test.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['bars', '|'],
  ])('may be parted by %s', (_what, delimiter) => {
    const { items, delimiter: found } = read(csvOf(two(), delimiter));
    expect([toldOf(items), found]).toEqual([['A', 'B'], delimiter]);
    const [, second] = items;
    expect(second && 'event' in second && second.event).toMatchObject({ note: 'a, "b"; c|d\te' });
  });

  test('may say its delimiter in a first line, as spreadsheets do', () => {
    expect(toldOf(read(`sep=;\r\n${csvOf(two(), ';')}`).items)).toEqual(['A', 'B']);
  });

  test.each(['\r\n', '\n', '\r'])('may end its lines by any line end (%j)', (lineEnd) => {
    expect(toldOf(read(csvOf(two(), ',', lineEnd)).items)).toEqual(['A', 'B']);
  });

  test.each([
    ['UTF-8', (text: string) => Buffer.from(text), undefined],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`), undefined],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'), undefined],
    ['UTF-16, greatest byte first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), undefined],
    ['Windows-1252, stated', (text: string) => Buffer.from(text, 'latin1'), 'windows-1252'],
    ['Windows-1252, found', (text: string) => Buffer.from(text, 'latin1'), undefined],
  ])('may be in %s, whole or in any pieces', async (_what, encode, encoding) => {
    const bytes = encode(
      csvOf([doseChange({ source_event_id: 'A', performer_name: 'José Müller', note: 'cathéter déplacé' })]),
    );
    for (const { items } of [
      readCsvBytes(bytes, { sources: sources(), encoding }),
      await streamed(bytes, 1, { encoding }),
      await streamed(bytes, 1000, { encoding }),
    ]) {
      const [item] = items;
      expect(item && 'event' in item && item.event).toMatchObject({ performer: { display: 'José Müller' } });
    }
  });

  test('that was taken for Windows-1252 says so, once', () => {
    const rows = [doseChange({ note: 'cathéter déplacé' }), doseChange({ note: 'épaule' })];
    const { items, encoding } = readCsvBytes(Buffer.from(csvOf(rows), 'latin1'), { sources: sources() });
    expect(encoding).toEqual({ name: 'windows-1252', known: 'assumed' });
    expect(items.map((item) => 'event' in item && item.remarks?.map(({ code, severity }) => [code, severity]))).toEqual(
      [[['encoding-assumed', 'information']], undefined],
    );
  });

  test('in an encoding that is not known is refused', () => {
    const { items, unreadable } = readCsvBytes(Buffer.from('a'), { sources: sources(), encoding: 'ebcdic' });
    expect([items, unreadable?.code]).toEqual([[], 'encoding-unknown']);
  });

  test.each([
    ['a byte that is no character', Buffer.from([0xff])],
    ['a character that was lost before', Buffer.from('\uFFFD')],
    ['NUL', Buffer.from([0])],
    ['a mark of the byte order in the middle', Buffer.from('\uFEFF')],
  ])('loses the row alone that has %s', (_what, bad) => {
    const text = csvOf([
      doseChange({ source_event_id: 'A', note: 'ë' }),
      doseChange({ note: '@@' }),
      doseChange({ source_event_id: 'C' }),
    ]);
    const [before, after] = text.split('@@') as [string, string];
    const { items } = readCsvBytes(Buffer.concat([Buffer.from(before), bad, Buffer.from(after)]), {
      sources: sources(),
    });
    expect(toldOf(items)).toEqual(['A', ['text-unreadable 3'], 'C']);
  });

  test('names the row as a spreadsheet counts, and the line where that is another', () => {
    const rows = [doseChange({ note: 'two\nlines' }), doseChange({ daily_dose_ug: 'x' })];
    const [, second] = read(csvOf(rows)).items;
    expect(second?.place).toEqual({ row: 3, line: 4 });
    expect(second && 'problems' in second && second.problems[0]?.place).toEqual({
      row: 3,
      line: 4,
      field: 'daily_dose_ug',
    });
  });

  test('keeps of a refused row its header and the row as sent, which read alone say the same', () => {
    const rows = [doseChange(), doseChange({ source_event_id: 'X', daily_dose_ug: '4-May', note: 'a "b"\nc' })];
    const [, refused] = read(csvOf(rows)).items;
    expect(refused).toMatchObject({ format: 'csv', source: 'canonical-csv' });
    const again = read((refused as Item).payload);
    expect(toldOf(again.items)).toEqual([['spreadsheet-damage 2 daily_dose_ug']]);
    const mended = read((refused as Item).payload.replace('4-May', '4.5'));
    expect(toldOf(mended.items)).toEqual(['X']);
  });

  test('loses the row alone whose width is wrong', () => {
    const lines = csvOf([doseChange(), doseChange(), doseChange({ source_event_id: 'C' })]).split('\n');
    lines[1] = `${lines[1]},more`;
    lines[2] = (lines[2] as string).slice(0, (lines[2] as string).lastIndexOf(','));
    const { items } = read(lines.join('\n'));
    expect(toldOf(items)).toEqual([['csv-row-width 2'], ['csv-row-width 3'], 'C']);
  });

  test('loses the row alone whose quotes cannot be read', () => {
    const lines = csvOf([
      doseChange({ note: 'n' }),
      doseChange({ note: 'n' }),
      doseChange({ source_event_id: 'C' }),
    ]).split('\n');
    lines[1] = (lines[1] as string).replace(/n$/, '"open');
    lines[2] = (lines[2] as string).replace(/n$/, 'in"side');
    expect(toldOf(read(lines.join('\n')).items)).toEqual([['csv-quote-open 2'], ['csv-quote-open 3'], 'C']);
  });

  test('loses the row alone that is too long', () => {
    const rows = [doseChange({ note: 'n'.repeat(5000) }), doseChange({ source_event_id: 'B' })];
    const { items } = read(csvOf(rows), { maxRowChars: 4000 });
    expect(toldOf(items)).toEqual([['csv-row-too-long 2'], 'B']);
  });

  test('whose last row nothing ends is read, and says that it may be cut off', () => {
    const text = csvOf([doseChange(), doseChange()]);
    const remarks = (all: string) =>
      read(all).items.map((item) => 'event' in item && item.remarks?.map(({ code }) => code));
    expect(remarks(text)).toEqual([undefined, undefined]);
    expect(remarks(text.trimEnd())).toEqual([undefined, ['csv-end-missing']]);
  });

  test('passes over blank rows, and those of nothing but delimiters', () => {
    const [header, row] = csvOf([doseChange({ source_event_id: 'A' })]).split('\n') as [string, string];
    const { items, rows } = read([header, '', row, ',,,,,,,,,', '  ', ''].join('\r\n'));
    expect([toldOf(items), rows]).toEqual([['A'], 5]);
    expect(items[0]?.place).toEqual({ row: 3 });
  });

  test('is not read where two columns have one name', () => {
    const { items } = read('source_event_id,mrn,mrn\n1,2,3\n');
    expect(toldOf(items)).toEqual([['csv-column-twice 1 mrn']]);
  });

  test('is not read without a header, or with one that no field map knows; it is kept whole', () => {
    expect(toldOf(read('E1,implant,2026-05-26T10:30:00-05:00,MRN1\n').items)).toEqual([['csv-header-missing 1']]);
    const unknown = read('colour,taste\nred,sweet\n');
    expect(toldOf(unknown.items)).toEqual([['source-map-missing 1']]);
    expect(unknown.items[0]?.payload).toBe('colour,taste\nred,sweet\n');
    expect(read('\n\n').unreadable?.code).toBe('body-empty');
  });

  test('says of each column that reached no event how often it held something', () => {
    const rows = [
      doseChange({ favourite_colour: 'red' }),
      doseChange({ favourite_colour: '' }),
      doseChange({ favourite_colour: 'x' }),
    ];
    expect(read(csvOf(rows)).unused).toEqual([{ path: 'favourite_colour', count: 2, decision: 'unknown' }]);
  });

  test('says so where a column without a name holds something', () => {
    const [header, row] = csvOf([doseChange()]).split('\n');
    expect(read(`${header},,\n${row},,stray\n`).unused).toEqual([
      { path: '(column 12)', count: 1, decision: 'unknown' },
    ]);
  });

  test('gives the same in one piece, in many, and from any row on', async () => {
    const bytes = Buffer.from(csvOf([...two(), doseChange({ daily_dose_ug: 'x', note: 'l\nm' }), ...two()]));
    const whole = readCsvBytes(bytes, { sources: sources() });
    for (const piece of [1, 13, 4096])
      expect(await streamed(bytes, piece)).toEqual({ ...whole, unreadable: undefined });
    const later = await streamed(bytes, 50, { fromRow: 4 });
    expect(later.items).toEqual(whole.items.slice(2));
  });

  test('keeps text that begins like a formula as text', () => {
    const [item] = read(csvOf([doseChange({ note: '=2+5', performer_name: '@home' })])).items;
    expect(item && 'event' in item && item.event).toMatchObject({ note: '=2+5', performer: { display: '@home' } });
  });

  test('of ten thousand columns is read as any other', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`extra_${n}`, `${n}`]));
    const { items, unused } = read(csvOf([doseChange({ source_event_id: 'A', ...wide })]));
    expect([toldOf(items), unused.length]).toEqual([['A'], 10_000]);
  }, 20_000);
});

describe('the shipped examples', () => {
  test('of canonical CSV is read whole: what reached no event is kept', () => {
    const { items, unused } = readCsvBytes(example('canonical-csv'), { sources: sources() });
    expect(toldOf(items)).toEqual(['E1', 'E2', 'E3', 'E4']);
    expect(unused.map(({ path, decision }) => `${path} ${decision}`)).toEqual([
      'bolus_ug kept',
      'bolus_type kept',
      'device_role kept',
      'catheter_model kept',
      'catheter_tip_level kept',
    ]);
  });

  test('of canonical CSV has a row of every kind of event, each in use', () => {
    const { items } = readCsvBytes(example('canonical-csv.kinds'), { sources: sources() });
    const types = items.map((item) => ('event' in item ? item.event.type : toldOf([item])));
    expect(types.toSorted()).toEqual(eventTypes.toSorted());
  });

  test('of REDCap is read whole: each instrument is an event of its own, an incomplete form none', () => {
    const { items } = readCsvBytes(example('redcap'), { sources: sources() });
    expect(
      items.map((item) => ('event' in item ? item.event.type : 'leftAlone' in item && item.leftAlone.code)),
    ).toEqual([
      ...['baseline', 'screening-bolus', 'implant', 'refill', 'ignored-by-map', 'dose-change', 'assessment'],
      ...['complication', 'revision', 'follow-up', 'explant', 'death'],
    ]);
    const complication = items.find((item) => 'event' in item && item.event.type === 'complication');
    expect(complication && 'event' in complication && complication.event).toMatchObject({
      source: { system: 'urn:x-redcap:itb-registry', eventId: '101/follow_up_arm_1/complication/1' },
      occurredAt: '2024-01-08',
      patient: { identifier: { system: 'urn:x-redcap:itb-registry:record', value: '101' } },
      ...{ code: 'catheter-kink', severity: 'moderate', symptoms: ['itching without rash', 'spasticity'] },
      ...{ relatedTo: 'catheter', serious: true, outcome: 'resolved', resolvedAt: '2024-01-12' },
    });
    const refill = items.find((item) => 'event' in item && item.event.type === 'refill');
    expect(refill && 'event' in refill && refill.event).toMatchObject({
      occurredAt: '2023-06-20T10:05-05:00',
      fill: { volumeMl: 38, concentrationUgPerMl: 2000, lotNumber: 'LOTB8001', expirationDate: '2025-01-31' },
      program: { mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay: 140 },
    });
  });

  test('a row corrects or withdraws what an earlier one told', () => {
    const rows = [
      doseChange({ source_event_id: 'E9', status: 'corrected', supersedes_event_id: 'E3' }),
      doseChange({
        source_event_id: 'E10',
        status: 'withdrawn',
        supersedes_event_id: 'E3',
        amendment_reason: 'wrong patient',
      }),
      doseChange({ status: 'perhaps' }),
    ];
    const { items, unused } = read(csvOf(rows));
    const [correction, withdrawal, unclear] = items;
    expect(JSON.stringify(unused)).not.toContain('wrong patient');
    expect(unused.map(({ reason }) => reason)).toContain('what was withdrawn');
    expect(correction && 'event' in correction && correction.event).toMatchObject({
      ...{ type: 'correction', source: { eventId: 'E9' }, replaces: 'E3' },
      event: { type: 'dose-change', program: { doseUgPerDay: 220 } },
    });
    expect(withdrawal && 'event' in withdrawal && withdrawal.event).toMatchObject({
      ...{ type: 'void', source: { eventId: 'E10' }, voids: 'E3', reason: 'wrong patient' },
    });
    expect(toldOf([unclear as Item])).toEqual([['code-unmapped 4 status']]);
  });
});

const example = (name: string) => readFileSync(join(mappingsDir, 'sources/examples', `${name}.csv`));
