import type { ResourceType } from '@medplum/fhirtypes';
import type { Db } from '../store/store.ts';
import type { LinkOwner } from '../sync/links.ts';
import type { Link } from '../sync/plan.ts';

/** What we remember of each resource of one type at a destination, by identity; without its content. */
export type LinkIndex = ReadonlyMap<string, Indexed>;

export type Indexed = Pick<Link, 'patientId' | 'resourceType' | 'serverId' | 'versionId' | 'state'>;

/** What was never confirmed there (no server id) is not among them. */
export async function linkIndex(
  db: Db,
  { tenant, destination }: LinkOwner,
  type: ResourceType,
  patientIds: readonly string[] | undefined,
): Promise<LinkIndex> {
  const rows = await db
    .selectFrom('link')
    .select(['identity', 'patient_id', 'server_id', 'version_id', 'state'])
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .where('resource_type', '=', type)
    .where('state', 'in', ['live', 'voided', 'contested'])
    .$if(patientIds !== undefined, (query) => query.where('patient_id', 'in', patientIds as string[]))
    .execute();
  return new Map(
    rows.map((row) => [
      row.identity,
      {
        patientId: row.patient_id,
        resourceType: type,
        serverId: row.server_id,
        versionId: row.version_id,
        state: row.state as Link['state'],
      },
    ]),
  );
}
