import { describe, expect, it } from 'vitest';
import { ago, span } from '../../src/commands/ago.ts';

describe('how long ago', () => {
  it.each([
    [-5_000, '0 s'],
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [86_399_999, '23 h'],
    [86_400_000, '1 d'],
    [863_999_999, '9 d'],
  ])('%d ms are %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it('an instant is told from now, and what never was by a dash', () => {
    const now = Temporal.Instant.from('2026-03-01T12:00:00Z');
    expect(ago('2026-03-01T09:30:00Z', now)).toBe('2 h ago');
    expect(ago(undefined, now)).toBe('–');
  });
});
