import type { Problem } from '../event/problem.ts';
import { problem } from '../event/problem.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import { readState, readStatementText, saveStatement } from '../store/destination-state.ts';
import type { Db, Trx } from '../store/store.ts';
import { type DestinationCapabilities, parseCapabilities } from './capability.ts';
import type { Destination } from './destination.ts';
import type { Fact } from './facts.ts';
import { isSuccess, type Reaction, reactionTo } from './failure.ts';
import type { FhirClient } from './fhir-client.ts';

export interface Watched {
  readonly db: Db;
  readonly client: FhirClient;
  /** Keep one object for each destination: what was parsed is remembered by it. */
  readonly destination: Pick<Destination, 'tenant' | 'name'>;
  /** Of the preset, then of the site. */
  readonly facts: readonly Fact[];
  /** Runs in the transaction that stores a changed statement: owes every patient again and opens the item for a human. */
  readonly whenChanged: (trx: Trx, changed: Problem) => Promise<void>;
}

export interface Known {
  readonly capabilities: DestinationCapabilities;
  /** The destination states something else than the last time. */
  readonly changed: boolean;
  /** Why the statement is older than it should be: the last one fetched still counts. */
  readonly stale?: Problem | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;
/** What was asked for in vain, or just now, is not asked for again before. */
const quietMs = 10 * 60 * 1000;

/**
 * What the destination can do: as stored, or fetched where nothing is stored, where that is a day old, or where
 * `surprised`: an answer (404 of a type, 405, 422) that it should not give. A reaction only where nothing is known.
 */
export async function capabilitiesOf(watched: Watched, reason: 'as-due' | 'surprised'): Promise<Known | Reaction> {
  const memory = memoryOf(watched);
  const stored = await storedCapabilities(watched);
  const nowMs = await databaseNowMs(watched.db);
  if (stored && !isDue(stored, memory, nowMs, reason)) {
    return { capabilities: stored, changed: false, stale: memory.failed };
  }
  memory.fetching ??= renewed(watched, stored, nowMs).finally(() => {
    memory.fetching = undefined;
  });
  return memory.fetching;
}

/** What the last statement said that was fetched, without asking; undefined: none was. */
export async function storedCapabilities(
  watched: Pick<Watched, 'db' | 'destination' | 'facts'>,
): Promise<DestinationCapabilities | undefined> {
  const { db, facts } = watched;
  const key = keyOf(watched);
  const memory = memoryOf(watched);
  const fetchedAtMs = (await readState(db, key))?.fetched_at ?? undefined;
  if (fetchedAtMs === undefined || memory.capabilities?.statement.fetchedAtMs === fetchedAtMs) {
    return fetchedAtMs === undefined ? undefined : memory.capabilities;
  }
  const parsed = parseCapabilities(JSON.parse((await readStatementText(db, key)) ?? 'null'), fetchedAtMs, facts);
  memory.capabilities = 'remedy' in parsed ? undefined : parsed;
  return memory.capabilities;
}

/** Asks the destination and stores nothing. `nowMs`: epoch milliseconds. */
export async function fetchCapabilities(
  client: FhirClient,
  facts: readonly Fact[],
  nowMs: number,
): Promise<Fetched | Reaction> {
  const answer = await client.send({ method: 'GET', path: 'metadata' });
  if (answer.kind !== 'answered' || !isSuccess(answer.status)) return withoutStatement(reactionTo(answer, 'reading'));
  const parsed = parseCapabilities(answer.body, nowMs, facts);
  return 'remedy' in parsed ? { kind: 'terminal', problem: parsed } : { statement: answer.body, capabilities: parsed };
}

export interface Fetched {
  /** As the destination sent it. */
  readonly statement: unknown;
  readonly capabilities: DestinationCapabilities;
}

/** Reading again mends no refusal of a page that every server has. */
function withoutStatement(reaction: Reaction): Reaction {
  return reaction.kind === 'conflict'
    ? { kind: 'terminal', problem: problem('capability-missing', 'the destination shows no CapabilityStatement') }
    : reaction;
}

/** A statement may have 400 kB, and every run asks: it is parsed once. */
interface Memory {
  capabilities?: DestinationCapabilities | undefined;
  fetching?: Promise<Known | Reaction> | undefined;
  triedAtMs?: number | undefined;
  failed?: Problem | undefined;
}

const memories = new WeakMap<object, Memory>();

function memoryOf({ destination }: Pick<Watched, 'destination'>): Memory {
  const memory = memories.get(destination) ?? {};
  memories.set(destination, memory);
  return memory;
}

const keyOf = ({ destination: { tenant, name } }: Pick<Watched, 'destination'>) => ({ tenant, destination: name });

function isDue(
  { statement: { fetchedAtMs } }: DestinationCapabilities,
  { triedAtMs = fetchedAtMs }: Memory,
  nowMs: number,
  reason: 'as-due' | 'surprised',
): boolean {
  const isQuiet = nowMs - Math.max(triedAtMs, fetchedAtMs) < quietMs;
  return !isQuiet && (reason === 'surprised' || nowMs - fetchedAtMs >= dayMs);
}

async function renewed(
  watched: Watched,
  stored: DestinationCapabilities | undefined,
  nowMs: number,
): Promise<Known | Reaction> {
  const memory = memoryOf(watched);
  memory.triedAtMs = nowMs;
  const fetched = await fetchCapabilities(watched.client, watched.facts, nowMs);
  memory.failed = 'kind' in fetched ? fetched.problem : undefined;
  if ('kind' in fetched) return stored ? { capabilities: stored, changed: false, stale: fetched.problem } : fetched;
  const changed = stored !== undefined && stored.statement.hash !== fetched.capabilities.statement.hash;
  await watched.db.transaction().execute(async (trx) => {
    const { hash } = fetched.capabilities.statement;
    await saveStatement(trx, keyOf(watched), { statement: fetched.statement, hash, fetchedAtMs: nowMs });
    if (changed) await watched.whenChanged(trx, changedProblem);
  });
  return { capabilities: fetched.capabilities, changed };
}

const changedProblem = problem(
  'destination-changed',
  'the destination states that it can do something else than before',
  undefined,
  'warning',
);
