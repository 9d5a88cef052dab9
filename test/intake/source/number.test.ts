import { describe, expect, it } from 'vitest';
import { readNumber } from '../../../src/intake/source/number.ts';

describe('a number of a source', () => {
  it.each([
    ['220', 220],
    ['0', 0],
    ['-0', 0],
    ['+3.50', 3.5],
    [' 16.4 ', 16.4],
    ['000123456789012345', 123456789012345],
  ])('%j is read as it is written', (text, value) => {
    expect(readNumber(text, 'point')).toEqual({ value });
  });

  it.each([
    ['<5', 'value-inexact'],
    ['≥ 5', 'value-inexact'],
    ['3-5', 'value-inexact'],
    ['3.5 to 4', 'value-inexact'],
    ['1,5', 'decimal-comma'],
    ['1,500', 'decimal-comma'],
    ['1.23E+11', 'number-unreadable'],
    ['1 500', 'number-unreadable'],
    ['5 mL', 'number-unreadable'],
    ['NaN', 'number-unreadable'],
    ['', 'number-unreadable'],
    ['1234567890123456', 'number-unreadable'],
    ['9'.repeat(10_000), 'number-unreadable'],
  ])('%.20j is refused, never read as a number beside it', (text, code) => {
    expect(readNumber(text, 'point')).toMatchObject({ code });
  });

  it('with a decimal comma is read where the map says so, and a point is refused there', () => {
    expect(readNumber('1,5', 'comma')).toEqual({ value: 1.5 });
    expect(readNumber('1.5', 'comma')).toMatchObject({ code: 'decimal-comma' });
    expect(readNumber('1,5,0', 'comma')).toMatchObject({ code: 'number-unreadable' });
  });
});
