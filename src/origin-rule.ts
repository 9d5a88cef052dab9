import { referredIdentities, withoutReferences } from './fhir/references.ts';
import type { DesiredResource } from './mapping/built.ts';
import type { EventReport } from './mapping/event-report.ts';
import type { Destination } from './sync/destination.ts';
import type { Loss } from './sync/tailored.ts';
import type { Entry } from './therapy/history.ts';

/** What of a therapy a destination is told: not what its own systems reported (`notFrom`). */
export interface Owed {
  readonly resources: readonly DesiredResource[];
  readonly reports: readonly EventReport[];
  /** What was left out, each with why. */
  readonly losses: readonly Loss[];
}

/**
 * Without what a report of the destination's own systems made, unless another source told of the same. A device that a
 * report of somebody else's is about goes along, for that one could not stand without it; so does whatever else such a
 * resource needs. What names a resource that stays away only where it is there leaves it out.
 */
export function owedTo(
  destination: Pick<Destination, 'notFrom'>,
  entries: readonly Entry[],
  desired: readonly DesiredResource[],
  reports: readonly EventReport[],
): Owed {
  const own = new Set(destination.notFrom ?? []);
  if (own.size === 0) return { resources: desired, reports, losses: [] };
  const isOwn = ({ source, alsoReportedBy = [] }: Entry): boolean =>
    [source, ...alsoReportedBy].every(({ system }) => own.has(system));
  const there = new Set(
    neededBy(
      desired.filter(({ entry }) => !isOwn(entry)),
      desired,
    ),
  );
  const kept = desired.filter(({ identity }) => there.has(identity));
  const leftOut = desired.filter(({ identity }) => !there.has(identity));
  const absent = new Set(leftOut.map(({ identity }) => identity));
  return {
    resources: kept
      .map((item) => ({ ...item, resource: withoutReferences(item.resource, absent) }))
      .filter(({ resource }) => resource.resourceType !== 'Provenance' || resource.target),
    reports: reports.filter(({ group }) => !isOwn(entries[group] as Entry)),
    losses: leftOut.map(({ identity, resource }) => ({ identity, resourceType: resource.resourceType, reason })),
  };
}

const reason = 'it was reported by a system of the destination itself (notFrom)';

/** The identities of these and of all that they cannot stand without. A Provenance needs none of its targets. */
function neededBy(items: readonly DesiredResource[], all: readonly DesiredResource[]): string[] {
  const byIdentity = new Map(all.map((item) => [item.identity, item]));
  const found = new Set<string>();
  const waiting = [...items];
  for (let item = waiting.pop(); item; item = waiting.pop()) {
    if (found.has(item.identity)) continue;
    found.add(item.identity);
    if (item.resource.resourceType === 'Provenance') continue;
    const { optional = [] } = item;
    const needed = referredIdentities(item.resource).filter((identity) => !optional.includes(identity));
    waiting.push(...needed.flatMap((identity) => byIdentity.get(identity) ?? []));
  }
  return [...found];
}
