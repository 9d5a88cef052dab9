import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../src/sync/document/wrapped.ts';

describe('a line of a report', () => {
  it('stays as it is up to its width', () => {
    expect(wrapped('ab cd', 5)).toEqual(['ab cd']);
    expect(wrapped('', 5)).toEqual(['']);
  });

  it('is broken between words, and goes on indented', () => {
    expect(wrapped('ab cd ef', 5)).toEqual(['ab cd', '  ef']);
    expect(wrapped('  ab cd ef gh', 8)).toEqual(['  ab cd', '    ef', '    gh']);
  });

  it('may be broken at the blank right after its width', () => {
    expect(wrapped('abcde fg', 5)).toEqual(['abcde', '  fg']);
  });

  it('is cut where one word is longer than it, and never inside a character', () => {
    expect(wrapped('abcdefgh', 5)).toEqual(['abcde', '  fgh']);
    expect(wrapped('abcd😀ef', 5)).toEqual(['abcd', '  😀e', '  f']);
  });
});
