/**
 * Regenerates everything that is derived from the FSH sources and from the definitions of HL7:
 *
 *     node profiles/build.ts           writes profiles/generated, profiles/r4, profiles/us-core, mappings/codes-own.json,
 *                                      mappings/CODES.md, mappings/FIELDS.md and mappings/PROBLEMS.md
 *     node profiles/build.ts --check   writes nothing; lists what differs and exits with 1
 *
 * It needs no network. The result is the same on every run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { codeTable } from './build-code-table.ts';
import { fieldTable } from './build-field-table.ts';
import { compileFsh } from './build-fsh.ts';
import { ownCodes } from './build-own-codes.ts';
import { problemTable } from './build-problem-table.ts';
import { extractR4, linesOf } from './build-r4.ts';
import { usCoreDefinitions } from './build-us-core.ts';

const root = join(import.meta.dirname, '..');
const generatedFolders = ['profiles/generated', 'profiles/r4', 'profiles/us-core'];

const files = build();
if (process.argv.includes('--check')) {
  const differing = differences(files);
  for (const path of differing) console.error(`differs: ${path}`);
  process.exitCode = differing.length > 0 ? 1 : 0;
} else {
  write(files);
  console.log(`${files.size} files written`);
}

/** Path below the project's root → content. */
function build(): Map<string, string> {
  const compiled = compileFsh();
  const own = ownCodes(compiled);
  const usCore = usCoreDefinitions();
  return new Map([
    ...compiled,
    ...own,
    ...codeTable(compiled),
    ...fieldTable(),
    ...problemTable(),
    ...extractR4(usCore),
    ['profiles/us-core/structures.json', linesOf(usCore)],
  ]);
}

function differences(wanted: Map<string, string>): string[] {
  const present = generatedFolders.flatMap(listFiles);
  const paths = new Set([...wanted.keys(), ...present]);
  return [...paths].filter((path) => wanted.get(path) !== readIfPresent(path)).sort();
}

function write(wanted: Map<string, string>): void {
  for (const folder of generatedFolders) rmSync(join(root, folder), { recursive: true, force: true });
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
