import { sql } from 'kysely';

/** Who a row of `patient` is after merges: itself, or the last survivor. Has an index with tenant and environment. */
export const survivor = sql<string>`coalesce(patient.merged_into, patient.id)`;
