import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import type { Problem } from '../event/problem.ts';
import { nextDueAtMs, type ParkedReason, parkedProblems, type TicketCounts, ticketCounts } from '../outbox/queue.ts';
import type { GateState } from '../outgoing/gate.ts';
import { readState } from '../store/destination-state.ts';
import { type MappingState, mappingState } from './mapping-release.ts';

/** How one destination stands, for an operator. Times are ISO 8601 instants. Holds no identifier of a patient. */
export interface DestinationStatus extends Omit<TicketCounts, 'destination'> {
  readonly name: string;
  readonly environment: 'live' | 'test';
  /** How long the longest debt has been due; absent: nothing is due. */
  readonly oldestDueAt?: string | undefined;
  readonly lastAnswerAt?: string | undefined;
  /** Of the last request that did not succeed. */
  readonly lastProblem?: (Problem & { readonly at?: string | undefined }) | undefined;
  readonly pausedUntil?: string | undefined;
  readonly pauseReason?: string | undefined;
  readonly statement?: { readonly fetchedAt: string; readonly hash: string } | undefined;
  readonly mapping: MappingState;
  readonly parkedBecause: readonly ParkedReason[];
  /** Source systems whose reports are not written there, for they are its own. */
  readonly notFrom?: readonly string[] | undefined;
  /** As the process sees it that sends; absent: no running service told it. */
  readonly live?: LiveStatus | undefined;
}

export interface LiveStatus {
  readonly gate: GateState;
  /** The gate opens again after so long; 0: it is open. */
  readonly opensInMs: number;
  /** Answered in the last minute. */
  readonly requestsPerMinute: number;
}

/** Of every destination of this app. `live` is that of this process: only a process that sends knows it. */
export async function destinationStatuses(
  app: App,
  view: 'of-the-store' | 'of-this-process',
): Promise<DestinationStatus[]> {
  const { db } = app.store;
  const nowMs = await app.store.nowMs();
  const counts = await ticketCounts(db);
  const parked = await parkedProblems(db);
  const statuses: DestinationStatus[] = [];
  for (const runtime of app.destinations) {
    const status = await statusOf(app, runtime, nowMs);
    const { tenant, name } = status;
    const isHere = (row: { tenant: string; destination: string }) => row.tenant === tenant && row.destination === name;
    statuses.push({
      ...status,
      ...(counts.find(isHere) ?? none),
      parkedBecause: parked.filter(isHere),
      ...(view === 'of-this-process' && { live: liveStatus(runtime) }),
    });
  }
  return statuses.map(({ destination: _, ...status }: DestinationStatus & { destination?: string }) => status);
}

const none = { idle: 0, due: 0, waiting: 0, running: 0, parked: 0 };

async function statusOf(app: App, { destination }: DestinationRuntime, nowMs: number) {
  const { tenant, name, environment, notFrom = [] } = destination;
  const key = { tenant, destination: name };
  const state = await readState(app.store.db, key);
  const dueAtMs = await nextDueAtMs(app.store.db, [key]);
  const isPaused = state?.paused_until != null && state.paused_until > nowMs;
  const lastProblem = state?.last_problem ? (JSON.parse(state.last_problem) as Problem) : undefined;
  return {
    ...{ tenant, name, environment },
    ...(notFrom.length > 0 && { notFrom }),
    oldestDueAt: dueAtMs !== null && dueAtMs <= nowMs ? instant(dueAtMs) : undefined,
    lastAnswerAt: instant(state?.last_answer_at),
    lastProblem: lastProblem && { ...lastProblem, at: instant(state?.last_problem_at) },
    ...(isPaused && { pausedUntil: instant(state.paused_until), pauseReason: state.pause_reason ?? undefined }),
    statement: state?.statement_hash
      ? { fetchedAt: instant(state.fetched_at) ?? '', hash: state.statement_hash }
      : undefined,
    mapping: mappingState(app, destination, state?.released_mapping_version ?? null),
    ...none,
    parkedBecause: [],
  };
}

const liveStatus = ({ gate, hearing }: DestinationRuntime): LiveStatus => ({
  gate: gate.state(),
  opensInMs: gate.opensInMs(),
  requestsPerMinute: hearing.answersInLastMinute(),
});

function instant(ms: number | null | undefined): string | undefined {
  return ms == null ? undefined : Temporal.Instant.fromEpochMilliseconds(ms).toString();
}
