import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MappingConfig } from './config.ts';
import { type Codes, loadCodes } from './fhir/codes.ts';
import { loadSources, type Sources } from './intake/source/load.ts';

/** The code tables and field maps as the files say now. A process holds one object of each for all its life, and what it answers changes. */
export interface LiveTables {
  readonly codes: Codes;
  readonly sources: Sources;
  /** Reads again what was edited since. What cannot be used is refused with its path, and what was read before stays. */
  reload(): Reloaded;
}

export type Reloaded =
  /** `edition` rises each time that the tables were read again, whoever asked for it. */
  { readonly kind: 'usable'; readonly edition: number } | { readonly kind: 'unusable'; readonly says: string };

type Place = Pick<MappingConfig, 'mappingsDir' | 'mappingsOverlayDir' | 'terminologyPacks'>;

/** Throws what is wrong with a table, with its path. */
export function liveTables(place: Place): LiveTables {
  let seen = stateOf(place);
  let trouble: string | undefined;
  let edition = 0;
  const readAgain = () => {
    try {
      ({ codes, sources } = tablesAt(place));
      trouble = undefined;
      edition++;
    } catch (error) {
      trouble = error instanceof Error ? error.message : 'A table cannot be read.';
    }
  };
  let { codes, sources } = tablesAt(place);
  return {
    codes: {
      coding: (system, code) => codes.coding(system, code),
      lookUp: (system, code) => codes.lookUp(system, code),
      translate: (map, system, code) => codes.translate(map, system, code),
      targetSystems: (map) => codes.targetSystems(map),
      codesOf: (system) => codes.codesOf(system),
      scale: (code) => codes.scale(code),
      isShipped: (system, code) => codes.isShipped(system, code),
    },
    sources: {
      get all() {
        return sources.all;
      },
      named: (name) => sources.named(name),
      forHl7: (header) => sources.forHl7(header),
      forCsvHeader: (columns) => sources.forCsvHeader(columns),
    },
    reload() {
      const now = stateOf(place);
      if (now !== seen) readAgain();
      seen = now;
      return trouble === undefined ? { kind: 'usable', edition } : { kind: 'unusable', says: trouble };
    },
  };
}

/** All or nothing: tables that do not fit together are never used together. */
function tablesAt(place: Place): { readonly codes: Codes; readonly sources: Sources } {
  const { mappingsDir, mappingsOverlayDir: overlayDir, terminologyPacks: packs } = place;
  const codes = loadCodes(mappingsDir, { packs, overlayDir });
  return { codes, sources: loadSources(mappingsDir, codes, overlayDir) };
}

/** Names, sizes and times of change of every file that is read. */
function stateOf({ mappingsDir, mappingsOverlayDir }: Place): string {
  const folders = [mappingsDir, mappingsOverlayDir].flatMap((folder) =>
    ['', 'conceptmaps', 'sources'].map((part) => join(folder, part)),
  );
  return folders.flatMap(filesIn).join('\n');
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return `${join(folder, name)} ${size} ${mtimeMs}`;
  });
}
