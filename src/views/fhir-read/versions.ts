import type { Asked } from './asked.ts';
import type { FhirReadOptions } from './options.ts';

/**
 * What a resource was before it became what it is now; never what it was while it was another patient's whom the caller
 * does not reach. The rows of this table are versions that were replaced: the present one is in `resource`.
 */
export function earlierVersions({ caller, type, id }: Asked, { db }: FhirReadOptions) {
  const reach = caller.reachOf(type, 'read').filter(({ query }) => query === undefined);
  const patients = reach.flatMap(({ patient }) => patient ?? []);
  return db
    .selectFrom('resource_version')
    .where('id', '=', id)
    .where('type', '=', type)
    .where('tenant', '=', caller.reader.tenant)
    .where('environment', '=', caller.reader.environment)
    .$if(patients.length === reach.length, (query) => query.where('patient_id', 'in', patients));
}

export const versionColumns = ['id', 'patient_id', 'version', 'last_updated', 'state', 'content'] as const;
