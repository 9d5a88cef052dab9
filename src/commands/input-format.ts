import { cellsOf } from '../intake/csv/cells.ts';
import { delimiterOf } from '../intake/csv/delimiter.ts';
import type { Format } from '../intake/item.ts';
import type { Sources } from '../intake/source/load.ts';
import { isNdjson } from './read-input.ts';

export interface Stated {
  readonly format?: Format | undefined;
  /** Name of a field map. */
  readonly source?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly sources: Sources;
}

/** The format of a file: as stated, by its field map, by how it begins, by its name. */
export function formatOf(path: string, beginning: Buffer, stated: Stated): Format {
  if (stated.format !== undefined) return stated.format;
  const ofMap = stated.source === undefined ? undefined : stated.sources.named(stated.source)?.map.format;
  if (ofMap !== undefined) return ofMap;
  if (beginning[0] === 0xff || beginning[0] === 0xfe) return 'csv';
  const text = beginning
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^(MSH|FHS|BHS)[^\w\s]/.test(text.trimStart())) return 'hl7v2';
  if (/^[[{]/.test(text)) return jsonFormat(path, text);
  return isCsv(path, text, stated) ? 'csv' : jsonFormat(path, text);
}

/** Events have no `resourceType`, and resources always have one, in front of all that could be long. */
function jsonFormat(path: string, text: string): Format {
  const lines = isNdjson(path, text);
  if (isFhir(lines ? (text.split('\n', 1)[0] as string) : text)) return 'fhir';
  return lines ? 'ndjson' : 'json';
}

function isFhir(text: string): boolean {
  const outer = /^\[?\s*\{/.exec(text);
  if (!outer) return false;
  let depth = 1;
  for (const { 0: token } of text.slice(outer[0].length).matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (depth === 1 && /^"resourceType"\s*:$/.test(token)) return true;
    if (depth === 1 && /^"(schemaVersion|occurredAt)"\s*:$/.test(token)) return false;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth === 0) return false;
  }
  return false;
}

/** By its name, or because a field map knows its header. */
function isCsv(path: string, text: string, { sources }: Stated): boolean {
  if (/\.(csv|tsv|tab)$/i.test(path)) return true;
  const header = text.split(/\r\n|\n|\r/, 1)[0] as string;
  const isKnown = (columns: readonly string[]) =>
    sources.forCsvHeader(columns.map((column) => column.trim())) !== undefined;
  const delimiter = delimiterOf(header, isKnown);
  return delimiter !== undefined && isKnown(cellsOf([{ text: header, line: 1, number: 1 }], delimiter)[0] ?? []);
}
