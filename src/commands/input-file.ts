import { ConfigError, type MappingConfig } from '../config.ts';
import type { Problem } from '../event/problem.ts';
import type { Codes } from '../fhir/codes.ts';
import { readCsv } from '../intake/csv/read.ts';
import { UnusedColumns } from '../intake/csv/unused.ts';
import { readFhir } from '../intake/fhir/read.ts';
import { readHl7v2Bytes } from '../intake/hl7v2/read.ts';
import type { Format, Item, Unused } from '../intake/item.ts';
import { readEvents, readLine } from '../intake/json.ts';
import type { Sources } from '../intake/source/load.ts';
import { formatOf } from './input-format.ts';
import { decodeUtf8, linesOf, openInput } from './read-input.ts';

/** How the operator says that files are to be read; absent: as the files show. */
export interface InputOptions {
  readonly format?: Format | undefined;
  /** Name of a field map. */
  readonly source?: string | undefined;
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  /** For field maps and FHIR records that do not name the system that they come from. */
  readonly sourceSystem?: string | undefined;
}

export interface InputContext extends InputOptions {
  readonly sources: Sources;
  readonly codes: Codes;
  readonly config: Pick<MappingConfig, 'therapy' | 'patientSystems'>;
  /** Rows before this one were read earlier. */
  readonly fromRow?: number | undefined;
}

/** What holds of a file as a whole. */
export interface InputEnd {
  readonly format: Format;
  readonly source?: string | undefined;
  /** Of CSV: how its bytes were read. */
  readonly encoding?: string | undefined;
  readonly unused: readonly Unused[];
  readonly unreadable?: Problem | undefined;
}

export interface InputFile {
  readonly sizeBytes: number | undefined;
  readonly format: Format;
  readonly parts: AsyncGenerator<InputPart, InputEnd>;
}

export interface InputPart {
  readonly items: readonly Item[];
  /** Read so far. */
  readonly bytes: number;
}

/**
 * A file, or standard input for `-`, in whatever format it is; or several of FHIR, as one. CSV and NDJSON are read in
 * constant memory.
 */
export async function openFiles(paths: readonly string[], context: InputContext): Promise<InputFile> {
  const [path, ...others] = paths;
  return path !== undefined && others.length === 0 ? openFile(path, context) : openFhir(paths, context);
}

async function openFhir(paths: readonly string[], context: InputContext): Promise<InputFile> {
  checkSource(context);
  const opened = await Promise.all(paths.map(openInput));
  const sizeBytes = opened.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  const files = opened.map(({ stream }, n) => ({ path: paths[n] as string, bytes: new CountedBytes(stream) }));
  return { sizeBytes, format: 'fhir', parts: fhirParts(files, context) };
}

async function openFile(path: string, context: InputContext): Promise<InputFile> {
  checkSource(context);
  const { stream, sizeBytes } = await openInput(path);
  const counted = new CountedBytes(stream);
  const beginning = await counted.beginning();
  const format = formatOf(path, beginning, context);
  return { sizeBytes, format, parts: parts(path, counted, format, context) };
}

function checkSource({ source, sources, format }: InputContext): void {
  if (source === undefined) return;
  const found = sources.named(source);
  const names = sources.all.map(({ map }) => map.name).join(', ');
  if (!found) throw new ConfigError(`There is no field map ${source}. There are: ${names}.`);
  if (format !== undefined && format !== found.map.format) {
    throw new ConfigError(`The field map ${source} reads ${found.map.format}, not ${format}.`);
  }
}

async function* parts(
  path: string,
  bytes: CountedBytes,
  format: Format,
  context: InputContext,
): AsyncGenerator<InputPart, InputEnd> {
  switch (format) {
    case 'csv':
      return yield* csvParts(bytes, context);
    case 'ndjson':
      return yield* lineParts(path, bytes, context);
    case 'hl7v2':
      return yield* hl7Parts(bytes, context);
    case 'fhir':
      return yield* fhirParts([{ path, bytes }], context);
    case 'json':
      return yield* jsonParts(path, bytes);
  }
}

async function* csvParts(bytes: CountedBytes, context: InputContext): AsyncGenerator<InputPart, InputEnd> {
  const rows = readCsv(bytes, context);
  for (;;) {
    const next = await rows.next();
    if (!next.done) yield { items: next.value, bytes: bytes.count };
    else {
      const { unused, source, encoding, unreadable } = next.value;
      return { format: 'csv', source, encoding: encoding?.name, unused, unreadable };
    }
  }
}

async function* lineParts(
  path: string,
  bytes: CountedBytes,
  { fromRow = 0 }: InputContext,
): AsyncGenerator<InputPart, InputEnd> {
  let items: Item[] = [];
  for await (const { text, row } of linesOf(bytes, path)) {
    if (row >= fromRow) items.push(readLine(text, row, limits));
    if (items.length < linesTogether) continue;
    yield { items, bytes: bytes.count };
    items = [];
  }
  yield { items, bytes: bytes.count };
  return { format: 'ndjson', unused: [] };
}

async function* hl7Parts(bytes: CountedBytes, context: InputContext): AsyncGenerator<InputPart, InputEnd> {
  const { sources, source, encoding: charset } = context;
  const reads = readHl7v2Bytes(await bytes.all(), { sources, source, charset });
  const unused = new UnusedColumns();
  for (const read of reads) unused.add(read.unused);
  yield { items: reads.flatMap(({ items }) => items), bytes: bytes.count };
  const names = new Set(reads.flatMap((read) => read.source ?? []));
  return { format: 'hl7v2', source: [...names].join(', ') || undefined, unused: unused.all() };
}

async function* fhirParts(
  files: readonly { readonly path: string; readonly bytes: CountedBytes }[],
  { codes, config, sourceSystem }: InputContext,
): AsyncGenerator<InputPart, InputEnd> {
  const texts: string[] = [];
  for (const { path, bytes } of files) texts.push(decodeUtf8(await bytes.all(), path));
  const { items, unused } = readFhir(texts, {
    ...{ ...limits, codes, sourceSystem },
    siteTimeZone: config.therapy.siteTimeZone,
    patientSystems: config.patientSystems,
  });
  yield { items, bytes: files.reduce((sum, { bytes }) => sum + bytes.count, 0) };
  return { format: 'fhir', unused };
}

async function* jsonParts(path: string, bytes: CountedBytes): AsyncGenerator<InputPart, InputEnd> {
  const read = readEvents(decodeUtf8(await bytes.all(), path), 'json', limits);
  if ('problem' in read) return { format: 'json', unused: [], unreadable: read.problem };
  yield { items: read, bytes: bytes.count };
  return { format: 'json', unused: [] };
}

const limits = { maxEvents: Number.POSITIVE_INFINITY, maxDepth: 20 };
const linesTogether = 200;

/** The bytes of a stream, of which the first can be looked at before. */
class CountedBytes implements AsyncIterable<Buffer> {
  count = 0;
  private readonly stream: AsyncIterator<Buffer | string>;
  private first: Buffer[] = [];

  constructor(stream: NodeJS.ReadableStream) {
    this.stream = stream[Symbol.asyncIterator]();
  }

  /** As much as tells the format. */
  async beginning(): Promise<Buffer> {
    let length = 0;
    while (length < beginningBytes) {
      const next = await this.stream.next();
      if (next.done) break;
      const chunk = Buffer.from(next.value);
      this.first.push(chunk);
      length += chunk.length;
    }
    return Buffer.concat(this.first);
  }

  async all(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const { first } = this;
    this.first = [];
    for (const chunk of first) yield this.counted(chunk);
    for (;;) {
      const next = await this.stream.next();
      if (next.done) return;
      yield this.counted(Buffer.from(next.value));
    }
  }

  private counted(chunk: Buffer): Buffer {
    this.count += chunk.length;
    return chunk;
  }
}

const beginningBytes = 1 << 16;
