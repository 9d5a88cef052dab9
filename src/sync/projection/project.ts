import type { Provenance, Reference, Resource } from '@medplum/fhirtypes';
import { identityIn, mapReferences, referenceTo } from '../../fhir/references.ts';
import { profile } from '../../fhir/systems.ts';
import { contentHash } from '../content.ts';
import type { Tier } from '../routes.ts';
import type { Loss, TailorContext, Tailored, Wanted } from '../tailored.ts';
import { withCodings } from './codings.ts';
import { unfitReason, withElements } from './elements.ts';
import { type Referable, referenceToDevice, withReferencesOf } from './references.ts';
import { isPanel, singleValues } from './single-values.ts';

export interface Projection {
  /** What travels as FHIR, as the destination takes it. */
  readonly items: readonly Tailored[];
  readonly losses: readonly Loss[];
  /** Identities of what has to be told in words. */
  readonly told: ReadonlySet<string>;
  /** What has no way to this server, by identity: what it may hold of it from earlier is not withdrawn. */
  readonly absent: ReadonlyMap<string, Wanted>;
}

/** Every resource that has a way to this server as a resource, adapted to what it takes. */
export function project(wanted: readonly Wanted[], context: TailorContext): Projection {
  const placed = wanted.map((item) => placeOf(item, wanted, context));
  const travelling = placed.flatMap(({ pieces }) => pieces);
  const there = new Set(travelling.map(({ identity }) => identity));
  const referable = referableOf(wanted, there, context);
  const pieces = new Map(placed.map((place) => [place.item.identity, place.pieces]));
  const written = travelling.map((piece) => write(piece, referable, pieces, context)).filter(isOfSomething);
  const told = placed.filter(({ isTold }) => isTold).map(({ item }) => item.identity);
  return {
    items: written.map(({ item }) => item),
    losses: [...placed.flatMap(({ losses }) => losses), ...written.flatMap(({ losses }) => losses)],
    told: new Set(told),
    absent: new Map(placed.filter(hasNoWay).map(({ item }) => [item.identity, item])),
  };
}

/** Resources that travel for one that is wanted: itself, one for each of its values, or none. */
interface Place {
  readonly item: Wanted;
  readonly pieces: readonly Wanted[];
  readonly losses: readonly Loss[];
  readonly isTold: boolean;
  /** The site does not want it there: what is there of it is withdrawn. */
  readonly isUnwanted?: true | undefined;
}

const hasNoWay = ({ pieces, isUnwanted }: Place): boolean => pieces.length === 0 && !isUnwanted;

function placeOf(item: Wanted, wanted: readonly Wanted[], context: TailorContext): Place {
  const { resource, identity } = item;
  const route = context.routes.byType.get(resource.resourceType);
  const isOwn = resource.resourceType === 'Device' && context.ownDevices.has(identity);
  if (!route || !asFhir.has(route.tier)) {
    if (isOwn) return left(item, 'the Device that the EHR keeps stands for it', 'untold');
    const reason = route ? `told by ${route.tier}: ${route.reason}` : 'told in words: no route is known for this kind';
    // Who reported what stands in every report; by itself it is nothing to tell.
    return left(item, reason, resource.resourceType === 'Provenance' ? 'untold' : 'told');
  }
  if (isFill(resource) && context.settings.fills === 'procedure') {
    return { ...left(item, 'the Procedure of the refill stands for it, as the site set', 'untold'), isUnwanted: true };
  }
  return route.tier === 'discrete' ? discretePlace(item, wanted, context) : fitting(item, [item], context);
}

const asFhir: ReadonlySet<Tier> = new Set<Tier>(['graph', 'discrete']);

const left = (item: Wanted, reason: string, how: 'told' | 'untold'): Place => ({
  item,
  pieces: [],
  losses: [lossOf(item, reason)],
  isTold: how === 'told',
});

/** A discrete event is told as a whole as well: its parts do not show what belongs together. */
function discretePlace(item: Wanted, wanted: readonly Wanted[], context: TailorContext): Place {
  const parts = isPanel(item) ? singleValues(item, wanted, context.identifierSystem) : [item];
  const place = fitting(item, parts.map(withoutClaims), context);
  const split = isPanel(item) ? [lossOf(item, 'each of its values is an Observation of its own')] : [];
  return { ...place, losses: [...split, ...place.losses], isTold: true };
}

/** Adapted, a resource is no longer what its profile asks for. */
function withoutClaims(item: Wanted): Wanted {
  const { profile: _claims, ...meta } = item.resource.meta ?? {};
  return { ...item, resource: { ...item.resource, meta } };
}

/** Those that the server takes without a change of their meaning. */
function fitting(item: Wanted, parts: readonly Wanted[], context: TailorContext): Place {
  const judged = parts.map((part) => ({ part, reason: unfit(part, context) }));
  const unfitting = judged.flatMap(({ part, reason }) => (reason ? [lossOf(part, reason)] : []));
  return {
    item,
    pieces: judged.flatMap(({ part, reason }) => (reason ? [] : [part])),
    losses: unfitting,
    isTold: unfitting.length > 0,
  };
}

function unfit({ resource }: Wanted, context: TailorContext): string | undefined {
  const capability = context.capabilities.resources.get(resource.resourceType);
  return capability && unfitReason(resource, fitted(resource, context), capability);
}

/** With the codes and elements that the server takes. */
export function fitted<R extends Resource>(resource: R, { capabilities, settings }: TailorContext): R {
  const { codingPolicy = 'any', elements } = capabilities.resources.get(resource.resourceType) ?? {};
  return withElements(withCodings(resource, codingPolicy, settings.codeSubstitutions ?? []), elements);
}

interface Written {
  readonly item: Tailored;
  readonly losses: readonly Loss[];
}

function write(
  piece: Wanted,
  referable: Referable,
  pieces: ReadonlyMap<string, readonly Wanted[]>,
  context: TailorContext,
): Written {
  const whole = ofPatient(aboutPieces(piece.resource, pieces), context);
  const referring = withReferencesOf(whole, referable);
  const resource = fitted(referring, context);
  const { identity, group, changedIn } = piece;
  return {
    item: { identity, group, changedIn, resource, contentHash: contentHash(resource), channel: 'fhir' },
    losses: [
      ...changes(piece, whole, referring, 'it refers to what is not written there'),
      ...changes(piece, referring, resource, 'the server does not take it as it is'),
    ],
  };
}

/** The patient is the destination's own. */
export function ofPatient<R extends Resource>(resource: R, { patientId, patientServerId }: TailorContext): R {
  const ours = `Patient/${patientId}`;
  return mapReferences(resource, (reference) =>
    reference === ours && patientServerId !== undefined ? `Patient/${patientServerId}` : undefined,
  );
}

/** A Provenance of a panel is one of its values, where those travel. */
function aboutPieces(resource: Resource, pieces: ReadonlyMap<string, readonly Wanted[]>): Resource {
  if (resource.resourceType !== 'Provenance') return resource;
  const target = resource.target.flatMap((to): Reference[] => {
    const parts = pieces.get(identityIn(to.reference ?? '') ?? '');
    return parts && parts.length > 0 ? parts.map(({ identity }) => ({ reference: referenceTo(identity) })) : [to];
  });
  return { ...resource, target } as Provenance;
}

/** A Provenance of nothing says nothing. */
const isOfSomething = ({ item: { resource } }: Written): boolean =>
  resource.resourceType !== 'Provenance' || resource.target !== undefined;

function referableOf(wanted: readonly Wanted[], there: ReadonlySet<string>, context: TailorContext): Referable {
  const absent = wanted.filter(({ identity }) => !there.has(identity));
  const devices = absent.flatMap((item) => {
    const reference = referenceToDevice(item, context.ownDevices);
    return reference ? [[item.identity, reference] as const] : [];
  });
  return { notThere: new Set(absent.map(({ identity }) => identity)), devices: new Map(devices) };
}

/** Elements of the first that the second no longer has as they were. */
function changes({ identity }: Wanted, before: Resource, after: Resource, reason: string): Loss[] {
  if (before === after) return [];
  const now = after as unknown as Record<string, unknown>;
  return Object.entries(before)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(now[key]))
    .map(([element]) => ({ identity, resourceType: before.resourceType, element, reason }));
}

const lossOf = ({ identity, resource }: Wanted, reason: string): Loss => ({
  identity,
  resourceType: resource.resourceType,
  reason,
});

const isFill = (resource: Resource): boolean => resource.meta?.profile?.includes(profile.reservoirFill) === true;
