import type { ResourceType } from '@medplum/fhirtypes';
import { grants, parseScopes } from '../auth/scopes.ts';
import { problem } from '../event/problem.ts';
import type { DestinationCapabilities } from './capability.ts';
import type { Destination } from './destination.ts';
import { contested, inOurTerms, reconsider } from './drift.ts';
import { isDone, reactionTo } from './failure.ts';
import { isGone, isReadable, readAgain } from './look-up.ts';
import type { Link } from './plan.ts';
import type { RunMemory } from './run-memory.ts';
import type { Findings } from './run-result.ts';
import type { Tailored } from './tailored.ts';
import { isRemovedByHand } from './withdrawal.ts';

/** What a run reads again of what it knows: single resources, by their address. */

/**
 * What the destination holds now of these. Where somebody changed ours, its policy says whose content stands; what is
 * gone is forgotten.
 */
export async function lookAgain(
  links: readonly Link[],
  wanted: readonly Tailored[],
  { drift = 'review' }: Pick<Destination, 'drift'>,
  memory: RunMemory,
  findings: Findings,
): Promise<void> {
  const { capabilities } = memory.asking;
  for (const link of links.filter(({ resourceType }) => isReadable(resourceType, capabilities))) {
    const read = await readAgain(memory.asking, link);
    if (read && 'kind' in read) findings.end(read);
    else if (!read) await memory.forget([link.identity]);
    else {
      const current = inOurTerms(read.resource, memory.places.values(), memory.asking.fhirBaseUrl);
      const item = wanted.find(({ identity }) => identity === link.identity);
      const found = reconsider(link, current, read.versionId, item, drift);
      await memory.save([found.link]);
      if (found.problem && found.link.state !== 'contested') findings.notes.push(found.problem);
    }
  }
}

/** A human may not have decided, but the hospital may have taken its change back. */
export async function lookAtContested(
  wanted: readonly Tailored[],
  destination: Pick<Destination, 'drift'>,
  memory: RunMemory,
  findings: Findings,
): Promise<void> {
  const { capabilities } = memory.asking;
  for (const link of contestedIn(memory).filter(({ resourceType }) => isReadable(resourceType, capabilities))) {
    const read = await readAgain(memory.asking, link);
    if (read && 'kind' in read) findings.end(read);
    else if (read && read.versionId !== null && read.versionId === link.versionId) {
      const contentHash = wanted.find(({ identity }) => identity === link.identity)?.contentHash ?? null;
      if (contentHash !== link.contentHash) await memory.save([{ ...link, contentHash }]);
    } else await lookAgain([link], wanted, destination, memory, findings);
  }
}

/** To be told in each run, until it is decided. */
export function noteContested(memory: RunMemory, findings: Findings): void {
  for (const { resourceType } of contestedIn(memory)) findings.notes.push(contested(resourceType));
}

/**
 * What is no longer wanted and has no way to say so: deleted where the destination and our scopes allow it, else a human
 * removes it. It is looked at each time: somebody may have removed it by now.
 */
export async function removeWithdrawn(
  wanted: readonly Tailored[],
  { scopes }: Pick<Destination, 'scopes'>,
  memory: RunMemory,
  findings: Findings,
): Promise<void> {
  const live = new Set(wanted.map(({ identity }) => identity));
  const links = [...memory.links.values()].filter(
    ({ resourceType, identity }) => isRemovedByHand(resourceType) && !live.has(identity),
  );
  for (const link of links) {
    const isOpen = link.state === 'contested';
    if (!isOpen && mayDelete(link.resourceType, memory.asking.capabilities, scopes))
      await remove(link, memory, findings);
    else await leaveToHuman(link, memory, findings);
  }
}

async function remove(link: Link, memory: RunMemory, findings: Findings): Promise<void> {
  const { client, capabilities } = memory.asking;
  const answer = await client.send({
    method: 'DELETE',
    path: `${link.resourceType}/${link.serverId}`,
    // What somebody has changed since is not ours to delete.
    ...(link.versionId !== null &&
      capabilities.ifMatch !== 'ignored' && { headers: { 'if-match': `W/"${link.versionId}"` } }),
  });
  if (isGone(answer) || (answer.kind === 'answered' && isDone(answer))) {
    await memory.forget([link.identity]);
    findings.written++;
    return;
  }
  const reaction = reactionTo(answer, 'writing', capabilities.vendorCodes);
  // The statement or the scopes promise more than is kept.
  if (refusals.has(reaction.problem.code)) await leaveToHuman(link, memory, findings);
  else findings.end(reaction);
}

const refusals: ReadonlySet<string> = new Set(['destination-refused', 'destination-forbidden', 'destination-conflict']);

async function leaveToHuman(link: Link, memory: RunMemory, findings: Findings): Promise<void> {
  const mayRead = isReadable(link.resourceType, memory.asking.capabilities);
  const read = mayRead ? await readAgain(memory.asking, link) : link;
  if (read && 'kind' in read) findings.end(read);
  else if (!read) await memory.forget([link.identity]);
  else {
    await memory.save([{ ...link, versionId: read.versionId, contentHash: null, state: 'voided' }]);
    const message = `${link.resourceType} there is withdrawn here`;
    findings.notes.push(problem('manual-removal-needed', message, undefined, 'warning'));
  }
}

function mayDelete(
  type: ResourceType,
  { resources }: DestinationCapabilities,
  scopes: readonly string[] | undefined,
): boolean {
  if (resources.get(type)?.interactions.has('delete') !== true) return false;
  // Without scopes nothing is said about what we may do, and this cannot be undone.
  return (
    scopes !== undefined && grants(parseScopes(scopes.join(' ')).scopes, { resource: type, interaction: 'delete' })
  );
}

const contestedIn = (memory: RunMemory): Link[] =>
  [...memory.links.values()].filter(({ state }) => state === 'contested');
