import { readFile } from 'node:fs/promises';
import { ConfigError, loadMappingConfig } from '../config.ts';
import { loadCodes } from '../fhir/codes.ts';
import { readCsvBytes } from '../intake/csv/read.ts';
import { readHl7v2Bytes } from '../intake/hl7v2/read.ts';
import type { Item } from '../intake/item.ts';
import type { Source } from '../intake/source/compile.ts';
import type { Seen } from '../intake/source/context.ts';
import { loadSources, SourceMapError, type Sources } from '../intake/source/load.ts';

/** The field maps of the configuration, and files read by one of them. Touches no store. */
export interface SourceDesk {
  readonly sources: Sources;
  /** Folders of field maps: the site's own first. */
  readonly folders: readonly string[];
  /** Throws a sentence for who asked where there is no such map. */
  named(name: string): Source;
}

export function openSources(configPath: string | undefined): SourceDesk {
  const { mappingsDir, mappingsOverlayDir, terminologyPacks: packs } = loadMappingConfig(configPath);
  const sources = readable(() =>
    loadSources(mappingsDir, loadCodes(mappingsDir, { packs, overlayDir: mappingsOverlayDir }), mappingsOverlayDir),
  );
  return {
    sources,
    folders: [mappingsOverlayDir, mappingsDir],
    named(name) {
      const source = sources.named(name);
      if (source) return source;
      const names = sources.all.map((it) => it.name).join(', ');
      throw new ConfigError(`There is no field map ${name}. There are: ${names}.`);
    },
  };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SourceMapError ? new ConfigError(error.message) : error;
  }
}

export interface ReadFile {
  readonly items: readonly Item[];
  /** Every value that was in it, with what became of it. */
  readonly seen: readonly Seen[];
}

/** Stands for a source system where the map leaves its name to who sends: nothing is kept of what is read here. */
const nobody = 'urn:x-itb-fhir:nobody';

export async function readBy({ name, map }: Source, sources: Sources, path: string): Promise<ReadFile> {
  const bytes = await readFile(path).catch(() => {
    throw new ConfigError(`There is no file ${path}.`);
  });
  const seen: Seen[] = [];
  const observe = (values: readonly Seen[]) => {
    for (const value of values) seen.push(value);
  };
  const context = { sources, source: name, sourceSystem: nobody, observe };
  const reads = map.format === 'csv' ? [readCsvBytes(bytes, context)] : readHl7v2Bytes(bytes, context);
  return { items: reads.flatMap(({ items }) => items), seen };
}
