import type { Resource, ResourceType } from '@medplum/fhirtypes';
import { referredIdentities } from '../fhir/references.ts';
import type { Channel, Tailored } from './tailored.ts';
import { withdrawn } from './withdrawal.ts';

/** What a destination holds of ours, as we last knew. */
export interface Link {
  readonly identity: string;
  readonly patientId: string;
  readonly resourceType: ResourceType;
  readonly serverId: string;
  readonly versionId: string | null;
  /** null: what the server holds is not known to be what we want; it is written again. */
  readonly contentHash: string | null;
  /** `contested`: somebody changed it there. It stays as it is until a human decides whose content stands. */
  readonly state: 'live' | 'voided' | 'contested';
  /** As last confirmed, in our terms. */
  readonly content: Resource;
  /** What was sent since, of which nobody learned whether it was applied: the server may hold any of these instead. */
  readonly sent?: readonly Resource[] | undefined;
  /** Top-level elements that the hospital put beside ours: every update carries them along. */
  readonly theirs?: Readonly<Record<string, unknown>> | undefined;
  /** The mapping that made what was last written. Absent: the present one. */
  readonly mappingVersion?: string | undefined;
}

export type Operation =
  | { readonly kind: 'create'; readonly identity: string; readonly item: Tailored }
  | { readonly kind: 'update'; readonly identity: string; readonly item: Tailored; readonly link: Link }
  | { readonly kind: 'void'; readonly identity: string; readonly resource: Resource; readonly link: Link };

/** Operations that travel together, in the order in which they may be sent. Empty: the destination is in step. */
export type Plan = readonly (readonly Operation[])[];

/**
 * The difference between what a destination should hold and what it holds. Devices go first, then event by event; in
 * each, closing comes before opening, so that a server that stops half-way shows a gap and never two infusions.
 * What is absent from `wanted` is voided. Provenance is written once and never touched again.
 */
export function plan(wanted: readonly Tailored[], links: ReadonlyMap<string, Link>): Plan {
  const live = new Set(wanted.map((item) => item.identity));
  const voids = [...links.values()].filter((link) => link.state === 'live' && !live.has(link.identity)).flatMap(voidOf);
  const changes = wanted.flatMap((item) => changeOf(item, links.get(item.identity)));
  const devices = changes.filter((change) => change.item.resource.resourceType === 'Device');
  const others = changes.filter((change) => change.item.resource.resourceType !== 'Device');
  const byEvent = [...Map.groupBy(others, groupOf)].sort(([a], [b]) => a - b).map(([, group]) => inOrder(group));
  return [voids, inOrder(devices), ...byEvent].filter((group) => group.length > 0);
}

/** What an operation would have the destination hold. */
export const resourceOf = (operation: Operation): Resource =>
  operation.kind === 'void' ? operation.resource : operation.item.resource;

/** A message and an entry of a worklist are kept in forms of their own, by which a link tells its channel. */
export function channelOf(operation: Operation): Channel {
  const { resourceType } = resourceOf(operation);
  if (resourceType === 'Binary') return 'hl7v2';
  return resourceType === 'Task' ? 'worklist' : 'fhir';
}

/** The link of what is there already. */
export const linkOfOperation = (operation: Operation): readonly Link[] =>
  operation.kind === 'create' ? [] : [operation.link];

type Change = Exclude<Operation, { kind: 'void' }>;

/** A create goes with the event that made it, an update with the event that changed it: it closes what that one opens. */
function groupOf(change: Change): number {
  const { group, changedIn } = change.item;
  return change.kind === 'update' ? (changedIn ?? group) : group;
}

function changeOf(item: Tailored, link: Link | undefined): Change[] {
  const { identity } = item;
  if (!link) return item.frozen ? [] : [{ kind: 'create', identity, item }];
  if (item.resource.resourceType === 'Provenance' || item.frozen || link.state === 'contested') return [];
  const inStep = link.state === 'live' && link.contentHash === item.contentHash;
  return inStep ? [] : [{ kind: 'update', identity, item, link }];
}

/** entered-in-error keeps the resource and its history; what R4 lets say no such thing stays as it is. */
function voidOf(link: Link): Operation[] {
  const resource = withdrawn(link.content);
  return resource ? [{ kind: 'void', identity: link.identity, resource, link }] : [];
}

/** Updates first, because they close; each change after the creates that it refers to. */
function inOrder(changes: readonly Change[]): Change[] {
  const waiting = new Map(changes.map((change) => [change.identity, change]));
  const ordered: Change[] = [];
  const place = (change: Change) => {
    if (!waiting.delete(change.identity)) return;
    for (const target of referredIdentities(change.item.resource)) {
      const needed = waiting.get(target);
      if (needed?.kind === 'create') place(needed);
    }
    ordered.push(change);
  };
  for (const change of changes.filter(({ kind }) => kind === 'update')) place(change);
  for (const change of changes) place(change);
  return ordered;
}
