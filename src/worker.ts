/**
 * The worker: one loop for each destination, so that the outage of one never slows another.
 *
 * ## Looking
 * Claims tickets up to what the destination bears at one time. Leaves to running, or to waiting where none is due.
 *
 * ## Running
 * Each claimed ticket runs by itself; a free place is filled at once. One patient is never in two runs.
 *
 * ## Waiting
 * Until the next ticket is due, something is owed (`poke`), or the poll interval ends (another process may owe).
 *
 * ## Shut
 * The destination is paused, by an operator (in the store) or by itself (429 with a wait), or it could not be reached so
 * often that its gate closed. Nothing is claimed, so that it costs neither attempts nor memory. Leaves when that ends;
 * then one ticket is claimed first, to see whether it is up.
 */
import { admission } from './admission.ts';
import type { App } from './app.ts';
import { auditedRuntime } from './audited-runtime.ts';
import type { DestinationRuntime } from './destination-runtime.ts';
import { problem } from './event/problem.ts';
import { errorName } from './log.ts';
import { retryDelayMs } from './outbox/backoff.ts';
import { claim } from './outbox/claim.ts';
import { complete, holdsLease, park, renew, retryLater } from './outbox/outcome.ts';
import { nextDueAtMs } from './outbox/queue.ts';
import type { Ticket } from './outbox/ticket.ts';
import { type SyncOutcome, syncPatient } from './pipeline.ts';
import { noteHeard, pauseDestination } from './store/destination-state.ts';
import type { Fence } from './sync/run.ts';

export interface WorkerOptions {
  /** Looks for work of other processes at least so often. */
  readonly pollIntervalMs: number;
  readonly retry: { readonly baseMs: number; readonly maxMs: number };
  /** Who holds the leases, for the reader of the queue. */
  readonly owner: string;
}

export const defaultWorkerOptions: Omit<WorkerOptions, 'owner'> = {
  pollIntervalMs: 1_000,
  retry: { baseMs: 1_000, maxMs: 15 * 60_000 },
};

export interface Worker {
  /** Something is owed: look now. */
  poke(): void;
  /** Ends after the runs under way. */
  stop(): Promise<void>;
}

export function startWorker(app: App, options: WorkerOptions): Worker {
  const lanes = app.destinations.map((runtime) => lane(app, runtime, options));
  const ended = Promise.all(lanes.map((each) => each.run()));
  return {
    poke: () => {
      for (const each of lanes) each.poke();
    },
    stop: async () => {
      for (const each of lanes) each.stop();
      await ended;
    },
  };
}

/** Runs until nothing is due now at any of the destinations. Tickets that wait for later stay. */
export async function drain(app: App, runtimes: readonly DestinationRuntime[], options: WorkerOptions): Promise<void> {
  await Promise.all(
    runtimes.map(async (runtime) => {
      const entrance = admission(app, runtime, 0);
      for (;;) {
        const places = await entrance.places();
        const tickets = places > 0 ? await claimFor(app, runtime, options, places) : [];
        if (tickets.length === 0) break;
        await Promise.all(tickets.map((ticket) => runTicket(app, runtime, ticket, options)));
      }
      await writeDown(app, runtime, 'at-the-end');
    }),
  );
}

function lane(app: App, runtime: DestinationRuntime, options: WorkerOptions) {
  const running = new Set<Promise<void>>();
  const entrance = admission(app, runtime, options.pollIntervalMs);
  let places = 0;
  let wake = () => {};
  let poked = false;
  let stopping = false;

  const wakeUp = () => {
    poked = true;
    wake();
  };

  async function pause(): Promise<void> {
    const untilNext = isFull() ? entrance.reopensInMs() || options.pollIntervalMs : await untilDueMs();
    if (poked || stopping) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(1, Math.min(untilNext, options.pollIntervalMs)));
    wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  /** What is due cannot be claimed then: the end of a run wakes this lane. */
  const isFull = () => running.size >= places;

  async function untilDueMs(): Promise<number> {
    const due = await nextDueAtMs(app.store.db, [keyOf(runtime)]);
    return due === null ? options.pollIntervalMs : due - (await app.store.nowMs());
  }

  async function look(): Promise<number> {
    poked = false;
    places = await entrance.places();
    if (isFull()) return 0;
    const tickets = await claimFor(app, runtime, options, places - running.size);
    for (const ticket of tickets) {
      const run = runTicket(app, runtime, ticket, options).finally(() => {
        running.delete(run);
        wakeUp();
      });
      running.add(run);
    }
    return tickets.length;
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        if ((await look()) === 0 && !poked) await pause();
      } catch (error) {
        app.log.error('worker failed', { destination: runtime.destination.name, code: errorName(error) });
        await pauseAfterFailure(options);
      }
    }
    await Promise.all(running);
    await writeDown(app, runtime, 'at-the-end');
  }

  return {
    run,
    poke: wakeUp,
    stop: () => {
      stopping = true;
      wake();
    },
  };
}

/** What was heard of the destination, for operators of any process. */
async function writeDown(app: App, runtime: DestinationRuntime, moment: 'now-and-then' | 'at-the-end'): Promise<void> {
  const news = runtime.hearing.news(moment);
  if (news) await noteHeard(app.store.db, keyOf(runtime), news);
}

/** The store itself failed: it is asked again after the poll interval, not in a tight loop. */
async function pauseAfterFailure({ pollIntervalMs }: WorkerOptions): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, pollIntervalMs);
  await promise;
}

const keyOf = ({ destination }: DestinationRuntime) => ({ tenant: destination.tenant, destination: destination.name });

/** A request that may have to wait for its turn first. */
const requestMs = ({ destination, gate }: DestinationRuntime): number =>
  destination.requestTimeoutMs + gate.longestQueueMs();

/** A lease outlasts two requests, so that one may run into its time limit and the next still start. */
const leaseMs = (runtime: DestinationRuntime): number => 2 * requestMs(runtime) + 10_000;

function claimFor(app: App, runtime: DestinationRuntime, { owner }: WorkerOptions, limit: number) {
  return claim(app.store, { owner, destinations: [keyOf(runtime)], leaseMs: leaseMs(runtime), limit });
}

async function runTicket(app: App, runtime: DestinationRuntime, ticket: Ticket, options: WorkerOptions): Promise<void> {
  const started = performance.now();
  try {
    const audited = auditedRuntime(app, runtime, ticket.patientId, 'worker');
    const fields = { destination: runtime.destination.name, attempt: ticket.attempts };
    const outcome = await app.trace.span('sync run', fields, () =>
      syncPatient(app, audited, ticket.patientId, fenceOf(app, runtime, ticket)),
    );
    await settleTicket(app, runtime, ticket, outcome, options, performance.now() - started);
    await writeDown(app, runtime, 'now-and-then');
  } catch (error) {
    const { name } = runtime.destination;
    app.log.error('sync failed', { destination: name, code: errorName(error), attempt: ticket.attempts });
    const unexpected = problem('destination-unavailable', 'the run ended by an unexpected error');
    await app.store
      .transaction((trx) => retryLater(trx, ticket, { delayMs: delayOf(ticket, options), problem: unexpected }))
      .catch(() => app.log.error('worker failed', { destination: name, code: 'store' }));
  }
}

async function settleTicket(
  app: App,
  runtime: DestinationRuntime,
  ticket: Ticket,
  { result, nextChangeInMs }: SyncOutcome,
  options: WorkerOptions,
  durationMs: number,
): Promise<void> {
  const fields = {
    destination: runtime.destination.name,
    attempt: ticket.attempts,
    durationMs: Math.round(durationMs),
  };
  switch (result.kind) {
    case 'in-step': {
      const nextDueAtMs = nextChangeInMs === null ? null : (await app.store.nowMs()) + nextChangeInMs;
      await app.store.transaction((trx) => complete(trx, ticket, { nextDueAtMs }));
      return app.log.info('sync done', { ...fields, count: result.written });
    }
    case 'held-back':
    case 'retry': {
      const statedMs = result.kind === 'retry' ? (result.retryAfterMs ?? 0) : 0;
      const delayMs = Math.max(statedMs, delayOf(ticket, options));
      await app.store.transaction((trx) => retryLater(trx, ticket, { delayMs, problem: result.problem }));
      return app.log.warn('sync to be retried', { ...fields, code: result.problem.code });
    }
    case 'pause': {
      const untilMs = (await app.store.nowMs()) + result.pauseMs;
      await app.store.transaction(async (trx) => {
        await pauseDestination(trx, keyOf(runtime), { untilMs, reason: result.problem.message });
        // Nothing is claimed while it lasts: an operator who ends it early need not look for what waits on its own.
        await retryLater(trx, ticket, { delayMs: delayOf(ticket, options), problem: result.problem });
      });
      return app.log.warn('destination paused', { ...fields, code: result.problem.code });
    }
    case 'parked':
      await app.store.transaction((trx) => park(trx, ticket, { problem: result.problem }));
      return app.log.warn('sync parked', { ...fields, code: result.problem.code });
    case 'lease-lost':
      return app.log.warn('sync lost its lease', fields);
  }
}

const delayOf = (ticket: Ticket, { retry }: WorkerOptions): number => retryDelayMs(ticket.attempts, retry, Math.random);

/** The lease as this process sees it: its own clock tells when to renew, the token in the store tells who owns it. */
function fenceOf(app: App, runtime: DestinationRuntime, claimed: Ticket): Fence {
  const lengthMs = leaseMs(runtime);
  let ticket = claimed;
  let endsAtMs = performance.now() + lengthMs;
  return {
    async renewed() {
      if (endsAtMs - performance.now() > requestMs(runtime) + 1_000) return true;
      const renewedAtMs = performance.now();
      const next = await renew(app.store, ticket, lengthMs);
      if (!next) return false;
      ticket = next;
      endsAtMs = renewedAtMs + lengthMs;
      return true;
    },
    holds: (trx) => holdsLease(trx, ticket),
  };
}
