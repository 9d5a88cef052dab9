import { describe, expect, it } from 'vitest';
import { readClock, readDate, readInstant, readTime, type TimeRules } from '../../../src/intake/source/time.ts';

const hl7: TimeRules = { writes: 'hl7v2', zone: 'America/Chicago', overlap: 'earlier' };
const csv: TimeRules = { writes: 'Y-M-D', zone: 'America/Chicago', overlap: 'earlier' };

describe('a time of HL7 v2', () => {
  it.each([
    ['20261103101530-0600', '2026-11-03T10:15:30-06:00', 'stated'],
    ['20261103101530.1234+0000', '2026-11-03T10:15:30.1234+00:00', 'stated'],
    ['202611031015-0600', '2026-11-03T10:15-06:00', 'stated'],
    ['202611031015', '2026-11-03T10:15-06:00', 'zone'],
    ['202607031015', '2026-07-03T10:15-05:00', 'zone'],
    ['20261103', '2026-11-03', 'none'],
    ['202611', '2026-11', 'none'],
    ['2026', '2026', 'none'],
  ])('%s is as exact as it was written', (text, iso, offset) => {
    expect(readTime(text, hl7)).toEqual({ value: { text: iso, offset } });
  });

  it.each(['2026110310', '20261103101', '20260231', '202613', '20261103246000', '2026-11-03', 'today', ''])(
    '%j is refused',
    (text) => {
      expect(readTime(text, hl7)).toMatchObject({ code: 'time-unreadable' });
    },
  );

  it('without an offset is refused where the map names no zone', () => {
    expect(readTime('202611031015', { ...hl7, zone: undefined })).toMatchObject({ code: 'time-offset-missing' });
  });

  it('that the clocks skipped is refused, and the minutes around it are not', () => {
    expect(readTime('202603080230', hl7)).toMatchObject({ code: 'time-in-gap' });
    expect(readTime('202603080159', hl7)).toEqual({ value: { text: '2026-03-08T01:59-06:00', offset: 'zone' } });
    expect(readTime('202603080300', hl7)).toEqual({ value: { text: '2026-03-08T03:00-05:00', offset: 'zone' } });
  });

  it('that the clocks showed twice is the earlier one, or refused where the map says so', () => {
    expect(readTime('202611010130', hl7)).toEqual({ value: { text: '2026-11-01T01:30-05:00', offset: 'earlier' } });
    expect(readTime('202611010130', { ...hl7, overlap: 'refuse' })).toMatchObject({ code: 'time-ambiguous' });
    expect(readTime('202611010130-0600', { ...hl7, overlap: 'refuse' })).toMatchObject({ value: { offset: 'stated' } });
  });
});

describe('a time of a spreadsheet', () => {
  it.each([
    ['2026-11-03T10:15:00-06:00', '2026-11-03T10:15:00-06:00'],
    ['2026-11-03 10:15', '2026-11-03T10:15-06:00'],
    ['2026-11-03T10:15:00Z', '2026-11-03T10:15:00Z'],
    ['2026-11', '2026-11'],
  ])('%s is read in ISO order', (text, iso) => {
    expect(readTime(text, csv)).toMatchObject({ value: { text: iso } });
  });

  it('is read in the order that the map states, never in another', () => {
    expect(readTime('3/11/2026', { ...csv, writes: 'D-M-Y' })).toMatchObject({ value: { text: '2026-11-03' } });
    expect(readTime('11/03/2026 10:15', { ...csv, writes: 'M-D-Y' })).toMatchObject({
      value: { text: '2026-11-03T10:15-06:00' },
    });
    expect(readTime('11/03/26', csv)).toMatchObject({ code: 'time-unreadable' });
    expect(readTime('13/11/2026', { ...csv, writes: 'M-D-Y' })).toMatchObject({ code: 'time-unreadable' });
  });
});

it('an instant needs its clock time, a date its day', () => {
  expect(readInstant('20261103', hl7)).toMatchObject({ code: 'time-unreadable', isPartial: true });
  expect(readDate('20270416', hl7, 'whole')).toEqual({ value: '2027-04-16' });
  expect(readDate('20270416000000', hl7, 'whole')).toEqual({ value: '2027-04-16' });
  expect(readDate('202704', hl7, 'whole')).toMatchObject({ code: 'time-unreadable' });
  expect(readDate('202704', hl7, 'partial')).toEqual({ value: '2027-04' });
});

it('a clock time is hours and minutes, with or without a colon', () => {
  expect(readClock('0000')).toEqual({ value: '00:00' });
  expect(readClock('18:30:00')).toEqual({ value: '18:30' });
  expect(readClock('183015')).toMatchObject({ code: 'time-unreadable' });
  expect(readClock('0.5')).toMatchObject({ code: 'time-unreadable' });
});
