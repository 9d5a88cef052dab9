import { type ChildProcess, type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '@medplum/fhirtypes';
import { alternate, rounds, spread, timedMs } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { sampleStories } from '../stories.ts';

const startTargetMs = 2000;
const memoryTargetMb = 200;
const idleForMs = 3000;
const longestStartMs = 20_000;
const command = join(import.meta.dirname, '../../src/itb-fhir.mjs');

/** Whole processes, as a shell starts them. */
export const start: Row = {
  name: 'start',
  async run({ folder }) {
    const file = join(folder, 'story.ndjson');
    writeFileSync(file, (sampleStories()[0] ?? []).join('\n'));
    const mapped = JSON.parse(execFileSync(process.execPath, [command, 'map', file], quiet)) as Bundle;
    const resources = mapped.entry?.length ?? 0;
    gate(resources > 0, 'the story maps to no resource');

    const { ours, bare } = await alternate({
      ours: () => timedMs(() => firstByte([command, 'map', file])),
      bare: () => timedMs(() => firstByte(['-e', 'process.stdout.write("{}")'])),
    });
    const memory: number[] = [];
    for (let round = 0; round < rounds; round++) memory.push(await idleMb(folder));
    const idle = spread(memory);
    return {
      figures: [
        {
          name: 'start to first mapped patient',
          unit: 'ms',
          ours,
          baseline: { name: 'Node that prints two characters', spread: bare },
          target: { says: `< ${startTargetMs} ms`, reached: ours.median < startTargetMs },
        },
        {
          name: 'idle memory of serve (resident)',
          unit: 'MB',
          ours: idle,
          target: { says: `< ${memoryTargetMb} MB`, reached: idle.median < memoryTargetMb },
          note: `whole process, no destination, ${idleForMs / 1000} s after it listens`,
        },
      ],
      gate: `one story gives a Bundle of ${resources} resources; serve answers /readyz`,
    };
  },
};

const quiet: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
  timeout: longestStartMs,
};

async function firstByte(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: longestStartMs });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  child.stdout.resume();
  ended.catch(() => undefined);
}

async function idleMb(folder: string): Promise<number> {
  writeFileSync(join(folder, 'itb-fhir.json'), JSON.stringify({ server: { port: 0 }, logLevel: 'silent' }));
  const child = spawn(process.execPath, [command, 'serve'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const url = await listeningUrl(child);
    gate((await fetch(`${url}/readyz`)).ok, 'serve does not answer /readyz');
    await sleep(idleForMs);
    return residentMb(child.pid as number);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  const signal = AbortSignal.timeout(longestStartMs);
  const [line] = (await once(lines, 'line', { signal })) as [string];
  return /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
}

function residentMb(pid: number): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kilobytes) / 1024;
}
