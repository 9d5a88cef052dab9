import { type Html, html } from '../../board/html.ts';
import type { Line, Piece, Shown } from './shown/shown.ts';

/** What was sent, with its faulty places marked: for eyes by colour and frame, for ears by words. */
export function markedHtml(what: Shown): Html {
  if (what.kind === 'cells') {
    return html`<table class="sent" role="table"><caption>The row as it was sent, a column a line</caption>
<thead><tr role="row"><th role="columnheader" scope="col">Column</th><th role="columnheader" scope="col">Cell</th></tr></thead>
<tbody>${what.cells.map(({ column, piece }) => html`<tr role="row"><th role="rowheader" scope="row">${visible(column)}</th><td role="cell">${pieceHtml(piece)}</td></tr>\n`)}</tbody></table>`;
  }
  return html`${what.before > 0 && html`<p>${what.before} lines before these are not shown.</p>`}
<ol class="sent" tabindex="0" aria-label="What was sent, line by line">${what.lines.map(lineHtml)}</ol>
${what.after > 0 && html`<p>${what.after} lines after these are not shown.</p>`}`;
}

const lineHtml = (line: Line): Html => {
  const isMarked = line.some(({ marked }) => marked !== undefined);
  return html`<li${isMarked && html` class="faulty"`}><code>${line.map(pieceHtml)}</code></li>\n`;
};

function pieceHtml({ text, marked }: Piece): Html {
  const shown = visible(cut(text));
  if (!marked) return html`${shown}`;
  const says = marked === 'exact' ? 'faulty: ' : 'here is something wrong or missing: ';
  return html`<mark class="${marked}"><span class="hidden">${says}</span>${shown === '' ? '␣' : shown}</mark>`;
}

const longestPiece = 4000;

const cut = (text: string): string =>
  text.length <= longestPiece
    ? text
    : `${text.slice(0, longestPiece)} … (${text.length - longestPiece} more characters)`;

/** Characters that nobody sees, or that turn the direction of what follows, stand as their number. */
const visible = (text: string): string =>
  text.replace(unseen, (one) => `⟨U+${one.codePointAt(0)?.toString(16).padStart(4, '0').toUpperCase()}⟩`);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
