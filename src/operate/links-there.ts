import type { ResourceType } from '@medplum/fhirtypes';
import type { Db } from '../store/store.ts';
import { type LinkOwner, linksOf } from '../sync/links.ts';
import type { Link } from '../sync/plan.ts';

const patientsAtOnce = 100;

/** What a destination holds of ours, as we last knew: all of it, or one type; a hundred patients at a time. */
export async function* linksThere(db: Db, owner: LinkOwner, type?: ResourceType): AsyncGenerator<readonly Link[]> {
  let after = '';
  for (;;) {
    const patientIds = await patientsAfter(db, owner, after, type);
    const last = patientIds.at(-1);
    if (last === undefined) return;
    const { links } = await linksOf(db, owner, patientIds);
    yield [...links.values()].filter(({ resourceType }) => type === undefined || resourceType === type);
    after = last;
  }
}

async function patientsAfter(
  db: Db,
  { tenant, destination }: LinkOwner,
  after: string,
  type: ResourceType | undefined,
): Promise<string[]> {
  const rows = await db
    .selectFrom('link')
    .select('patient_id')
    .distinct()
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .where('patient_id', '>', after)
    .$if(type !== undefined, (query) => query.where('resource_type', '=', type as ResourceType))
    .orderBy('patient_id')
    .limit(patientsAtOnce)
    .execute();
  return rows.map((row) => row.patient_id);
}

/** How many resources of these types are there, as we last knew. */
export async function linkCount(
  db: Db,
  { tenant, destination }: LinkOwner,
  types: readonly ResourceType[],
  patientIds: readonly string[] | undefined,
): Promise<number> {
  const { count } = await db
    .selectFrom('link')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .where('resource_type', 'in', types)
    .where('server_id', '!=', '')
    .$if(patientIds !== undefined, (query) => query.where('patient_id', 'in', patientIds as string[]))
    .executeTakeFirstOrThrow();
  return Number(count);
}
