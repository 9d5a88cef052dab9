import { expect, test } from 'vitest';
import { table } from '../../src/table.ts';

test('columns are as wide as their widest cell, and lines end without blanks', () => {
  expect(
    table(
      ['Patient', 'n'],
      [
        ['a', '100'],
        ['longer than it', '1'],
      ],
    ),
  ).toBe(['Patient         n', '──────────────  ───', 'a               100', 'longer than it  1'].join('\n'));
});

test('a table without rows is its head', () => {
  expect(table(['A'], [])).toBe('A\n─');
});

test('the rule under a last column of sentences ends after 60', () => {
  const [, rules] = table(['A', 'Why'], [['a', 'x'.repeat(100)]]).split('\n');
  expect(rules).toBe(`─  ${'─'.repeat(60)}`);
});
