/** A name without case, blanks and punctuation: `8637-40` and `863740` are one. */
export const bareName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]/g, '');
