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

/** What we were about to create, without knowing since whether it is there. */
export interface Pending extends Named {
  readonly state: 'pending' | 'queued' | 'unresolved' | 'left';
  /** What it says, if it is there: the newest last. */
  readonly sent: readonly Resource[];
  /** When this was written down (epoch milliseconds). */
  readonly sinceMs: number;
}

export interface Remembered {
  readonly links: ReadonlyMap<string, Link>;
  readonly pending: readonly Pending[];
  readonly marks: Marks;
}

/** What is written of each identity, to tell whether another run has written it since. No entry: nothing is. */
export type Marks = ReadonlyMap<string, string>;

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
  return {
    links: new Map(linked.map((link) => [link.identity, link])),
    pending: rows.flatMap((row) => pendingOf(row) ?? []),
    marks: marksOf(rows),
  };
}

/** What is written of these now. Stays so until the transaction ends. */
export async function marksNow(trx: Trx, owner: LinkOwner, identities: readonly string[]): Promise<Marks> {
  const rows = await inChunks(identities, (chunk) =>
    trx
      .selectFrom('link')
      .selectAll()
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('identity', 'in', chunk)
      // In one order, so that two runs do not wait for each other.
      .orderBy('identity')
      .forUpdate()
      .execute(),
  );
  return marksOf(rows);
}

/** What is known to be at a destination under these identities, whoever's therapy it belongs to. */
export async function linksByIdentity(db: Db, owner: LinkOwner, identities: readonly string[]): Promise<Link[]> {
  const rows = await inChunks(identities, (chunk) =>
    db
      .selectFrom('link')
      .selectAll()
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('identity', 'in', chunk)
      .execute(),
  );
  return rows.flatMap((row) => linkOf(row) ?? []);
}

export interface HeldByOthers {
  /** Live at this destination for somebody else: never to be overwritten. */
  readonly taken: ReadonlySet<string>;
  /** Voided there, or Provenance, which is written once and for all: whoever wants it now takes it over. */
  readonly letGo: readonly Link[];
  /** Of what was let go. */
  readonly marks: Marks;
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
  const free = new Set(letGo.map(({ identity }) => identity));
  return { taken, letGo, marks: marksOf(rows.filter(({ identity }) => free.has(identity))) };
}

/**
 * Written before the request that creates them: after a crash, these are looked up, and nothing else need be. Not where
 * something is written of one of them already: then fewer are marked than were to be written.
 */
export async function firstPending(
  trx: Trx,
  owner: LinkOwner,
  patientId: string,
  items: readonly Pending[],
): Promise<Marks> {
  const rows = items.map((item) => pendingRow(owner, patientId, item));
  const written = await inChunks(rows, (chunk) =>
    trx
      .insertInto('link')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['tenant', 'destination', 'identity']).doNothing())
      .returning(['identity'])
      .execute(),
  );
  const first = new Set(written.map(({ identity }) => identity));
  return marksOf(rows.filter(({ identity }) => first.has(identity)));
}

/** What becomes of it while it has no link. */
export async function savePending(
  trx: Trx,
  owner: LinkOwner,
  patientId: string,
  items: readonly Pending[],
): Promise<Marks> {
  const rows = items.map((item) => pendingRow(owner, patientId, item));
  await inChunks(rows, (chunk) =>
    trx
      .insertInto('link')
      .values(chunk)
      .onConflict((conflict) =>
        conflict
          .columns(['tenant', 'destination', 'identity'])
          .doUpdateSet((set) => ({
            state: set.ref('excluded.state'),
            content: set.ref('excluded.content'),
            updated_at: set.ref('excluded.updated_at'),
          }))
          .where('link.server_id', '=', ''),
      )
      .execute(),
  );
  return marksOf(rows);
}

export async function saveLinks(
  trx: Trx,
  owner: LinkOwner,
  links: readonly Link[],
  mappingVersion: string,
  nowMs: number,
): Promise<Marks> {
  const rows = links.map((link) => rowOf(owner, link, mappingVersion, nowMs));
  await inChunks(rows, (chunk) =>
    trx
      .insertInto('link')
      .values(chunk)
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
  return marksOf(rows);
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

const marksOf = (rows: readonly LinkTable[]): Marks => new Map(rows.map((row) => [row.identity, markOf(row)]));

const markOf = ({ server_id, version_id, content_hash, state, content, theirs, updated_at }: LinkTable): string =>
  [state, updated_at, server_id, version_id, content_hash, content, theirs].join(' ');

function pendingOf(row: LinkTable): Pending | undefined {
  const { identity, state, updated_at: sinceMs } = row;
  if (isLinked(state)) return undefined;
  // Rows of the first schema kept no content here.
  const sent = contentsOf(row).filter(({ resourceType }) => resourceType !== undefined);
  return { identity, resourceType: row.resource_type as ResourceType, state, sent, sinceMs };
}

function linkOf(row: LinkTable): Link | undefined {
  if (!isLinked(row.state)) return undefined;
  const [content, ...sent] = contentsOf(row);
  return {
    identity: row.identity,
    patientId: row.patient_id,
    resourceType: row.resource_type as ResourceType,
    serverId: row.server_id,
    versionId: row.version_id,
    contentHash: row.content_hash,
    state: row.state,
    content: content as Resource,
    mappingVersion: row.mapping_version,
    ...(sent.length > 0 && { sent }),
    ...(row.theirs !== null && { theirs: JSON.parse(row.theirs) as Readonly<Record<string, unknown>> }),
  };
}

const isLinked = (state: LinkTable['state']): state is Link['state'] =>
  state === 'live' || state === 'voided' || state === 'contested';

function contentsOf(row: LinkTable): readonly Resource[] {
  const content = JSON.parse(row.content) as Resource | readonly Resource[];
  return Array.isArray(content) ? content : [content as Resource];
}

function pendingRow({ tenant, destination }: LinkOwner, patientId: string, item: Pending): LinkTable {
  return {
    tenant,
    destination,
    identity: item.identity,
    patient_id: patientId,
    resource_type: item.resourceType,
    server_id: '',
    version_id: null,
    content_hash: null,
    state: item.state,
    mapping_version: '',
    content: JSON.stringify(item.sent),
    theirs: null,
    updated_at: item.sinceMs,
  };
}

function rowOf({ tenant, destination }: LinkOwner, link: Link, mappingVersion: string, nowMs: number): LinkTable {
  const { sent = [] } = link;
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
    mapping_version: link.mappingVersion ?? mappingVersion,
    content: JSON.stringify(sent.length > 0 ? [link.content, ...sent] : link.content),
    theirs: link.theirs ? JSON.stringify(link.theirs) : null,
    updated_at: nowMs,
  };
}
