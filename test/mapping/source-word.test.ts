import { expect, it } from 'vitest';
import { sourceWord } from '../../src/mapping/source-word.ts';

it.each([
  ['Pocket fill', 'POCKET-FILL'],
  ['  pocket fill\n', 'POCKET-FILL'],
  ['pocket _-  fill', 'POCKET-FILL'],
  ['pocket_fill', 'POCKET-FILL'],
  ['a b c', 'A-B-C'],
])('the word %j of a sender is looked up as %j', (stated, word) => {
  expect(sourceWord(stated)).toBe(word);
});
