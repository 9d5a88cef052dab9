import type { Resource, ResourceType } from '@medplum/fhirtypes';
import { inChunks } from '../store/in-chunks.ts';
import type { LinkTable } from '../store/schema.ts';
import type { Db, Trx } from '../store/store.ts';
import type { Link } from './plan.ts';

export interface LinkOwner {
  readonly tenant: string;
  readonly destination: string;
}

/** A resource by what a destination finds it by. */
export interface Named {
  readonly identity: string;
  readonly resourceType: ResourceType;
}

export interface Remembered {
  readonly links: ReadonlyMap<string, Link>;
  /** What we were about to create when a run ended without learning whether it happened. */
  readonly pending: readonly Named[];
}

/** What we remember of one patient, and of those merged into it, at one destination. */
export async function linksOf(db: Db, owner: LinkOwner, patientIds: readonly string[]): Promise<Remembered> {
  const rows = await db
    .selectFrom('link')
    .selectAll()
    .where('tenant', '=', owner.tenant)
    .where('destination', '=', owner.destination)
    .where('patient_id', 'in', patientIds)
    .execute();
  const linked = rows.flatMap((row) => linkOf(row) ?? []);
  const pending = rows.filter(isPending).map((row) => ({
    identity: row.identity,
    resourceType: row.resource_type as ResourceType,
  }));
  return { links: new Map(linked.map((link) => [link.identity, link])), pending };
}

export interface HeldByOthers {
  /** Live at this destination for somebody else: never to be overwritten. */
  readonly taken: ReadonlySet<string>;
  /** Voided there, or Provenance, which is written once and for all: whoever wants it now takes it over. */
  readonly letGo: readonly Link[];
}

/** Which of these identities are linked at this destination to somebody else. */
export async function heldByOthers(
  db: Db,
  owner: LinkOwner,
  patientIds: readonly string[],
  identities: readonly string[],
): Promise<HeldByOthers> {
  const taken = new Set<string>();
  const letGo: Link[] = [];
  const rows = await inChunks(identities, (chunk) =>
    db
      .selectFrom('link')
      .selectAll()
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('patient_id', 'not in', patientIds)
      .where('identity', 'in', chunk)
      .execute(),
  );
  for (const row of rows) {
    const link = linkOf(row);
    if (link && (link.state === 'voided' || link.resourceType === 'Provenance')) letGo.push(link);
    else taken.add(row.identity);
  }
  return { taken, letGo };
}

/** Written before the request that creates them: after a crash, these are looked up, and nothing else need be. */
export async function savePending(
  trx: Trx,
  owner: LinkOwner,
  patientId: string,
  items: readonly Named[],
  nowMs: number,
): Promise<void> {
  await inChunks(items, (chunk) =>
    trx
      .insertInto('link')
      .values(chunk.map((item) => pendingRow(owner, patientId, item, nowMs)))
      .onConflict((conflict) => conflict.columns(['tenant', 'destination', 'identity']).doNothing())
      .execute(),
  );
}

export async function saveLinks(
  trx: Trx,
  owner: LinkOwner,
  links: readonly Link[],
  mappingVersion: string,
  nowMs: number,
): Promise<void> {
  await inChunks(links, (chunk) =>
    trx
      .insertInto('link')
      .values(chunk.map((link) => rowOf(owner, link, mappingVersion, nowMs)))
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'destination', 'identity']).doUpdateSet((set) => ({
          patient_id: set.ref('excluded.patient_id'),
          resource_type: set.ref('excluded.resource_type'),
          server_id: set.ref('excluded.server_id'),
          version_id: set.ref('excluded.version_id'),
          content_hash: set.ref('excluded.content_hash'),
          state: set.ref('excluded.state'),
          mapping_version: set.ref('excluded.mapping_version'),
          content: set.ref('excluded.content'),
          theirs: set.ref('excluded.theirs'),
          updated_at: set.ref('excluded.updated_at'),
        })),
      )
      .execute(),
  );
}

/**
 * Written before the request that changes them: until it is answered, what the destination holds is not known. They are
 * this patient's from now on, for the patient who let one go does not look at it again.
 */
export async function distrustLinks(
  trx: Trx,
  owner: LinkOwner,
  patientId: string,
  identities: readonly string[],
): Promise<void> {
  await inChunks(identities, (chunk) =>
    trx
      .updateTable('link')
      .set({ content_hash: null, state: 'live', patient_id: patientId })
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('identity', 'in', chunk)
      .execute(),
  );
}

/** A resource that is gone at the destination is created anew by the next plan, if it is still wanted. */
export async function forgetLinks(trx: Trx, owner: LinkOwner, identities: readonly string[]): Promise<void> {
  await inChunks(identities, (chunk) =>
    trx
      .deleteFrom('link')
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('identity', 'in', chunk)
      .execute(),
  );
}

const isPending = (row: LinkTable): boolean => row.state === 'pending';

function linkOf(row: LinkTable): Link | undefined {
  if (row.state === 'pending') return undefined;
  return {
    identity: row.identity,
    patientId: row.patient_id,
    resourceType: row.resource_type as ResourceType,
    serverId: row.server_id,
    versionId: row.version_id,
    contentHash: row.content_hash,
    state: row.state,
    content: JSON.parse(row.content) as Resource,
    ...(row.theirs !== null && { theirs: JSON.parse(row.theirs) as Readonly<Record<string, unknown>> }),
  };
}

function pendingRow({ tenant, destination }: LinkOwner, patientId: string, item: Named, nowMs: number): LinkTable {
  return {
    tenant,
    destination,
    identity: item.identity,
    patient_id: patientId,
    resource_type: item.resourceType,
    server_id: '',
    version_id: null,
    content_hash: null,
    state: 'pending',
    mapping_version: '',
    content: '{}',
    theirs: null,
    updated_at: nowMs,
  };
}

function rowOf({ tenant, destination }: LinkOwner, link: Link, mappingVersion: string, nowMs: number): LinkTable {
  return {
    tenant,
    destination,
    identity: link.identity,
    patient_id: link.patientId,
    resource_type: link.resourceType,
    server_id: link.serverId,
    version_id: link.versionId,
    content_hash: link.contentHash,
    state: link.state,
    mapping_version: mappingVersion,
    content: JSON.stringify(link.content),
    theirs: link.theirs ? JSON.stringify(link.theirs) : null,
    updated_at: nowMs,
  };
}
