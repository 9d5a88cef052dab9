import { type Problem, problem } from '../event/problem.ts';
import { inOurTerms, reconsider } from './drift.ts';
import type { Reaction } from './failure.ts';
import type { Named, Pending } from './links.ts';
import { isFoundByIdentity, type Seen, searchByIdentity } from './look-up.ts';
import { isFoundByContent, searchByContent } from './look-up-by-content.ts';
import type { Link } from './plan.ts';
import type { RunMemory } from './run-memory.ts';

/** What an earlier run was about to create and never learned of. */

export interface Resolved {
  /** Looked for, and not there: it may be created, or be forgotten. */
  readonly notThere: readonly string[];
  /** Of these, what a request that we gave up may still bring, and for how long (ms): it is not forgotten before. */
  readonly mayStillCome: ReadonlyMap<string, number>;
  /** The destination took it and has not shown it yet. */
  readonly waiting?: Problem | undefined;
  /** Nobody can tell: a human has to look. */
  readonly unresolved?: Problem | undefined;
}

export interface Clock {
  readonly nowMs: number;
  /** How long after a write a search may still not show it. */
  readonly searchLagMs: number;
}

/** What was taken by the destination is there within a day, or something went wrong with it. */
const queuedForMs = 24 * 60 * 60 * 1000;

/** Looks before anything is written: what is there becomes a link, wanted or not. */
export async function resolvePending(
  memory: RunMemory,
  patient: { readonly patientId: string; readonly serverId: string | undefined },
  { nowMs, searchLagMs }: Clock,
): Promise<Resolved | Reaction> {
  await takeMessagesForSent(memory, patient.patientId);
  const open = [...memory.pending.values()].filter(({ state }) => state === 'pending' || state === 'queued');
  const untold = await lookByIdentity(memory, open, patient.patientId);
  if ('kind' in untold) return untold;
  const left: Pending[] = [];
  for (const item of untold) {
    const found = await lookByContent(memory, item, patient);
    if (found === 'untold') left.push(item);
    else if (found !== 'told') return found;
  }
  const still = open.filter(({ identity }) => memory.pending.has(identity));
  const lagMs = Math.max(
    0,
    ...still
      .filter((item) => !left.includes(item))
      .map((item) => (isLookedFor(item, memory) ? item.sinceMs + searchLagMs - nowMs : 0)),
  );
  if (lagMs > 0) return { kind: 'retry', problem: notSeenYet, retryAfterMs: lagMs };
  const queued = still.filter(({ state, sinceMs }) => state === 'queued' && nowMs - sinceMs < queuedForMs);
  const lost = still.filter((item) => !queued.includes(item) && (left.includes(item) || item.state === 'queued'));
  await memory.savePending(lost.map((item) => ({ ...item, state: 'unresolved' })));
  const unresolved = [...memory.pending.values()].filter(({ state }) => state === 'unresolved');
  const notThere = still.filter((item) => !queued.includes(item) && !lost.includes(item));
  return {
    notThere: notThere.map(({ identity }) => identity),
    mayStillCome: new Map(
      notThere.flatMap(({ identity, sinceMs }): [string, number][] => {
        const leftMs = sinceMs + searchLagMs - nowMs;
        return leftMs > 0 ? [[identity, leftMs]] : [];
      }),
    ),
    ...(queued.length > 0 && { waiting: notSeenYet }),
    ...(unresolved.length > 0 && { unresolved: unresolvedProblem(unresolved) }),
  };
}

/**
 * Whether "not there" says nothing yet of what may have been sent: a search that lags behind the writes would have it
 * created twice. Where creates are conditional the server itself looks.
 */
const isLookedFor = ({ resourceType, state }: Pending, { asking }: RunMemory): boolean =>
  state === 'pending' && !asking.capabilities.resources.get(resourceType)?.conditionalCreate;

/**
 * Reads what the destination holds under these identities, as far as it is found by them, and makes links of it. What is known to have been sent is
 * recognised with what the hospital put beside it.
 */
export async function see(
  memory: RunMemory,
  sought: readonly Named[],
  patientId: string,
): Promise<'whole' | 'partial' | Reaction> {
  const { capabilities } = memory.asking;
  const named = sought.filter(({ resourceType }) => isFoundByIdentity(resourceType, capabilities));
  const found = await searchByIdentity(memory.asking, named);
  if ('kind' in found) return found;
  await keepSeen(memory, found.seen, patientId);
  return found.extent;
}

/** Those of which this tells nothing. */
async function lookByIdentity(
  memory: RunMemory,
  open: readonly Pending[],
  patientId: string,
): Promise<readonly Pending[] | Reaction> {
  const { capabilities } = memory.asking;
  const sought = open.filter(({ resourceType }) => isFoundByIdentity(resourceType, capabilities));
  const extent = await see(memory, sought, patientId);
  if (typeof extent === 'object') return extent;
  const others = open.filter((item) => !sought.includes(item));
  return extent === 'whole' ? others : open.filter(({ identity }) => memory.pending.has(identity));
}

async function lookByContent(
  memory: RunMemory,
  item: Pending,
  { patientId, serverId }: { readonly patientId: string; readonly serverId: string | undefined },
): Promise<'told' | 'untold' | Reaction> {
  if (!isFoundByContent(item.resourceType, memory.asking.capabilities) || serverId === undefined) return 'untold';
  if (item.sent.length === 0) return 'untold';
  const linked = new Set([...memory.links.values()].map((link) => `${link.resourceType}/${link.serverId}`));
  const found = await searchByContent(memory.asking, item, serverId, linked);
  if (found.kind === 'seen') await keepSeen(memory, [found.seen], patientId);
  else if (found.kind === 'untold') return 'untold';
  else if (found.kind !== 'not-there') return found;
  return 'told';
}

async function keepSeen(memory: RunMemory, seen: readonly Seen[], patientId: string): Promise<void> {
  const news = seen.map((one) => linkOf(one, memory, patientId));
  const known = [...memory.places.values(), ...news];
  const links = seen.map(({ resource }, n): Link => {
    const current = inOurTerms(resource, known, memory.asking.fhirBaseUrl);
    return reconsider(news[n] as Link, current, resource.meta?.versionId ?? null, undefined, 'ours').link;
  });
  await memory.save(links);
}

/** Without a version: what is there has not been read before, so that nothing about it counts as changed. */
function linkOf({ identity, resource }: Seen, memory: RunMemory, patientId: string): Link {
  const known = memory.links.get(identity);
  const [content = resource, ...sent] = memory.pending.get(identity)?.sent ?? [];
  return {
    ...(known ?? { identity, resourceType: resource.resourceType, content, sent, state: 'live', contentHash: null }),
    patientId,
    serverId: resource.id as string,
    versionId: null,
  };
}

/** A message is never searched. It may have arrived, and is sent again under the same control id, or withdrawn. */
async function takeMessagesForSent(memory: RunMemory, patientId: string): Promise<void> {
  const messages = [...memory.pending.values()].filter(({ resourceType }) => resourceType === 'Binary');
  await memory.save(
    messages.flatMap(({ identity, resourceType, sent }): Link[] => {
      const content = sent.at(-1);
      if (!content) return [];
      return [
        {
          identity,
          patientId,
          resourceType,
          serverId: identity,
          versionId: null,
          contentHash: null,
          state: 'live',
          content,
        },
      ];
    }),
  );
}

const notSeenYet = problem('destination-unavailable', 'the destination took something that it does not show yet');

export const maybeOnItsWay: Problem = problem(
  'destination-unavailable',
  'a request that was given up may still arrive',
);

function unresolvedProblem(items: readonly Pending[]): Problem {
  const types = [...new Set(items.map(({ resourceType }) => resourceType))].sort();
  return problem('send-unresolved', `nobody can tell whether what was sent is there (${types.join(', ')})`);
}
