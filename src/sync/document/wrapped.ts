/** Lines of at most so many characters, broken between words; what goes on is indented two more than it began. */
export function wrapped(line: string, width: number): string[] {
  const indent = `${/^ */.exec(line)?.[0] ?? ''}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = breakBefore(rest, width, indent.length);
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** The last blank that leaves something before it; a word longer than a line is cut, never inside a character. */
function breakBefore(text: string, width: number, indent: number): number {
  const blank = text.lastIndexOf(' ', width);
  if (blank > indent) return blank;
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(width - 1));
  return splits ? width - 1 : width;
}
