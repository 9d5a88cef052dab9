import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Codes } from '../../fhir/codes.ts';
import { conceptMapResource } from '../../fhir/concept-map.ts';
import { type ConceptMapGroup, codeMapOf } from './code-maps.ts';
import { type CodeMaps, compile, type Source } from './compile.ts';
import { sourceMap } from './schema.ts';
import { type Hl7Header, type Sources, sourcesOf } from './sources.ts';

export type { Hl7Header, Sources };

/** What is wrong with a field map, in sentences that name the file and the place in it. */
export class SourceMapError extends Error {}

/**
 * Reads every field map below `mappingsDir` (sources/*.json), and a site's own in `overlayDir`, which need not be there:
 * they stand over those of the same name, and its ConceptMaps before those of the same id. Throws a SourceMapError when
 * one cannot be used.
 */
export function loadSources(mappingsDir: string, codes: Codes, overlayDir?: string): Sources {
  const folders = [mappingsDir, ...(overlayDir === undefined ? [] : [overlayDir])];
  const codeMaps = readCodeMaps(
    folders.map((folder) => join(folder, 'conceptmaps')),
    codes,
  );
  return sourcesOf(folders.flatMap(mapFiles).map((path) => readSource(path, codeMaps)));
}

/** The files of field maps. */
export function mapFiles(mappingsDir: string): string[] {
  return jsonFilesIn(join(mappingsDir, 'sources')).filter((path) => basename(path) !== schemaFile);
}

function jsonFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.toSorted().map((name) => join(folder, name));
}

/** The JSON Schema of field maps, beside them so that editors find it. */
export const schemaFile = 'source.schema.json';

function readSource(path: string, codeMaps: CodeMaps): Source {
  const parsed = sourceMap.safeParse(jsonOf(path));
  if (!parsed.success) throw new SourceMapError(`${path} cannot be used:\n${z.prettifyError(parsed.error)}`);
  const source = compile(parsed.data, codeMaps);
  if ('faults' in source) throw new SourceMapError(`${path} cannot be used:\n${source.faults.map(asLine).join('\n')}`);
  return source;
}

const asLine = (fault: string): string => `✖ ${fault}`;

const conceptMap = conceptMapResource.extend({ id: z.string().min(1) });

/** The ConceptMaps of folders by their id; a later folder's rows come first. Several at once are one map. */
function readCodeMaps(folders: readonly string[], codes: Codes): CodeMaps {
  const byId = new Map<string, readonly ConceptMapGroup[]>();
  for (const path of folders.flatMap(jsonFilesIn)) {
    const parsed = conceptMap.safeParse(jsonOf(path));
    if (!parsed.success) throw new SourceMapError(`${path} cannot be used:\n${z.prettifyError(parsed.error)}`);
    const { id, url, group } = parsed.data;
    byId.set(id, [...group.map((it) => ({ ...it, url })), ...(byId.get(id) ?? [])]);
  }
  const made = new Map<string, ReturnType<typeof codeMapOf>>();
  return (ids) => {
    const key = [ids].flat().join(' ');
    const groups = [ids].flat().map((id) => byId.get(id));
    if (!groups.every((group) => group !== undefined)) return undefined;
    const map = made.get(key) ?? codeMapOf(groups.flat(), codes);
    made.set(key, map);
    return map;
  };
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SourceMapError(`${path} cannot be used: ${(error as Error).message}`);
  }
}
