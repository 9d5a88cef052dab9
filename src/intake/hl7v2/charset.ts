import { isAscii } from 'node:buffer';
import { type Problem, problem } from '../../event/problem.ts';

/**
 * Bytes of a message → text, by the character set that its MSH-18 names. A byte that the set does not have is a problem:
 * replaced in silence it would make another name, or another record number, of one.
 */

export interface Charset {
  /** As MSH-18 writes it (HL7 table 0211), or as the configuration names it. */
  readonly name: string;
  /** As media types name it. */
  readonly mimeName: string;
  decode(bytes: Uint8Array): string | undefined;
  encode(text: string): Buffer;
}

export type DecodedBytes = { readonly text: string; readonly charset: Charset } | { readonly problem: Problem };

/** `stated`: what the transport or the configuration says of messages that name no character set. */
export function decodeMessage(bytes: Uint8Array, stated?: string): DecodedBytes {
  const start = startOf(bytes);
  const name = start.wide ?? charsetNameIn(start.text) ?? stated ?? 'ASCII';
  const charset = charsetNamed(name);
  if (!charset) return refused('charset-unknown', 'MSH-18 names a character set that is not read here');
  const text = charset.decode(bytes);
  if (text !== undefined) return { text: text.replace(/^\ufeff/, ''), charset };
  if (name === 'ASCII') return refused('charset-mismatch', 'the message has bytes beyond ASCII and names no other set');
  return refused('charset-mismatch', 'the message has bytes that its character set does not have');
}

const refused = (code: 'charset-unknown' | 'charset-mismatch', message: string): DecodedBytes => ({
  problem: problem(code, message, { segment: 'MSH[1]', field: 'MSH-18.1' }),
});

/** Bytes that are no text in their set, kept as text so that nothing of them is lost, and can be read again. */
export const bytesAsText = (bytes: Uint8Array): string => `${keptBytes}${Buffer.from(bytes).toString('base64')}`;

/** The bytes of a text that `bytesAsText` made; undefined: it is a text of its own. */
export const keptBytesIn = (text: string): Buffer | undefined =>
  text.startsWith(keptBytes) ? Buffer.from(text.slice(keptBytes.length), 'base64') : undefined;

const keptBytes = 'data:application/hl7-v2;base64,';

/** The set of a text whose bytes were decoded before it came here: what `\X…\` in it is read by. */
export const charsetOf = (name: string): Charset => charsetNamed(name) ?? utf(name, 'utf-8');

/** The first line, as far as it is ASCII in any set. UTF-16 tells itself apart by its zeros. */
function startOf(bytes: Uint8Array): { readonly text: string; readonly wide?: string } {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x4d && b === 0)) return { text: '', wide: 'UTF-16LE' };
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x4d)) return { text: '', wide: 'UTF-16BE' };
  const text = Buffer.from(bytes.subarray(0, longestHeader))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  return { text };
}

const longestHeader = 4_000;

/** MSH-18, first repetition: the set that the message starts in. BHS and FHS have none; their first message tells. */
function charsetNameIn(text: string): string | undefined {
  const header = /(?:^|[\r\n])(MSH[^\r\n]*)/.exec(text)?.[1];
  if (header === undefined) return undefined;
  const repetition = header.charAt(5);
  const name = header.split(header.charAt(3))[17]?.split(repetition)[0]?.trim();
  return name || undefined;
}

/** The names of table 0211 and those under which configurations know the same sets. */
function charsetNamed(name: string): Charset | undefined {
  const key = name
    .toUpperCase()
    .replace(/[\s_]+/g, ' ')
    .trim();
  const known = charsets.get(key);
  if (known) return known;
  const part = /^(?:ISO )?8859[/-](\d{1,2})$|^ISO-8859-(\d{1,2})$/.exec(key);
  const found = part ? eightBit(name, `iso-8859-${part[1] ?? part[2]}`) : undefined;
  if (found) charsets.set(key, found);
  return found;
}

function ascii(name: string): Charset {
  return {
    name,
    mimeName: 'us-ascii',
    decode: (bytes) => (isAscii(bytes) ? Buffer.from(bytes).toString('latin1') : undefined),
    encode: (text) => oneByteEach(text, 0x80),
  };
}

/** ISO 8859-1 itself: what WHATWG calls by this name is Windows-1252. Its C1 controls stand in no message. */
function latin1(name: string): Charset {
  return {
    name,
    mimeName: 'iso-8859-1',
    decode: (bytes) =>
      bytes.some((byte) => byte >= 0x80 && byte < 0xa0) ? undefined : Buffer.from(bytes).toString('latin1'),
    encode: (text) => oneByteEach(text, 0x100),
  };
}

/** We write nothing of our own beyond ASCII; what we repeat of the sender's is of its set. */
function oneByteEach(text: string, limit: number): Buffer {
  const bytes = Buffer.from(text);
  if (isAscii(bytes)) return bytes;
  return Buffer.from([...text].map((character) => (character.charCodeAt(0) < limit ? character.charCodeAt(0) : 0x3f)));
}

function utf(name: string, label: 'utf-8' | 'utf-16le' | 'utf-16be'): Charset {
  return {
    name,
    mimeName: label,
    decode: (bytes) => strictly(label, bytes),
    encode(text) {
      if (label === 'utf-8') return Buffer.from(text, 'utf8');
      const little = Buffer.from(`\ufeff${text}`, 'utf16le');
      return label === 'utf-16le' ? little : little.swap16();
    },
  };
}

/** Sets of one byte a character: what is written is found by reading each byte. */
function eightBit(name: string, label: string): Charset | undefined {
  if (!isDecodable(label)) return undefined;
  const byteOf = new Map<string, number>();
  for (let byte = 255; byte >= 0; byte--) {
    const character = strictly(label, Uint8Array.of(byte));
    if (character !== undefined) byteOf.set(character, byte);
  }
  return {
    name,
    mimeName: label,
    decode: (bytes) => strictly(label, bytes),
    encode: (text) => Buffer.from([...text].map((character) => byteOf.get(character) ?? 0x3f)),
  };
}

function isDecodable(label: string): boolean {
  try {
    return new TextDecoder(label).encoding === label;
  } catch {
    return false;
  }
}

function strictly(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const charsets = new Map<string, Charset>([
  ['ASCII', ascii('ASCII')],
  ['US-ASCII', ascii('ASCII')],
  ['ISO IR6', ascii('ISO IR6')],
  ['8859/1', latin1('8859/1')],
  ['ISO-8859-1', latin1('8859/1')],
  ['ISO 8859-1', latin1('8859/1')],
  ['ISO IR100', latin1('ISO IR100')],
  ['UNICODE UTF-8', utf('UNICODE UTF-8', 'utf-8')],
  ['UTF-8', utf('UNICODE UTF-8', 'utf-8')],
  ['UTF8', utf('UNICODE UTF-8', 'utf-8')],
  ['UTF-16LE', utf('UNICODE UTF-16', 'utf-16le')],
  ['UTF-16BE', utf('UNICODE UTF-16', 'utf-16be')],
  ...[1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].flatMap((page): [string, Charset][] => {
    const charset = eightBit(`WINDOWS-${page}`, `windows-${page}`);
    return charset ? [[`WINDOWS-${page}`, charset]] : [];
  }),
]);

/** Whether a configuration can name it. */
export const isCharset = (name: string): boolean => charsetNamed(name) !== undefined;
