/** Plain text columns for a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd();
  // The last column may hold sentences: its rule need not be as long.
  const rules = widths.map((width, n) => '─'.repeat(n === widths.length - 1 ? Math.min(width, longestRule) : width));
  return [line(head), rules.join('  '), ...rows.map(line)].join('\n');
}

const longestRule = 60;
