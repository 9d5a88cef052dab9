import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { open, textAround } from '../../../src/views/pump-status/text-around.ts';

describe('the JSON text around what is not known yet', () => {
  test('is cut where it is open, in the order of the text', () => {
    const value = { a: 1, b: open, c: [open, { d: 'x', e: open }], f: undefined, g: null };
    expect(textAround(value)).toEqual(['{"a":1,"b":', ',"c":[', ',{"d":"x","e":', '}],"g":null}']);
  });

  test('is open before and behind where nothing else is', () => {
    expect(textAround(open)).toEqual(['', '']);
  });

  test('of a whole value is the text that JSON writes, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(textAround(value)).toEqual([JSON.stringify(value)]);
      }),
    );
  });

  test('has no character by which the pieces are parted when they are kept', () => {
    const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code));
    const [text = ''] = textAround({ [controls]: controls });
    expect([...text].filter((one) => one < ' ')).toEqual([]);
    expect(JSON.parse(text)).toEqual({ [controls]: controls });
  });
});
