import { existsSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readKeyFile, writeKeyFile } from '../auth/key-file.ts';
import { type Changed, promoted, retired, safeToSignAt, stateOf, withNewKey } from '../auth/key-life.ts';
import {
  generateSigningKey,
  loadSigningKeys,
  type PrivateSigningJwk,
  publicJwks,
  type SigningAlg,
} from '../auth/keys.ts';
import { ConfigError } from '../config.ts';
import { table } from '../table.ts';

/** Makes a key and the file for it, if there is none. Prints its kid. */
export async function newKey(path: string, alg: SigningAlg): Promise<number> {
  const now = Temporal.Now.instant();
  const made = await generateSigningKey(alg, now.round('second'));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { keys } = withNewKey(existsSync(path) ? await keysAt(path) : [], made, now);
  await writeKeyFile(path, keys);
  const key = keys.at(-1) ?? made;
  console.log(made.kid);
  console.error(
    stateOf(key) === 'signing'
      ? 'It signs from now on: it is the only one. Register it at each server before the service starts.'
      : `It is published. Promote it after ${safeToSignAt(key)}, when every server has learnt it.`,
  );
  return 0;
}

export async function listKeys(path: string): Promise<number> {
  const rows = (await keysAt(path)).map((key) => [
    key.kid ?? '',
    key.kty === 'RSA' ? 'RS384' : 'ES384',
    stateOf(key),
    key.since ?? key.createdAt ?? 'unknown',
  ]);
  console.log(table(['kid', 'alg', 'state', 'since'], rows));
  return 0;
}

export async function promoteKey(path: string, kid: string, when: 'after-max-age' | 'at-once'): Promise<number> {
  return change(path, promoted(await keysAt(path), kid, Temporal.Now.instant(), when), 'It signs from now on.');
}

export async function retireKey(path: string, kid: string): Promise<number> {
  return change(path, retired(await keysAt(path), kid, Temporal.Now.instant()), 'It is in our JWKS no more.');
}

/** The JWKS as a file, for servers that cannot read our address: public members only. */
export async function publishKeys(path: string, out: string): Promise<number> {
  const jwks = publicJwks(await loadSigningKeys({ keys: await keysAt(path) }));
  writeFileSync(out, `${JSON.stringify(jwks, null, 2)}\n`);
  console.error(`${jwks.keys.length} public ${jwks.keys.length === 1 ? 'key' : 'keys'} in ${out}.`);
  return 0;
}

async function change(path: string, changed: Changed, done: string): Promise<number> {
  if ('refused' in changed) {
    console.error(changed.refused);
    return 1;
  }
  await writeKeyFile(path, changed.keys);
  console.error(done);
  return 0;
}

/** What is wrong with the file is told as a sentence: no such text quotes it. */
async function keysAt(path: string): Promise<readonly PrivateSigningJwk[]> {
  if (!existsSync(path)) throw new ConfigError(`There is no key file ${path}. Make one with: itb-fhir keys new`);
  try {
    return await readKeyFile(path);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}
