import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { isNdjson, linesOf } from '../../src/commands/read-input.ts';

async function lines(...chunks: (string | Buffer)[]) {
  const found: [number, string][] = [];
  for await (const { row, text } of linesOf(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), 'a.ndjson')) {
    found.push([row, text]);
  }
  return found;
}

describe('lines', () => {
  test('are counted with the blank ones and given without them, wherever the chunks end', async () => {
    const text = '\uFEFFone\r\n\n  \ntwo\nthree';
    const expected = [
      [1, 'one'],
      [4, 'two'],
      [5, 'three'],
    ];
    expect(await lines(text)).toEqual(expected);
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    expect(await lines(...bytes)).toEqual(expected);
  });

  test('do not end at the line separator that JSON allows in a string', async () => {
    expect(await lines('{"a":"\u2028"}\n')).toEqual([[1, '{"a":"\u2028"}']]);
  });

  test.each([
    ['a Latin-1 letter', Buffer.from('Zoë\n', 'latin1')],
    ['a letter that was cut off', Buffer.from('Zoë').subarray(0, 3)],
  ])('that are not UTF-8 are refused: %s', async (_what, bytes) => {
    await expect(lines(bytes)).rejects.toThrow('a.ndjson is not UTF-8.');
  });
});

describe('NDJSON is known', () => {
  test.each([
    ['by its name', 'x.ndjson', '', true],
    ['by its first line', 'x.txt', '{"a":1}\n{"b":2}', true],
    ['by its second line, when the first is broken', '-', '{"a":\n{"b":2}', true],
    ['not in an object over several lines', 'x.json', '{\n"a":1}', false],
    ['not in an array of objects', 'x.json', '[\n{"a":1},\n{"b":2}]', false],
    ['not in an array of one object', 'x.json', '[\n{"a":1}\n]', false],
    ['not in one object alone', 'x.json', '{"a":1}\n', false],
  ])('%s', (_how, path, text, expected) => {
    expect(isNdjson(path, text)).toBe(expected);
  });
});
