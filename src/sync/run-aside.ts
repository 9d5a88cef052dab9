import type { ResourceType } from '@medplum/fhirtypes';
import { referredIdentities } from '../fhir/references.ts';
import { type Link, type Operation, type Plan, resourceOf } from './plan.ts';
import type { Tailored } from './tailored.ts';

/** What of a plan stays back, and what therefore has to wait with it. */

/** What one event ends and begins again: two of them open at once would show two therapies. */
const opening: ReadonlySet<ResourceType> = new Set([
  'MedicationAdministration',
  'MedicationRequest',
  'DeviceUseStatement',
]);

/** Its resources of one type that one event makes, where it also closes one. */
const roomFor = (type: ResourceType, event: number): string => `${type} ${event}`;

/**
 * The plan without the operations on `aside`, without what refers to something that is not there because of them, and
 * without opening what one of them, or one of `contested`, had to close first.
 */
export function withoutAside(groups: Plan, aside: ReadonlySet<string>, contested: readonly Tailored[]): Plan {
  if (aside.size === 0 && contested.length === 0) return groups;
  const occupied = new Set([
    ...contested.flatMap((item) => closes(item)),
    ...groups
      .flat()
      .flatMap((operation) =>
        operation.kind === 'update' && aside.has(operation.identity) ? closes(operation.item) : [],
      ),
  ]);
  const kept = groups.map((group) => group.filter((each) => !aside.has(each.identity) && !needsRoom(each, occupied)));
  return withoutUnborn(kept, bornIn(groups).difference(bornIn(kept)));
}

/** Wanted, and left as it is until a human decides. */
export const contestedOf = (wanted: readonly Tailored[], links: ReadonlyMap<string, Link>): readonly Tailored[] =>
  wanted.filter(({ identity }) => links.get(identity)?.state === 'contested');

function closes({ resource: { resourceType }, changedIn }: Tailored): string[] {
  return changedIn !== undefined && opening.has(resourceType) ? [roomFor(resourceType, changedIn)] : [];
}

const needsRoom = (operation: Operation, occupied: ReadonlySet<string>): boolean =>
  operation.kind === 'create' && occupied.has(roomFor(operation.item.resource.resourceType, operation.item.group));

function withoutUnborn(groups: Plan, unborn: ReadonlySet<string>): Plan {
  if (unborn.size === 0) return groups.filter((group) => group.length > 0);
  const refers = (operation: Operation) => referredIdentities(resourceOf(operation)).some((to) => unborn.has(to));
  const kept = groups.map((group) => group.filter((operation) => !refers(operation)));
  return withoutUnborn(kept, bornIn(groups).difference(bornIn(kept)));
}

const bornIn = (groups: Plan): ReadonlySet<string> =>
  new Set(groups.flat().flatMap(({ kind, identity }) => (kind === 'create' ? [identity] : [])));
