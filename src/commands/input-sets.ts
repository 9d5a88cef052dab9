import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { formatOf, type Stated } from './input-format.ts';
import { isNdjsonName } from './read-input.ts';

/**
 * Files by what is read at once. Each is read alone but those of FHIR: an export has a file a resource type, and what one
 * report made is spread over them. One of them alone would tell of another event. A folder stands for its NDJSON files.
 */
export async function inputSets(files: readonly string[], stated: Stated): Promise<readonly (readonly string[])[]> {
  const sets: string[][] = [];
  const ofFhir: string[] = [];
  for (const file of (await Promise.all(files.map(filesAt))).flat()) {
    if (!(await isFhir(file, stated))) sets.push([file]);
    else if (ofFhir.push(file) === 1) sets.push(ofFhir);
  }
  return sets;
}

/** As it is told to the operator. */
export const setName = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`;

async function filesAt(path: string): Promise<readonly string[]> {
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = (await readdir(path)).filter(isNdjsonName).toSorted();
  if (names.length === 0) throw new ConfigError(`There is no file ${path}: it is a folder without NDJSON.`);
  return names.map((name) => join(path, name));
}

/** Only a file can be looked at before it is read. */
async function isFhir(path: string, stated: Stated): Promise<boolean> {
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  return found?.isFile() === true && formatOf(path, await beginningOf(path), stated) === 'fhir';
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookedAtBytes), 0, lookedAtBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const lookedAtBytes = 1 << 16;
