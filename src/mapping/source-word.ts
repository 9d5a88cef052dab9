/** A word of a sender as the ConceptMaps of sources write it: in capitals, with hyphens between words. */
export const sourceWord = (text: string): string =>
  text
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, '-');
