import { describe, expect, test } from 'vitest';
import { rowReader } from '../../../src/intake/csv/rows.ts';

const syntax = { delimiter: ',', width: 6, maxChars: 100, line: 2, number: 2 };

/** Line, number as a spreadsheet counts, text, fault. */
function rows(text: string, piece = text.length, changed: Partial<typeof syntax> = {}) {
  const reader = rowReader({ ...syntax, ...changed });
  const found = [];
  for (let at = 0; at < text.length; at += piece) found.push(...reader.push(text.slice(at, at + piece)));
  return [...found, ...reader.end()].map((row) => [
    row.line,
    row.number,
    row.text,
    ...(row.fault ? [row.fault] : []),
    ...(row.isUnended ? ['unended'] : []),
  ]);
}

describe('rows', () => {
  test('end at any line end, and mixed ones, wherever the pieces end', () => {
    const text = 'a,1\r\nb,2\nc,3\rd,4\r\n\r\ne,5';
    const expected = [
      [2, 2, 'a,1'],
      [3, 3, 'b,2'],
      [4, 4, 'c,3'],
      [5, 5, 'd,4'],
      [6, 6, ''],
      [7, 7, 'e,5', 'unended'],
    ];
    for (let piece = 1; piece <= text.length; piece++) expect(rows(text, piece)).toEqual(expected);
  });

  test('may have cells of several lines: the line and the number of what follows are both right', () => {
    const text = 'a,"one\r\ntwo ""quoted"", three\n"\r\nb,"x"\n';
    const expected = [
      [2, 2, 'a,"one\r\ntwo ""quoted"", three\n"'],
      [5, 3, 'b,"x"'],
    ];
    for (let piece = 1; piece <= text.length; piece++) expect(rows(text, piece)).toEqual(expected);
  });

  test('a quote that is never closed costs its own line alone', () => {
    expect(rows('a,"open\nb,2\nc,3\n')).toEqual([
      [2, 2, 'a,"open', 'quote-open'],
      [3, 3, 'b,2'],
      [4, 4, 'c,3'],
    ]);
    expect(rows('a,2\nb,"open')).toEqual([
      [2, 2, 'a,2'],
      [3, 3, 'b,"open', 'quote-open'],
    ]);
  });

  test('a quote that meets the next quoted cell costs its own line alone', () => {
    expect(rows('a,"open\nb,2\nc,"quoted, cell"\nd,4\n')).toEqual([
      [2, 2, 'a,"open', 'quote-open'],
      [3, 3, 'b,2'],
      [4, 4, 'c,"quoted, cell"'],
      [5, 5, 'd,4'],
    ]);
  });

  test('rows that a stray quote swallowed come out again, also where another stray quote closes it', () => {
    expect(rows('1,"x,,,,\n2,y,,,,\n3,z",,,,\n')).toEqual([
      [2, 2, '1,"x,,,,', 'quote-open'],
      [3, 3, '2,y,,,,'],
      [4, 4, '3,z",,,,'],
    ]);
  });

  test('a note of several lines with commas of its own is one cell', () => {
    expect(rows('1,"first, second\nthird, fourth",,,,\n')).toEqual([[2, 2, '1,"first, second\nthird, fourth",,,,']]);
  });

  test('in a file of few columns a line that looks like a row may be part of a note', () => {
    expect(rows('1,"x\n2,y"\n', 99, { width: 2 })).toEqual([[2, 2, '1,"x\n2,y"']]);
  });

  test('a row that is too long is refused with its beginning, and reading goes on behind it', () => {
    const long = 'x'.repeat(100);
    expect(rows(`${long}\nb\n`)).toEqual([
      [2, 2, long],
      [3, 3, 'b'],
    ]);
    for (const piece of [1, 7, 500]) {
      expect(rows(`${long}yzz\nb\n`, piece)).toEqual([
        [2, 2, `${long}y`, 'too-long'],
        [3, 3, 'b'],
      ]);
    }
  });

  test('a quoted cell that is too long and never closed costs its own line alone', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `${n},plain`);
    expect(rows(`a,"open\n${lines.join('\n')}\n`).map(([, , text]) => text)).toEqual(['a,"open', ...lines]);
  });

  test('what ends without a line end is a row, nothing is none', () => {
    expect(rows('')).toEqual([]);
    expect(rows('a')).toEqual([[2, 2, 'a', 'unended']]);
    expect(rows('a\n')).toEqual([[2, 2, 'a']]);
  });
});
