import type { Place } from '../event/problem.ts';
import { type Line, type Piece, shown } from '../views/admin/review/shown/shown.ts';

/** What was sent, for a terminal: faulty lines begin with `>`, and what is meant stands between `»` and `«`. */
export function markedText(text: string, format: string | undefined, places: readonly Place[]): string {
  const what = shown(text, format, places);
  if (what.kind === 'cells')
    return what.cells.map(({ column, piece }) => line([{ text: `${column}: ` }, piece])).join('\n');
  const left = (count: number) => (count > 0 ? [`  … ${count} lines`] : []);
  return [...left(what.before), ...what.lines.map(line), ...left(what.after)].join('\n');
}

function line(pieces: Line): string {
  const isMarked = pieces.some(({ marked }) => marked !== undefined);
  return `${isMarked ? '> ' : '  '}${pieces.map(marked).join('')}`;
}

/** A terminal obeys control characters: they stand as their number. */
const marked = ({ text, marked: mark }: Piece): string => {
  const plain = text.replace(
    control,
    (one) => `<U+${one.codePointAt(0)?.toString(16).padStart(4, '0').toUpperCase()}>`,
  );
  return mark === undefined ? plain : `»${plain}«`;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
