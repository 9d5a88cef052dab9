import { closeSync, fdatasyncSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { spread, timedMs } from './measure.ts';
import type { Spread } from './row.ts';

/** Under what a run was measured. A figure without it says nothing. */
export interface Conditions {
  readonly startedAt: string;
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Write 4 KiB and fdatasync, in the folder where the stores of this run lie. */
  readonly fsyncMs: Spread;
  /** Nothing is durable in memory: the durable rows mean nothing there. */
  readonly storeFolderIs: 'on disk' | 'in memory';
  /** Of the last 1, 5 and 15 minutes, before the first row. */
  readonly loadAtStart: readonly number[];
}

export async function conditions(folder: string): Promise<Conditions> {
  return {
    startedAt: Temporal.Now.instant().round('second').toString(),
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: totalmem() / 2 ** 30,
    fsyncMs: await fsyncMs(folder),
    storeFolderIs: statfsSync(folder).type === tmpfs ? 'in memory' : 'on disk',
    loadAtStart: load(),
  };
}

export const load = (): number[] => loadavg().map((value) => Math.round(value * 100) / 100);

/** Its number among Linux file systems. */
const tmpfs = 0x01021994;
const syncs = 200;

async function fsyncMs(folder: string): Promise<Spread> {
  const path = join(folder, 'fsync-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  const measured: number[] = [];
  for (let n = 0; n < syncs; n++) {
    const once = async () => {
      writeSync(file, block);
      fdatasyncSync(file);
    };
    measured.push(await timedMs(once));
  }
  closeSync(file);
  unlinkSync(path);
  return spread(measured);
}
