/**
 * The codes that may be emitted, and the translations between code systems, as data: `codes.json` (codes of others),
 * `codes-own.json` (ours, generated) and `conceptmaps/*.json` (FHIR ConceptMap R4).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coding } from '@medplum/fhirtypes';
import { z } from 'zod';
import { type ConceptMapFile, conceptMapResource } from './concept-map.ts';
import { loadScales, type Scale } from './scales.ts';
import { canonicalBase } from './systems.ts';

export interface Codes {
  /** The Coding with its display. Throws for a code that is not in the tables: the caller wrote it, so it is a bug. */
  coding(system: string, code: string): Coding;
  /** As `coding`, for a code that came from a sender: `undefined` when it is not in the tables. */
  lookUp(system: string, code: string): Coding | undefined;
  /**
   * The target of a code in a ConceptMap; `undefined` when the code is not mapped or the target's pack is not switched
   * on. Nothing is passed through. Throws when there is no such ConceptMap.
   */
  translate(mapUrl: string, system: string, code: string): Coding | undefined;
  /** The code systems that a ConceptMap translates into; none where there is no such ConceptMap. */
  targetSystems(mapUrl: string): readonly string[];
  /** Every code of a system that may be emitted here, in the order of the tables. */
  codesOf(system: string): readonly Required<Pick<Coding, 'system' | 'code' | 'display'>>[];
  /** What values a scale takes, by its code of itb-assessment-scale; `undefined` when nothing is known of it. */
  scale(code: string): Scale | undefined;
  /** Whether the code may be distributed with the project, without a licence of the site. */
  isShipped(system: string, code: string): boolean;
}

/** Canonicals of the ConceptMaps that ship. */
export const conceptMap = {
  sourceScale: `${canonicalBase}/ConceptMap/source-scale`,
  sourceComplication: `${canonicalBase}/ConceptMap/source-complication`,
  sourceSymptom: `${canonicalBase}/ConceptMap/source-symptom`,
  sourceIndication: `${canonicalBase}/ConceptMap/source-indication`,
  sourceAllergy: `${canonicalBase}/ConceptMap/source-allergy`,
  sourceRoute: `${canonicalBase}/ConceptMap/source-route`,
  itbToSnomed: `${canonicalBase}/ConceptMap/itb-to-snomed`,
  itbToMdc: `${canonicalBase}/ConceptMap/itb-to-mdc`,
  itbToLoinc: `${canonicalBase}/ConceptMap/itb-to-loinc`,
  sourceNdc: `${canonicalBase}/ConceptMap/source-ndc`,
  ndcToRxnorm: `${canonicalBase}/ConceptMap/ndc-to-rxnorm`,
  sourceBodySite: `${canonicalBase}/ConceptMap/source-body-site`,
  vertebralLevelToSnomed: `${canonicalBase}/ConceptMap/vertebral-level-to-snomed`,
} as const;

/** Systems of what is no code system but the source of a ConceptMap. */
export const mapSource = {
  scale: `${canonicalBase}/sid/scale`,
  complication: `${canonicalBase}/sid/complication`,
  symptom: `${canonicalBase}/sid/symptom`,
  indication: `${canonicalBase}/sid/indication`,
  allergy: `${canonicalBase}/sid/allergy`,
  route: `${canonicalBase}/sid/route`,
  ndcDigits: `${canonicalBase}/sid/ndc-digits`,
  bodySite: `${canonicalBase}/sid/body-site`,
  vertebralLevel: `${canonicalBase}/sid/vertebral-level`,
} as const;

export interface CodesOptions {
  /** Packs that the site switches on besides those that ship, such as `snomed`. Default: none. */
  readonly packs?: readonly string[];
  /** A site's own tables: its ConceptMaps stand over ours, code by code. Need not be there. */
  readonly overlayDir?: string | undefined;
}

/** Reads the tables below `dir` (the project's `mappings`). Throws with the file's name when one is not valid. */
export function loadCodes(dir: string, { packs = [], overlayDir }: CodesOptions = {}): Codes {
  const rows = ['codes.json', 'codes-own.json'].flatMap((name) => read(join(dir, name), z.array(codeRow)));
  const table = new Map(rows.map((row) => [key(row.system, row.code), row]));
  const folders = [dir, ...(overlayDir === undefined ? [] : [overlayDir])].map((folder) => join(folder, 'conceptmaps'));
  const { targets, targetSystems } = readConceptMaps(folders, (path, { system, code }) => {
    // Ours are held by a test; a site's are checked here.
    const isOurs = path.startsWith(join(dir, 'conceptmaps'));
    if (!isOurs && !table.has(key(system, code)))
      throw new Error(`${path}: no row in the code tables for ${system} ${code}`);
  });
  const scales = loadScales(dir);
  const isShipped = (system: string, code: string) => {
    const row = table.get(key(system, code));
    return row !== undefined && row.licence !== 'snomed-licensed';
  };
  const isUsable = ({ system, code, pack }: z.infer<typeof codeRow>) => isShipped(system, code) || packs.includes(pack);
  const lookUp = (system: string, code: string) => {
    const row = table.get(key(system, code));
    return row && { system, code, display: row.display };
  };
  return {
    isShipped,
    lookUp,
    targetSystems: (mapUrl) => targetSystems.get(mapUrl) ?? [],
    codesOf: (system) =>
      rows
        .filter((row) => row.system === system && isUsable(row))
        .map(({ code, display }) => ({ system, code, display })),
    scale: (code) => scales.get(code),
    coding(system, code) {
      const found = lookUp(system, code);
      if (!found) throw new Error(`No row in the code tables for ${system} ${code}`);
      return found;
    },
    translate(mapUrl, system, code) {
      const map = targets.get(mapUrl);
      if (!map) throw new Error(`No ConceptMap ${mapUrl}`);
      const target = map.get(key(system, code));
      const row = target && table.get(key(target.system, target.code));
      if (!row || !isUsable(row)) return undefined;
      return lookUp(row.system, row.code);
    },
  };
}

const codeRow = z.strictObject({
  system: z.string().min(1),
  code: z.string().min(1),
  display: z.string().min(1),
  /** Where the code was seen. */
  source: z.string().min(1),
  verified: z.literal(true),
  licence: z.enum(['own', 'hl7', 'ucum', 'loinc', 'rxnorm', 'public', 'mdc', 'snomed-ips', 'snomed-licensed']),
  pack: z.string().min(1),
});

interface Target {
  readonly system: string;
  readonly code: string;
}

type Targets = ReadonlyMap<string, Target>;

interface Maps {
  readonly targets: ReadonlyMap<string, Targets>;
  readonly targetSystems: ReadonlyMap<string, readonly string[]>;
}

/** Of several folders the later one wins, code by code. `check`: throws where a row leads to what is no code. */
function readConceptMaps(folders: readonly string[], check: (path: string, target: Target) => void): Maps {
  const targets = new Map<string, Map<string, Target>>();
  const targetSystems = new Map<string, string[]>();
  for (const path of folders.flatMap(jsonFilesIn)) {
    const map = read(path, conceptMapResource);
    const rows = targets.get(map.url) ?? new Map<string, Target>();
    for (const [source, target] of rowsOf(map)) {
      check(path, target);
      rows.set(source, target);
    }
    targets.set(map.url, rows);
    const systems = [...(targetSystems.get(map.url) ?? []), ...map.group.map(({ target }) => target)];
    targetSystems.set(map.url, [...new Set(systems)]);
  }
  return { targets, targetSystems };
}

function jsonFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => join(folder, name));
}

function rowsOf({ group }: ConceptMapFile): [string, Target][] {
  return group.flatMap(({ source, target: system, element }) =>
    element.flatMap(({ code, target }) =>
      target.map((to): [string, Target] => [key(source, code), { system, code: to.code }]),
    ),
  );
}

function read<T>(path: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** No system contains a space. */
function key(system: string, code: string): string {
  return `${system} ${code}`;
}
