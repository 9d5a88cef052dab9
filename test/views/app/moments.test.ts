import { describe, expect, it } from 'vitest';
import { dayInWords, momentInWords, placeOf } from '../../../src/views/app/page/moments.ts';

describe('a moment in words', () => {
  it.each([
    ['2018', '2018'],
    ['2018-06', 'June 2018'],
    ['2018-06-04', '4 Jun 2018'],
    ['some day', 'some day'],
    ['2018-06-04Tsoon', '2018-06-04Tsoon'],
  ])('is as precise as it was reported: %s is %s', (text, words) => {
    expect(momentInWords(text, 'America/Los_Angeles')).toBe(words);
  });

  it.each([
    ['2024-06-25T23:30:00-04:00', 'Europe/Berlin', '26 Jun 2024, 05:30 CEST'],
    ['2024-06-25T23:30-04:00', 'America/New_York', '25 Jun 2024, 23:30 GMT-4'],
    ['2024-01-01T00:00:00Z', 'Asia/Kolkata', '1 Jan 2024, 05:30 GMT+5:30'],
  ])('is told in the zone of the reader, which is named: %s in %s', (text, zone, words) => {
    expect(momentInWords(text, zone)).toBe(words);
  });

  it.each([
    ['2024-06-25T23:30:00-04:00', '26 Jun 2024'],
    ['2024-06', 'June 2024'],
  ])('as a day leaves the time away: %s', (text, words) => {
    expect(dayInWords(text, 'Europe/Berlin')).toBe(words);
  });

  it('stands on an axis at the beginning of what it names', () => {
    expect(placeOf('2018-06').toISOString()).toBe('2018-06-01T00:00:00.000Z');
    expect(placeOf('2024-06-25T23:30:00-04:00').toISOString()).toBe('2024-06-26T03:30:00.000Z');
  });
});
