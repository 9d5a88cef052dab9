/** Stands in a value for a part that is not known yet. */
export const open: unique symbol = Symbol('open');

/** The JSON text of a value, cut where a part is open: one piece more than there are open parts, in the order of the text. */
export function textAround(value: unknown): string[] {
  if (value === open) return ['', ''];
  if (Array.isArray(value)) return within('[', value.map(textAround), ']');
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const written = members.map(([name, member]) => joined([`${JSON.stringify(name)}:`], textAround(member)));
  return within('{', written, '}');
}

function within(start: string, parts: readonly string[][], end: string): string[] {
  const listed = parts.map((part, n) => (n === 0 ? part : joined([','], part)));
  return [[start], ...listed, [end]].reduce(joined);
}

/** The last piece of the first and the first piece of the second are one. */
const joined = (a: readonly string[], b: readonly string[]): string[] => [
  ...a.slice(0, -1),
  `${a.at(-1)}${b[0]}`,
  ...b.slice(1),
];
