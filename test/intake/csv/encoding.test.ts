import { describe, expect, test } from 'vitest';
import { decoderOf, encodingOf } from '../../../src/intake/csv/encoding.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

describe('the encoding of a file', () => {
  test.each([
    ['a mark of UTF-8', bytes('\uFEFFa,b'), 'utf-8', 'mark'],
    ['a mark of UTF-16, least byte first', bytes('\uFEFFa,b', 'utf16le'), 'utf-16le', 'mark'],
    ['a mark of UTF-16, greatest byte first', bytes('\uFEFFa,b', 'utf16le').swap16(), 'utf-16be', 'mark'],
    ['nothing but ASCII', bytes('a,b\n1,2\n'), 'utf-8', 'utf-8'],
    ['letters in UTF-8', bytes('Zoë,µg\n'), 'utf-8', 'utf-8'],
    [
      'Western letters that are not UTF-8',
      bytes('name\nJosé Müller\ncatheter déplacé\n', 'latin1'),
      'windows-1252',
      'assumed',
    ],
    ['a micro sign alone', bytes('dose;\xb5g Zo\xeb\n', 'latin1'), 'windows-1252', 'assumed'],
    [
      'UTF-8 with one broken byte',
      Buffer.concat([bytes('Zoë,'), Buffer.from([0xff]), bytes(',Müller')]),
      'utf-8',
      'utf-8',
    ],
    ['a byte that Windows-1252 does not have', bytes('Jos\xe9 M\x81ller d\xe9plac\xe9\n', 'latin1'), 'utf-8', 'utf-8'],
    ['a letter that is another one in Turkish', bytes('Jos\xe9 Sa\xf0 d\xe9plac\xe9\n', 'latin1'), 'utf-8', 'utf-8'],
  ])('%s', (_what, beginning, name, known) => {
    expect(encodingOf(beginning, undefined)).toEqual({ name, known });
  });

  test('as its sender states it counts before what the bytes look like, but not before a mark', () => {
    expect(encodingOf(bytes('Zoë'), 'latin1')).toEqual({ name: 'windows-1252', known: 'stated' });
    expect(encodingOf(bytes('\uFEFFZoë'), 'latin1')).toEqual({ name: 'utf-8', known: 'mark' });
    expect(encodingOf(bytes('a'), 'UTF-16LE')).toEqual({ name: 'utf-16le', known: 'stated' });
    expect(encodingOf(bytes('a'), 'ebcdic-us')).toBeUndefined();
  });

  test('is decoded with a sign of its own for each byte that is no character', () => {
    expect(decoderOf({ name: 'utf-8', known: 'utf-8' }).decode(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\uFFFDb');
    expect(decoderOf({ name: 'utf-16le', known: 'mark' }).decode(bytes('\uFEFFa', 'utf16le'))).toBe('a');
  });
});
