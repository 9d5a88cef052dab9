import { describe, expect, it } from 'vitest';
import { mixUpWords } from '../../../src/views/app/page/mix-up.ts';

describe('a birth date of the open record beside the one that the pump’s reports state', () => {
  it.each([
    ['2012-04-18', '2013-02-14', '14 Feb 2013', '18 Apr 2012'],
    ['2012-04-18', '2012-04-19', '19 Apr 2012', '18 Apr 2012'],
    ['2012-04-18', '2012-05', 'May 2012', '18 Apr 2012'],
    ['2012', '2013-02-14', '14 Feb 2013', '2012'],
  ])('that is another (%s, %s) tells both, and that it may be two people', (reported, there, thereWords, words) => {
    expect(mixUpWords(reported, there)).toBe(
      `THIS MAY BE TWO PEOPLE. The open record says born ${thereWords}, the pump’s reports say born ${words}. ` +
        'Establish whose pump this is before using anything below.',
    );
  });

  it.each([
    ['2012-04-18', '2012-04-18'],
    ['2012', '2012-04-18'],
    ['2012-04', '2012-04-18'],
    ['2012-04-18', '2012-04'],
    ['2012-04-18', '2012'],
    ['2012-04-18', undefined],
    [null, '2012-04-18'],
    [undefined, '2012-04-18'],
  ])('that fits or is not known (%s, %s) tells nothing', (reported, there) => {
    expect(mixUpWords(reported, there)).toBeUndefined();
  });
});
