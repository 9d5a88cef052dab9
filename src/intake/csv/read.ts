import { type Problem, problem } from '../../event/problem.ts';
import type { Item } from '../item.ts';
import { beginningBytes, decoderOf, type Encoding, encodingOf } from './encoding.ts';
import { type CsvContext, type CsvEnd, CsvFile } from './file.ts';

export interface CsvRead extends CsvEnd {
  readonly items: readonly Item[];
}

/** A file of any length in the memory of one piece of it. What holds of the whole is returned in the end. */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  context: CsvContext,
): AsyncGenerator<readonly Item[], CsvEnd> {
  const pieces = piecesOf(chunks);
  const first = (await pieces.next()).value ?? new Uint8Array();
  const encoding = encodingOf(first, statedIn(context));
  if (!encoding) return { unused: [], rows: 0, unreadable: encodingUnknown };
  const decoder = decoderOf(encoding);
  const file = new CsvFile(context, encoding);
  yield file.read(decoder.decode(first, { stream: true }));
  for await (const piece of pieces) {
    if (file.isUnreadable) break;
    yield file.read(decoder.decode(piece, { stream: true }));
  }
  yield [...file.read(decoder.decode()), ...file.readEnd()];
  return file.end();
}

/** A whole file as text. */
export function decodeCsv(
  bytes: Uint8Array,
  context: Pick<CsvContext, 'encoding' | 'source' | 'sources'>,
): { readonly text: string; readonly encoding: Encoding } | { readonly problem: Problem } {
  const encoding = encodingOf(bytes.subarray(0, beginningBytes), statedIn(context));
  return encoding ? { text: decoderOf(encoding).decode(bytes), encoding } : { problem: encodingUnknown };
}

/**
 * A whole file as text, or a row that was kept with its header. What no map reads is kept whole, so that it can be read
 * again when there is one. `decodedAs`: what is to be told of its encoding.
 */
export function readCsvText(text: string, context: CsvContext, decodedAs?: Encoding): CsvRead {
  const file = new CsvFile(context, decodedAs);
  const items = [...file.read(text.replace(/^\uFEFF/, '')), ...file.readEnd()];
  const { unreadable, ...end } = file.end();
  if (!unreadable || unreadable.code === 'body-empty') return { ...end, items, unreadable };
  const place = unreadable.place ?? {};
  return { ...end, items: [{ payload: text, place, format: 'csv', source: context.source, problems: [unreadable] }] };
}

/** A whole file. */
export function readCsvBytes(bytes: Uint8Array, context: CsvContext): CsvRead {
  const decoded = decodeCsv(bytes, context);
  if ('problem' in decoded) return { items: [], unused: [], rows: 0, unreadable: decoded.problem };
  return readCsvText(decoded.text, context, decoded.encoding);
}

const encodingUnknown = problem('encoding-unknown', 'the encoding that was stated is not known here');

/** The first piece is as long as is looked at to know the encoding, the others as they come. */
async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let beginning: Uint8Array[] | undefined = [];
  let length = 0;
  for await (const chunk of chunks) {
    if (!beginning) {
      yield chunk;
      continue;
    }
    beginning.push(chunk);
    length += chunk.length;
    if (length < beginningBytes) continue;
    yield Buffer.concat(beginning);
    beginning = undefined;
  }
  if (beginning) yield Buffer.concat(beginning);
}

const statedIn = ({ encoding, source, sources }: Pick<CsvContext, 'encoding' | 'source' | 'sources'>) =>
  encoding ?? (source === undefined ? undefined : sources.named(source)?.map.csv?.encoding);
