import { analyse } from 'chardet';

/** How the bytes of a file are characters. */
export interface Encoding {
  /** As TextDecoder knows it. */
  readonly name: string;
  /** `stated` by whoever sends it, by a byte order `mark`, read as `utf-8` without doubt, or `assumed` from its bytes. */
  readonly known: 'stated' | 'mark' | 'utf-8' | 'assumed';
}

/**
 * The encoding by the beginning of a file. A mark wins over what was stated: it cannot be there by chance. What is not
 * UTF-8 is taken for Windows-1252 where its bytes say so with confidence; that has to be told. Undefined: the name that
 * was stated is not known here.
 */
export function encodingOf(beginning: Uint8Array, stated: string | undefined): Encoding | undefined {
  const mark = marks.find(({ bytes }) => bytes.every((byte, n) => beginning[n] === byte));
  if (mark) return { name: mark.name, known: 'mark' };
  if (stated !== undefined) {
    const name = nameOf(stated);
    return name === undefined ? undefined : { name, known: 'stated' };
  }
  if (isUtf8(beginning)) return { name: 'utf-8', known: 'utf-8' };
  return looksWestern(beginning) ? { name: 'windows-1252', known: 'assumed' } : { name: 'utf-8', known: 'utf-8' };
}

/** How much of a file is looked at. */
export const beginningBytes = 1 << 20;

/** A byte that is none in its encoding becomes U+FFFD, by which its row is refused. */
export const decoderOf = ({ name }: Encoding): TextDecoder => new TextDecoder(name);

const marks = [
  { name: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { name: 'utf-16le', bytes: [0xff, 0xfe] },
  { name: 'utf-16be', bytes: [0xfe, 0xff] },
];

function nameOf(stated: string): string | undefined {
  try {
    return new TextDecoder(stated).encoding;
  } catch {
    return undefined;
  }
}

/** A file that is UTF-8 but for a few broken bytes stays UTF-8: another encoding would spoil all its other letters. */
function isUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  return !text.includes('\uFFFD') || /[^\p{ASCII}\uFFFD]/u.test(text);
}

/** Western and Turkish letters share all bytes but six: short texts do not tell them apart, and need not. */
function looksWestern(bytes: Uint8Array): boolean {
  const [best] = analyse(bytes);
  return best !== undefined && western.has(best.name) && !bytes.some((byte) => doubtful.has(byte));
}

const western = new Set(['windows-1252', 'windows-1254', 'ISO-8859-1', 'ISO-8859-9']);

/** No character in Windows-1252, or another letter in Turkish. */
const doubtful = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d, 0xd0, 0xdd, 0xde, 0xf0, 0xfd, 0xfe]);
