import type { Separators } from './separators.ts';

/**
 * Escape sequences of ER7 (HL7 v2 chapter 2, "Use of escape sequences in text fields"). A text is divided first and decoded
 * after, else an escaped separator would divide it.
 */

export interface Decoded {
  readonly text: string;
  /** A sequence in it is not understood and stands in the text as it was sent. */
  readonly hasUnknown: boolean;
}

/** How the bytes of `\X…\` are read: by the character set of the message. Undefined: they are no text in it. */
export type DecodeBytes = (bytes: Uint8Array) => string | undefined;

export function decode(raw: string, separators: Separators, decodeBytes: DecodeBytes): Decoded {
  const { escapeCharacter } = separators;
  if (!raw.includes(escapeCharacter)) return { text: raw, hasUnknown: false };
  let text = '';
  let hasUnknown = false;
  let at = 0;
  while (at < raw.length) {
    const opens = raw.indexOf(escapeCharacter, at);
    const closes = opens < 0 ? -1 : raw.indexOf(escapeCharacter, opens + 1);
    if (closes < 0) {
      hasUnknown ||= opens >= 0;
      return { text: text + raw.slice(at), hasUnknown };
    }
    const sequence = raw.slice(opens + 1, closes);
    const meant = meaningOf(sequence, separators, decodeBytes);
    hasUnknown ||= meant === undefined;
    // A lone escape character (a path of Windows) is no sequence: the next one may open one.
    const ends = meant !== undefined || /^[A-Z.][\w.+-]*$/.test(sequence) ? closes + 1 : opens + 1;
    text += raw.slice(at, opens) + (meant ?? raw.slice(opens, ends));
    at = ends;
  }
  return { text, hasUnknown };
}

function meaningOf(sequence: string, separators: Separators, decodeBytes: DecodeBytes): string | undefined {
  switch (sequence) {
    case 'F':
      return separators.field;
    case 'S':
      return separators.component;
    case 'T':
      return separators.subcomponent;
    case 'R':
      return separators.repetition;
    case 'E':
      return separators.escapeCharacter;
    case 'P':
      return separators.truncation;
    // Highlighting has no place in plain text.
    case 'H':
    case 'N':
      return '';
  }
  if (sequence.startsWith('.')) return formatted(sequence.slice(1));
  return sequence.startsWith('X') ? hexadecimal(sequence.slice(1), decodeBytes) : undefined;
}

/** Commands of formatted text: lines and spaces stay, indentation and filling do not. */
function formatted(command: string): string | undefined {
  const [, name = '', digits = ''] = /^([a-z]{2})([+-]?\d{1,3})?$/i.exec(command) ?? [];
  const count = digits === '' ? 1 : Math.abs(Number(digits));
  switch (name.toLowerCase()) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return '\n'.repeat(count);
    case 'sk':
      return ' '.repeat(count);
    case 'in':
    case 'ti':
    case 'fi':
    case 'nf':
      return '';
    default:
      return undefined;
  }
}

function hexadecimal(digits: string, decodeBytes: DecodeBytes): string | undefined {
  if (!/^([\da-f]{2})+$/i.test(digits)) return undefined;
  const text = decodeBytes(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  // No store takes U+0000 in every text.
  return text?.includes('\0') ? undefined : text;
}

/** Plain text → a value that can stand in a message divided by these characters. */
export function encode(text: string, separators: Separators): string {
  const { field, component, subcomponent, repetition, escapeCharacter } = separators;
  const names = new Map([
    [field, 'F'],
    [component, 'S'],
    [subcomponent, 'T'],
    [repetition, 'R'],
    [escapeCharacter, 'E'],
  ]);
  const written = [...text].map((character) => {
    const name = names.get(character);
    if (name) return `${escapeCharacter}${name}${escapeCharacter}`;
    return /[\r\n]/.test(character) ? `${escapeCharacter}.br${escapeCharacter}` : character;
  });
  return written.join('');
}
