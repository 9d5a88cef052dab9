/** A code of a list, with what it is called. */
export interface ListedCode {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/**
 * The codes of a list whose name or code looks most like what a sender wrote, best first. A suggestion for a human who
 * knows what was meant, and nothing else: likeness of letters is no likeness of meaning.
 */
export function nearestCodes(
  said: readonly string[],
  list: readonly ListedCode[],
  most: number,
): readonly ListedCode[] {
  const asked = said.map(pairsOf);
  return list
    .map((listed) => ({ listed, likeness: likenessTo(listed, asked) }))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness || a.listed.display.localeCompare(b.listed.display, 'en'))
    .slice(0, most)
    .map(({ listed }) => listed);
}

const leastLikeness = 0.2;

const likenessTo = ({ code, display }: ListedCode, asked: readonly Set<string>[]): number =>
  Math.max(...[code, display].map(pairsOf).flatMap((pairs) => asked.map((one) => dice(one, pairs))));

/** Dice's coefficient of two sets of pairs of letters: 1 is the same, 0 has nothing in common. */
function dice(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size + other.size === 0) return 0;
  return (2 * one.intersection(other).size) / (one.size + other.size);
}

/** Pairs of neighbouring letters, of each word: the order of words, case and signs count for nothing. */
function pairsOf(text: string): Set<string> {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return new Set(words.flatMap((word) => [...` ${word}`].map((letter, n) => `${letter}${`${word} `[n]}`)));
}
