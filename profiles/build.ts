/**
 * Regenerates everything that is derived from the FSH sources and from the R4 definitions:
 *
 *     node profiles/build.ts           writes profiles/generated, profiles/r4 and mappings/codes-own.json
 *     node profiles/build.ts --check   writes nothing; lists what differs and exits with 1
 *
 * It needs no network. The result is the same on every run.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compileFsh } from './build-fsh.ts';
import { ownCodes } from './build-own-codes.ts';
import { extractR4 } from './build-r4.ts';

const root = join(import.meta.dirname, '..');
const generatedFolders = ['profiles/generated', 'profiles/r4'];

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
  return new Map([...compiled, ...ownCodes(compiled), ...extractR4()]);
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
