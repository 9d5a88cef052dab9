import type { Spread } from './row.ts';

export const rounds = 3;

/** Does its work once and says how much of it went through a second (or how many milliseconds it took). */
export type Run = () => number | Promise<number>;

/** Warms each up once, then runs them in turns, so that a busy machine slows all of them alike. */
export async function alternate<Name extends string>(runs: Readonly<Record<Name, Run>>): Promise<Record<Name, Spread>> {
  const entries = Object.entries(runs) as [Name, Run][];
  const measured = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (const [, run] of entries) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of entries) measured.get(name)?.push(await run());
  }
  return Object.fromEntries([...measured].map(([name, values]) => [name, spread(values)])) as Record<Name, Spread>;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] as number;
  return { median: at(0.5), low: at(0), high: at(1) };
}

/** Repeats synchronous work for a while; `once` returns how many units it did. Units a second. */
export function repeatedFor(lengthMs: number, once: () => number): number {
  const start = performance.now();
  let units = 0;
  while (performance.now() - start < lengthMs) units += once();
  return units / secondsSince(start);
}

export async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export const secondsSince = (start: number): number => (performance.now() - start) / 1000;
