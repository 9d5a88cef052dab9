import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { jwksInText } from './key-text.ts';
import { loadSigningKeys, type PrivateSigningJwk, type SigningKey } from './keys.ts';

/** Reads the keys of a file that its owner alone can read. Throws a sentence without any content of the file. */
export async function readSigningKeys(path: string): Promise<readonly SigningKey[]> {
  return loadSigningKeys(await jwksInFile(path));
}

/** The keys as they stand in the file, private members and all; checked. */
export async function readKeyFile(path: string): Promise<readonly PrivateSigningJwk[]> {
  const jwks = await jwksInFile(path);
  await loadSigningKeys(jwks);
  return jwks.keys;
}

/** Writes the whole file at once: a reader sees the old keys or the new ones, and nobody but the owner sees any. */
export async function writeKeyFile(path: string, keys: readonly PrivateSigningJwk[]): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function jwksInFile(path: string): Promise<{ keys: readonly PrivateSigningJwk[] }> {
  await refuseIfOthersCanRead(path);
  return jwksInText(await readFile(path, 'utf8'));
}

/** Who else can read a private key can sign as us. Windows has no such bits. */
async function refuseIfOthersCanRead(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new Error(`The key file ${path} is open to others than its owner. Make it yours alone: chmod 600 ${path}`);
  }
}

/** The new name is durable too, where folders can be synced. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
