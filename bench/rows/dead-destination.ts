import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { rounds, spread } from '../measure.ts';
import { type Figure, gate, type Row, type RowResult } from '../row.ts';
import { patients } from '../stories.ts';
import { gateSeen, type Stub, startStub } from '../stub/process.ts';
import type { AllInStep, FirstInStep } from '../two-destinations.ts';

/** Of 80 events in six sample therapies: 10,000 events. */
const patientCount = 750;
const longestMs = 600_000;

const least = 0.9;
const mostHeapMb = 10;
const mostRssShare = 1.15;

/** A destination that takes connections and never answers, beside one that is well, in one process. */
export const deadDestination: Row = {
  name: 'dead-destination',
  long: true,
  async run({ folder }) {
    const [well, dead] = [await startStub(), await startStub()];
    const [alone, beside]: [FirstInStep[], Beside[]] = [[], []];
    try {
      // In turns, each in a process of its own, so that a busy machine slows both alike and no memory is left over.
      for (let round = 0; round < rounds; round++) {
        alone.push(await lived({ folder, well }));
        beside.push(await lived({ folder, well, dead }));
      }
    } finally {
      await well.stop();
      await dead.stop();
    }
    return resultOf(alone, beside);
  },
};

interface Beside extends FirstInStep {
  readonly catchUpSeconds: number;
  readonly matches: number;
  readonly transactions: number;
  readonly others: number;
}

async function lived(place: { folder: string; well: Stub }): Promise<FirstInStep>;
async function lived(place: { folder: string; well: Stub; dead: Stub }): Promise<Beside>;
async function lived({ folder, well, dead }: { folder: string; well: Stub; dead?: Stub }): Promise<FirstInStep> {
  await well.reset(0);
  await dead?.reset(0);
  await dead?.die();
  const own = await mkdtemp(join(folder, 'life-'));
  const args = [own, well.fhirBaseUrl, dead?.fhirBaseUrl ?? '', String(patientCount)];
  const child = fork(join(import.meta.dirname, '../two-destinations.ts'), args, { execArgv: ['--expose-gc'] });
  try {
    const first = await told<FirstInStep>(child);
    gateSeen(await well.seen(), first.wanted);
    return dead ? { ...first, ...(await caughtUp(child, dead, first.wanted)) } : first;
  } finally {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}

/** The dead one is back: everything there is, with one search and one transaction a patient. */
async function caughtUp(
  child: ChildProcess,
  dead: Stub,
  wanted: readonly string[],
): Promise<Omit<Beside, keyof FirstInStep>> {
  await dead.rise();
  child.send('wait for the other');
  const { seconds } = await told<AllInStep>(child);
  const seen = await dead.seen();
  gateSeen(seen, wanted);
  const { requests, matches, transactions } = seen;
  const others = requests - matches - transactions;
  gate(matches === patientCount, `${matches} patient searches for ${patientCount} patients that are there`);
  gate(
    transactions === patientCount,
    `${transactions} transactions for ${patientCount} patients that fit into one each`,
  );
  gate(others <= mostOthers, `${others} requests that are neither a search for a patient nor a transaction`);
  return { catchUpSeconds: seconds, matches, transactions, others };
}

/** Discovery, a token and the statement, each perhaps twice: by the probe and by what came after it. */
const mostOthers = 6;

async function told<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(longestMs) });
  return message as Message;
}

function resultOf(alone: readonly FirstInStep[], beside: readonly Beside[]): RowResult {
  const events = patients(patientCount).flat().length;
  const both = (measure: (each: FirstInStep) => number) => ({
    ours: spread(beside.map(measure)),
    baseline: { name: 'the same without the dead one', spread: spread(alone.map(measure)) },
  });
  const speed = both(({ eventsPerSecond }) => eventsPerSecond);
  const heap = both(({ heapMb }) => heapMb);
  const rss = both(({ peakRssMb }) => peakRssMb);
  const figures: Figure[] = [
    {
      ...{ name: `${events} events to one that is well`, unit: 'events/s', ...speed },
      target: {
        says: `≥ ${least} × without the dead one`,
        reached: speed.ours.median >= least * speed.baseline.spread.median,
      },
    },
    { name: 'processor time for these', unit: 's', ...both(({ cpuSeconds }) => cpuSeconds) },
    {
      ...{ name: 'heap after a collection', unit: 'MB', ...heap },
      target: {
        says: `≤ ${mostHeapMb} MB more`,
        reached: heap.ours.median <= heap.baseline.spread.median + mostHeapMb,
      },
    },
    {
      ...{ name: 'peak resident memory', unit: 'MB', ...rss },
      target: { says: `≤ ${mostRssShare} ×`, reached: rss.ours.median <= mostRssShare * rss.baseline.spread.median },
    },
    {
      name: 'catching up, from back to in step',
      unit: 's',
      ours: spread(beside.map(({ catchUpSeconds }) => catchUpSeconds)),
      note: `${patientCount} patients: one search and one transaction each, and ${beside.map(({ others }) => others).join(', ')} requests besides`,
    },
  ];
  return { figures, gate: 'every resource is once at each of the two in the end' };
}
