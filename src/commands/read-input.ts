import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError } from '../config.ts';

export interface InputLine {
  readonly text: string;
  /** From 1. */
  readonly row: number;
}

/** Opens a file, or standard input for `-`. A missing file is told in a sentence. */
export async function openInput(
  path: string,
): Promise<{ stream: NodeJS.ReadableStream; sizeBytes: number | undefined }> {
  if (path === '-') return { stream: process.stdin, sizeBytes: undefined };
  const found = await stat(path).catch(() => undefined);
  if (!found || found.isDirectory()) throw new ConfigError(`There is no file ${path}.`);
  return { stream: createReadStream(path), sizeBytes: found.isFile() ? found.size : undefined };
}

export async function readAll(path: string): Promise<string> {
  const { stream } = await openInput(path);
  let text = '';
  for await (const part of decoded(stream, path)) text += part;
  return text;
}

/**
 * The lines that are not blank. Not by node:readline: it also breaks lines at U+2028, which JSON allows in a string,
 * and replaces in silence what is not UTF-8.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>, path: string): AsyncGenerator<InputLine> {
  let row = 1;
  let begun = '';
  for await (const text of decoded(stream, path)) {
    const [end = '', ...more] = text.split('\n');
    begun += end;
    for (const next of more) {
      if (begun.trim() !== '') yield { text: begun.replace(/\r$/, ''), row };
      begun = next;
      row++;
    }
  }
  if (begun.trim() !== '') yield { text: begun, row };
}

/** A whole file as text; a file that is not UTF-8 is told in a sentence. */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${path} is not UTF-8.`);
  }
}

async function* decoded(stream: AsyncIterable<Uint8Array | string>, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of stream) yield decoder.decode(Buffer.from(chunk), { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? new ConfigError(`${path} is not UTF-8.`) : error;
  }
}

export const isNdjsonName = (path: string): boolean => /\.(ndjson|jsonl)$/i.test(path);

/** NDJSON by its name, or because there are several lines and one of the first two is an object by itself. */
export function isNdjson(path: string, text: string): boolean {
  if (isNdjsonName(path)) return true;
  const [first = '', second = ''] = text.trimStart().split('\n', 2);
  return first.startsWith('{') && second.trim() !== '' && (isObject(first) || isObject(second));
}

function isObject(line: string): boolean {
  try {
    return line.trimStart().startsWith('{') && typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
