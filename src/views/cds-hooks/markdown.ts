/**
 * Text as it may stand in a line of GitHub Flavored Markdown: what senders wrote is shown as they wrote it, and is never
 * markup, HTML or a link.
 */
export function plain(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_[\]|~#]/g, '\\$&')
      .replace(/:\/\//g, '\\://')
      // An address of mail becomes a link even where its sign is escaped: a joiner without a width parts it.
      .replace(/@/g, '@\u2060')
      .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
  );
}

/** A list, one line each, every line once. */
export const listed = (lines: readonly string[]): string =>
  [...new Set(lines)].map((line) => `- ${plain(line)}`).join('\n');
