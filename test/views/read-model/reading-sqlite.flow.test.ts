import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readingContract } from './reading.contract.ts';

readingContract(
  'SQLite',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'itb-reading-'));
    return { url: `sqlite:${join(folder, 'store.db')}`, stop: () => rm(folder, { recursive: true }) };
  },
  25,
);
