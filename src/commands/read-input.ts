import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
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
  if (!found?.isFile()) throw new ConfigError(`There is no file ${path}.`);
  return { stream: createReadStream(path), sizeBytes: found.size };
}

export async function readAll(path: string): Promise<string> {
  const { stream } = await openInput(path);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<InputLine> {
  let row = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    row++;
    if (text.trim() !== '') yield { text: row === 1 ? text.replace(/^\uFEFF/, '') : text, row };
  }
}

/** NDJSON by its name, or because its first line is JSON by itself and another line follows. */
export function isNdjson(path: string, text: string): boolean {
  if (/\.(ndjson|jsonl)$/i.test(path)) return true;
  const [first = '', second] = text.trimStart().split('\n', 2);
  if (second === undefined || second.trim() === '') return false;
  try {
    return typeof JSON.parse(first) === 'object' && !first.trimStart().startsWith('[');
  } catch {
    return false;
  }
}
