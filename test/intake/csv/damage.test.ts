import { describe, expect, test } from 'vitest';
import { csvOf, doseChange, read, toldOf } from './tables.ts';

const refusedFor = (changed: Record<string, string>) => toldOf(read(csvOf([doseChange(changed)])).items)[0];

describe('what a spreadsheet did to a value is recognised, and refused with its row and column', () => {
  test.each([
    ['a date whose day and month cannot be told', 'occurred_at', '11/03/26'],
    ['a date in another order', 'occurred_at', '3.11.2026'],
    ['a date in another order with its time', 'occurred_at', '11/3/2026 10:15'],
    ['a date as the number of a day', 'occurred_at', '46329'],
    ['a time as the number of a day with a fraction', 'occurred_at', '46329.427083'],
    ['a time as a fraction of a day', 'occurred_at', '0.427083'],
    ['a date in words', 'occurred_at', '3-Nov'],
    ['a date in words with its year', 'recorded_at', '3-Nov-26'],
    ['a month', 'low_reservoir_alarm_date', 'Nov-26'],
    ['hashes of a column that was too narrow', 'occurred_at', '########'],
    ['an error', 'daily_dose_ug', '#REF!'],
    ['an error', 'mrn', '#N/A'],
    ['an error in German', 'mrn', '#BEZUG!'],
    ['powers of ten in a record number', 'mrn', '1.23E+11'],
    ['powers of ten in a serial number', 'pump_serial', '1E+10'],
    ['powers of ten with a decimal comma', 'mrn', '1,23E+11'],
    ['a date out of a lot', 'drug_lot', '3-Nov'],
    ['a date out of a level', 'pocket_site', 'Mar-10'],
    ['a date out of a number', 'daily_dose_ug', '4-May'],
    ['a date out of a number', 'daily_dose_ug', '5/4/2026'],
    ['separators of thousands', 'concentration_ug_ml', '2,000.0'],
    ['separators of thousands', 'concentration_ug_ml', "2'000"],
    ['separators of thousands', 'concentration_ug_ml', '2\u00A0000'],
  ])('%s: %s', (_what, column, text) => {
    expect(
      refusedFor({ drug_lot: '', pocket_site: '', recorded_at: '', low_reservoir_alarm_date: '', [column]: text }),
    ).toEqual([`spreadsheet-damage 2 ${column}`]);
  });

  test.each([
    ['a decimal comma', 'daily_dose_ug', '220,5', 'decimal-comma'],
    ['one comma, which is a decimal comma to some', 'daily_dose_ug', '1,500', 'decimal-comma'],
    ['a comparison', 'daily_dose_ug', '<220', 'value-inexact'],
    ['a unit in the cell', 'daily_dose_ug', '220 ug', 'number-unreadable'],
  ])('%s is refused by the reader of numbers', (_what, column, text, code) => {
    expect(refusedFor({ [column]: text })).toEqual([`${code} 2 ${column}`]);
  });

  test.each([
    ['a lot of digits and capitals', 'drug_lot', '1E5'],
    ['a lot with a hyphen', 'drug_lot', '3-11'],
    ['a note about a date', 'note', 'seen 3-Nov'],
    ['a note with hashes inside', 'note', 'see #12'],
    ['a partial date', 'occurred_at', '2026-11'],
    ['a dose below one', 'daily_dose_ug', '0.5'],
    ['a dose of five digits', 'daily_dose_ug', '45600'],
  ])('%s is none', (_what, column, text) => {
    const [item] = read(csvOf([doseChange({ source_event_id: 'D', [column]: text })])).items;
    expect(item && 'event' in item && item.event.source.eventId).toBe('D');
  });

  test('in a column of other units nothing is converted, and nothing is left out in silence', () => {
    const { daily_dose_ug: _dose, ...row } = doseChange();
    const { items } = read(csvOf([{ ...row, daily_dose_mg: '0.22' }]));
    expect(toldOf(items)[0]).toContain('unit-differs 2 daily_dose_mg');
  });

  test('all that is damaged is told at once, and of a damaged cell the damage alone', () => {
    expect(refusedFor({ occurred_at: '11/03/26', daily_dose_ug: '4-May', concentration_ug_ml: '2,5' })).toEqual([
      'spreadsheet-damage 2 occurred_at',
      'spreadsheet-damage 2 daily_dose_ug',
      'decimal-comma 2 concentration_ug_ml',
    ]);
  });

  test('the patient is named for who is told that a report is held, unless the record number is what was damaged', () => {
    const aboutOf = (changed: Record<string, string>) => {
      const [item] = read(csvOf([doseChange(changed)])).items;
      return item && 'problems' in item ? item.about : 'usable';
    };
    const patient = { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0012345' };
    expect(aboutOf({ occurred_at: '46329' })).toMatchObject({ patient });
    expect(aboutOf({ mrn: '1.23E+11' })).toBeUndefined();
  });
});
