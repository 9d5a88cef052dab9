import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { gate } from './row.ts';

/** A server in a process of its own, which tells its CPU time when it is sent something. */
export interface Loaded {
  readonly process: ChildProcess;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's own process. */
  readonly cpuMsEach: number;
}

export const connections = 32;

/** The same of several processes that answer at once, each on its share of the connections. */
export async function underLoadTogether(
  servers: readonly Loaded[],
  paths: readonly string[],
  place: number,
  seconds: number,
): Promise<Load> {
  const share = Math.floor(connections / servers.length);
  const loads = await Promise.all(
    servers.map((server, n) => underLoad(server, paths, place + n / servers.length, seconds, share)),
  );
  const perSecond = sum(loads.map((load) => load.perSecond));
  const weighed = (of: (load: Load) => number) => sum(loads.map((load) => of(load) * load.perSecond)) / perSecond;
  return {
    perSecond,
    p50Ms: weighed(({ p50Ms }) => p50Ms),
    p99Ms: Math.max(...loads.map(({ p99Ms }) => p99Ms)),
    cpuMsEach: weighed(({ cpuMsEach }) => cpuMsEach),
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Asks on many connections at once, each in an order of its own, and as soon as it is answered. */
async function underLoad(
  server: Loaded,
  paths: readonly string[],
  place: number,
  seconds: number,
  connections: number,
): Promise<Load> {
  let connection = 0;
  const before = await cpuMs(server);
  const result = await autocannon({
    ...{ url: server.url, headers: server.headers, connections, duration: seconds },
    setupClient: (client) => client.setRequests(startingAt(paths, place + connection++ / connections)),
  });
  const after = await cpuMs(server);
  const { errors, timeouts, non2xx, latency } = result;
  gate(errors + timeouts + non2xx === 0, `${errors + timeouts} of the requests failed, ${non2xx} were refused`);
  const answered = result['2xx'];
  const tookSeconds = (result.finish.getTime() - result.start.getTime()) / 1000;
  return {
    perSecond: answered / tookSeconds,
    ...{ p50Ms: latency.p50, p99Ms: latency.p99 },
    cpuMsEach: (after - before) / answered,
  };
}

/** `place` in parts of the whole list: its fraction counts. */
function startingAt(paths: readonly string[], place: number) {
  const start = Math.floor((place % 1) * paths.length);
  return [...paths.slice(start), ...paths.slice(0, start)].slice(0, longestTurn).map((path) => ({ path }));
}

/** autocannon writes all requests of a connection down before it begins. */
const longestTurn = 600;

async function cpuMs({ process }: Loaded): Promise<number> {
  process.send('cpu');
  const [usage] = (await once(process, 'message')) as [NodeJS.CpuUsage];
  return (usage.user + usage.system) / 1000;
}
