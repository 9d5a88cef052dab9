import { describe, expect, it } from 'vitest';
import { boardDay, daysTo } from '../../../src/views/board/board-day.ts';
import { csvLines, csvStart } from '../../../src/views/board/csv.ts';
import { Html, html } from '../../../src/views/board/html.ts';
import type { BoardLine } from '../../../src/views/board/line.ts';
import { addressOf, type BoardView, viewOf } from '../../../src/views/board/view.ts';

describe('HTML', () => {
  it('escapes whatever stands in it, in elements and in attributes', () => {
    const text = `<a href="x">'&'</a>`;
    expect(html`<p title="${text}">${text}</p>`.text).toBe(
      '<p title="&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;">&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;</p>',
    );
  });

  it('takes in other HTML, lists of it and numbers as they are, and nothing for nothing', () => {
    const items = [html`<li>${0}</li>`, html`<li>${'<'}</li>`];
    expect(html`<ul>${items}</ul>${undefined}${false}${null}${''}`).toEqual(
      new Html('<ul><li>0</li><li>&lt;</li></ul>'),
    );
  });
});

describe('the day of the board', () => {
  const settings = { dueWithinDays: 7, notHeardDays: 180, calculatedValues: 'shown' } as const;

  it('is that of the clinic’s calendar', () => {
    const at = Temporal.Instant.from('2024-12-31T23:30:00Z');
    expect(boardDay({ ...settings, timeZone: 'UTC' }, at)).toEqual({
      ...{ at, today: '2024-12-31', soon: '2025-01-07', heardFromMs: Date.parse('2024-07-04T23:30:00Z') },
    });
    expect(boardDay({ ...settings, timeZone: 'Europe/Zurich' }, at)).toMatchObject({
      today: '2025-01-01',
      soon: '2025-01-08',
    });
  });

  it('is so many days from another, across the change of clocks too', () => {
    const day = boardDay({ ...settings, timeZone: 'Europe/Zurich' }, Temporal.Instant.from('2024-10-26T12:00:00Z'));
    expect([daysTo('2024-10-28', day), daysTo('2024-10-26', day), daysTo('2024-09-26', day)]).toEqual([2, 0, -30]);
  });
});

describe('the address of a view', () => {
  it.each<BoardView>([
    { show: 'all', sort: 'due', direction: 'asc' },
    { show: 'past-alarm-date', sort: 'heard', direction: 'desc', after: [1_732_000_000_000, 'p-1'] },
    { show: 'booking-past', sort: 'booked', direction: 'asc', after: [null, 'p-1'] },
    { show: 'unknown', sort: 'alarm', direction: 'desc', after: ['2024-11-20', 'p-1'] },
  ])('is read as what was written: %o', (view) => {
    const read: BoardView | undefined = viewOf(Object.fromEntries(new URLSearchParams(addressOf(view))));
    expect(read).toEqual(view);
  });

  it('is short where all is as by default', () => {
    expect(addressOf({ show: 'all', sort: 'due', direction: 'asc' })).toBe('?');
    expect(addressOf({ show: 'unknown', sort: 'booked', direction: 'desc' })).toBe(
      '?state=unknown&sort=booked&direction=desc',
    );
  });

  it.each([
    { state: 'empty' },
    { sort: 'owner' },
    { direction: 'up' },
    { recordNumber: '1' },
    { after: 'x' },
    { after: Buffer.from('["a"]').toString('base64url') },
    { after: Buffer.from('[{},"p"]').toString('base64url') },
    { after: Buffer.from(`["2024-11-20","${'p'.repeat(65)}"]`).toString('base64url') },
    { state: ['all', 'all'] },
  ])('is none with %o', (query) => {
    expect(viewOf(query)).toBeUndefined();
  });
});

describe('CSV', () => {
  const line: BoardLine = {
    ...{ patient: 'p-1', recordNumbers: [], state: 'unknown', words: 'w', dueBy: null, dueMethod: null },
    ...{ daysLeft: -3, alarmDate: null, alarmMethod: null, lastRefill: null, lastRefillSetting: null },
    ...{
      lastRefillPlace: null,
      lastHeardOf: null,
      daysSinceHeardOf: null,
      notHeardOf: true,
      doseUgPerDay: 95.5,
      dose: 'd',
    },
    ...{ reportsHeld: 0, conflicts: 0, owner: null, note: null, bookedFor: null, bookingPast: false },
    ...{ noteVersion: 0, noteChangedBy: null, noteChangedAt: null },
  };
  const noteIn = (note: string) => csvLines([{ ...line, note }], 'now').split(',no,')[1];

  it('begins with the mark of UTF-8 and the names of its columns', () => {
    expect(csvStart()).toBe(
      '\uFEFFrecordNumber,recordNumberSystem,otherRecordNumbers,patient,state,words,dueBy,dueMethod,daysLeft,alarmDate,alarmMethod,lastRefill,lastRefillSetting,lastRefillPlace,lastHeardOf,notHeardOf,doseUgPerDay,dose,reportsHeld,conflicts,owner,bookedFor,bookingPast,note,asOf,notice\r\n',
    );
  });

  it('leaves out what is not known, and keeps numbers as numbers', () => {
    expect(csvLines([line], '2024-11-20T12:00:00Z')).toBe(
      ',,,p-1,Not known,w,,,-3,,,,,,,yes,95.5,d,0,0,,,no,,2024-11-20T12:00:00Z,Not an alarm or monitoring system.\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@A1', '\tx', '\rx', '＝1'])(
    'makes text of what a spreadsheet would compute: %j',
    (note) => {
      expect(noteIn(note)).toContain(`'${note}`);
    },
  );

  it('leaves other text as it is, in quotes where it has to be', () => {
    expect(noteIn('a=1')).toBe('a=1,now,Not an alarm or monitoring system.\r\n');
    expect(noteIn('a "b", c\nd')).toBe('"a ""b"", c\nd",now,Not an alarm or monitoring system.\r\n');
  });

  it('names all record numbers', () => {
    const recordNumbers = ['1', '2', '3'].map((value) => ({ system: 'urn:mrn', value }));
    expect(csvLines([{ ...line, recordNumbers }], 'now').startsWith('1,urn:mrn,2 3,p-1,')).toBe(true);
  });
});
