import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { note, noted } from '../store/deployment.ts';
import type { Db } from '../store/store.ts';
import type { ImportOptions } from './import.ts';

/** How far the import of one file has come: by its content and by how it is read, whatever its name is. Kept in the store. */
export interface Checkpoint {
  /** The row to go on at; `whole`: nothing is left; undefined: never begun. */
  read(): Promise<number | 'whole' | undefined>;
  /** The row of the last event that is durable. */
  reached(row: number): Promise<void>;
  whole(): Promise<void>;
}

export async function checkpointOf(db: Db, path: string, options: ImportOptions): Promise<Checkpoint> {
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  if (!found?.isFile()) return unknown;
  const name = `import ${await fingerprint(path, options)}`;
  return {
    async read() {
      const text = await noted(db, name);
      return text === undefined || text === 'whole' ? text : Number(text);
    },
    reached: (row) => note(db, name, String(row)),
    whole: () => note(db, name, 'whole'),
  };
}

/** What comes through a pipe is not there twice. */
const unknown: Checkpoint = { read: async () => undefined, reached: async () => {}, whole: async () => {} };

async function fingerprint(path: string, options: ImportOptions): Promise<string> {
  const { tenant, format, source, encoding, delimiter, sourceSystem } = options;
  const hash = createHash('sha256').update(JSON.stringify([tenant, format, source, encoding, delimiter, sourceSystem]));
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
