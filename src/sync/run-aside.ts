import type { Resource, ResourceType } from '@medplum/fhirtypes';
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
 * without opening what one of them, or one of `contested`, had to close first. What stays unopened for that makes no
 * room for what comes after it either; and while one of `disowned`, or one that could not be withdrawn, stands open
 * there, no other is opened beside it.
 */
export function withoutAside(
  groups: Plan,
  aside: ReadonlySet<string>,
  contested: readonly Tailored[],
  disowned: readonly Resource[],
): Plan {
  if (aside.size + contested.length + disowned.length === 0) return groups;
  const notWithdrawn = groups
    .flat()
    .flatMap((each) => (each.kind === 'void' && aside.has(each.identity) ? [each] : []));
  const open = new Set(
    [...disowned, ...notWithdrawn.map(({ link }) => link.content)].filter(isOpen).map((one) => one.resourceType),
  );
  const occupied = new Set([
    ...contested.flatMap((item) => closes(item)),
    ...groups
      .flat()
      .flatMap((operation) =>
        operation.kind === 'update' && aside.has(operation.identity) ? closes(operation.item) : [],
      ),
  ]);
  const kept = groups.map((group) =>
    group.filter((each) => {
      if (aside.has(each.identity) || opensBeside(each, open)) return false;
      if (each.kind !== 'create' || !needsRoom(each.item, occupied)) return true;
      for (const room of closes(each.item)) occupied.add(room);
      return false;
    }),
  );
  return withoutUnborn(kept, bornIn(groups).difference(bornIn(kept)));
}

/** Wanted, and left as it is until a human decides. */
export const contestedOf = (wanted: readonly Tailored[], links: ReadonlyMap<string, Link>): readonly Tailored[] =>
  wanted.filter(({ identity }) => links.get(identity)?.state === 'contested');

/** No longer wanted, and left as it is until a human decides. */
export function disownedOf(wanted: readonly Tailored[], links: ReadonlyMap<string, Link>): readonly Resource[] {
  const identities = new Set(wanted.map(({ identity }) => identity));
  const contested = [...links.values()].filter(
    ({ state, identity }) => state === 'contested' && !identities.has(identity),
  );
  return contested.map(({ content }) => content);
}

/** Under way as it says itself. */
const isOpen = (resource: Resource): boolean =>
  opening.has(resource.resourceType) && underWay.has((resource as { status?: string }).status ?? '');

const underWay: ReadonlySet<string> = new Set(['in-progress', 'on-hold', 'active']);

const opensBeside = (operation: Operation, open: ReadonlySet<ResourceType>): boolean => {
  const isOpenThere = operation.kind !== 'create' && isOpen(operation.link.content);
  const { resourceType } = resourceOf(operation);
  return open.has(resourceType) && isOpen(resourceOf(operation)) && !isOpenThere;
};

function closes({ resource: { resourceType }, changedIn }: Tailored): string[] {
  return changedIn !== undefined && opening.has(resourceType) ? [roomFor(resourceType, changedIn)] : [];
}

const needsRoom = ({ resource, group }: Tailored, occupied: ReadonlySet<string>): boolean =>
  occupied.has(roomFor(resource.resourceType, group));

function withoutUnborn(groups: Plan, unborn: ReadonlySet<string>): Plan {
  if (unborn.size === 0) return groups.filter((group) => group.length > 0);
  const refers = (operation: Operation) => referredIdentities(resourceOf(operation)).some((to) => unborn.has(to));
  const kept = groups.map((group) => group.filter((operation) => !refers(operation)));
  return withoutUnborn(kept, bornIn(groups).difference(bornIn(kept)));
}

const bornIn = (groups: Plan): ReadonlySet<string> =>
  new Set(groups.flat().flatMap(({ kind, identity }) => (kind === 'create' ? [identity] : [])));
