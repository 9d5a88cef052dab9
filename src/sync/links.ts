import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { LinkTable } from '../store/schema.ts';
import type { Db, Trx } from '../store/store.ts';
import type { Link } from './plan.ts';

export interface LinkOwner {
  readonly tenant: string;
  readonly destination: string;
}

/** The links of one patient, and of those merged into it, at one destination, by identity. */
export async function linksOf(db: Db, owner: LinkOwner, patientIds: readonly string[]): Promise<Map<string, Link>> {
  const rows = await db
    .selectFrom('link')
    .selectAll()
    .where('tenant', '=', owner.tenant)
    .where('destination', '=', owner.destination)
    .where('patient_id', 'in', patientIds)
    .execute();
  return new Map(rows.map((row) => [row.identity, linkOf(row)]));
}

/** Identities that are linked at this destination to somebody else: never to be overwritten. */
export async function takenByOthers(
  db: Db,
  owner: LinkOwner,
  patientIds: readonly string[],
  identities: readonly string[],
): Promise<Set<string>> {
  const taken = new Set<string>();
  for (let start = 0; start < identities.length; start += 500) {
    const rows = await db
      .selectFrom('link')
      .select('identity')
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('patient_id', 'not in', patientIds)
      .where('state', '=', 'live')
      .where('identity', 'in', identities.slice(start, start + 500))
      .execute();
    for (const row of rows) taken.add(row.identity);
  }
  return taken;
}

export async function saveLinks(
  trx: Trx,
  owner: LinkOwner,
  links: readonly Link[],
  mappingVersion: string,
  nowMs: number,
): Promise<void> {
  for (let start = 0; start < links.length; start += 50) {
    const rows = links.slice(start, start + 50).map((link) => rowOf(owner, link, mappingVersion, nowMs));
    await trx
      .insertInto('link')
      .values(rows)
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
          updated_at: set.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }
}

/** A resource that is gone at the destination is created anew by the next plan. */
export async function forgetLink(trx: Trx, owner: LinkOwner, identity: string): Promise<void> {
  await trx
    .deleteFrom('link')
    .where('tenant', '=', owner.tenant)
    .where('destination', '=', owner.destination)
    .where('identity', '=', identity)
    .execute();
}

function linkOf(row: LinkTable): Link {
  return {
    identity: row.identity,
    patientId: row.patient_id,
    resourceType: row.resource_type as ResourceType,
    serverId: row.server_id,
    versionId: row.version_id,
    contentHash: row.content_hash,
    state: row.state,
    content: JSON.parse(row.content) as Resource,
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
    updated_at: nowMs,
  };
}
