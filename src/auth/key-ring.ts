import { stat } from 'node:fs/promises';
import { readSigningKeys } from './key-file.ts';
import type { SigningKey } from './keys.ts';

/** The keys of a destination as they are now: they are replaced while the process runs. */
export interface KeyRing {
  current(): Promise<readonly SigningKey[]>;
}

/** Keys that do not change while the process runs: those of an environment variable. */
export const fixedKeys = (keys: readonly SigningKey[]): KeyRing => ({ current: async () => keys });

/** All keys of several rings, for the JWKS that serves every destination. */
export const joinedKeys = (rings: readonly KeyRing[]): KeyRing => ({
  current: async () => (await Promise.all(rings.map((ring) => ring.current()))).flat(),
});

/** What became of a key file that changed under the running process. */
export type KeyNews = 'read-again' | 'unusable';

/**
 * The keys of a file, read again whenever it is another one than before. Throws at first where it cannot be used; later
 * the keys that were read last stay, and `tell` says so once for each change.
 */
export async function keysOfFile(path: string, tell: (news: KeyNews) => void): Promise<KeyRing> {
  let keys = await readSigningKeys(path);
  let seen = await stampOf(path);
  let reading: Promise<void> | undefined;

  async function readIfChanged(): Promise<void> {
    const stamp = await stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    try {
      keys = await readSigningKeys(path);
      tell('read-again');
    } catch {
      tell('unusable');
    }
  }

  return {
    async current() {
      reading ??= readIfChanged().finally(() => {
        reading = undefined;
      });
      await reading;
      return keys;
    },
  };
}

/** Changes with what is written, with another file under the same name, and with who may read it. */
async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    return [mtimeMs, ctimeMs, size, ino].join(' ');
  } catch {
    return 'gone';
  }
}
