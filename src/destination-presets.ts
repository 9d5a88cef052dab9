import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDataFile } from './data-file.ts';
import { type Fact, type Preset, preset } from './sync/facts.ts';

/** What is known of each kind of server: mappings/destinations/*.json, one file a kind. */

/** Names that a configuration may give as `preset`. */
export function presetNames(mappingsDir: string): string[] {
  return readdirSync(folderOf(mappingsDir))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Throws a sentence that names the file, or the presets that there are. */
export function loadPreset(mappingsDir: string, name: string): Preset {
  const names = presetNames(mappingsDir);
  if (!names.includes(name)) throw new Error(`There is no preset ${name}. There are: ${names.join(', ')}.`);
  const path = join(folderOf(mappingsDir), `${name}.json`);
  const loaded = readDataFile(path, preset);
  if (loaded.name !== name) throw new Error(`${path} cannot be used: its name is not that of the file.`);
  return loaded;
}

/** The facts of a destination in the order in which they count: those of its preset, then those of the site. */
export function factsOf(
  mappingsDir: string,
  { preset: name, facts = [] }: { readonly preset?: string | undefined; readonly facts?: readonly Fact[] | undefined },
): readonly Fact[] {
  return name === undefined ? facts : [...loadPreset(mappingsDir, name).facts, ...facts];
}

const folderOf = (mappingsDir: string): string => join(mappingsDir, 'destinations');
