import { sql } from 'kysely';
import type { PatientKey } from '../src/ledger/patient-key.ts';
import type { Db } from '../src/store/store.ts';

type Cell = string | number | null;
export type Cells = Readonly<Record<string, Cell>>;

/** Everything that the store holds of one patient, as rows. */
export interface PatientRows {
  readonly patient: readonly Cells[];
  readonly patient_identifier: readonly Cells[];
  readonly event: readonly Cells[];
  readonly issued_identity: readonly Cells[];
  readonly reading: readonly Cells[];
  readonly resource: readonly Cells[];
  /** Of each resource, in their order. */
  readonly values: readonly (readonly Cells[])[];
  /** How many earlier versions there are. */
  readonly versions: number;
}

export async function everyRow(db: Db, { tenant, environment, patientId }: PatientKey): Promise<PatientRows> {
  const scope = sql`tenant = ${tenant} and environment = ${environment}`;
  const all = async (table: string, column: string) => {
    const query = sql<Cells>`select * from ${sql.table(table)} where ${sql.ref(column)} = ${patientId} and ${scope}`;
    return (await query.execute(db)).rows.map((row) => ({ ...row }));
  };
  const resource = (await all('resource', 'patient_id')).toSorted((a, b) => Number(a.seq) - Number(b.seq));
  const values = await Promise.all(
    resource.map(async ({ seq }) => {
      const rows = await sql<Cells>`select * from resource_value where seq = ${seq}`.execute(db);
      return rows.rows.map((row) => ({ ...row }));
    }),
  );
  return {
    patient: await all('patient', 'id'),
    patient_identifier: await all('patient_identifier', 'patient_id'),
    event: await all('event', 'patient_id'),
    issued_identity: await all('issued_identity', 'patient_id'),
    reading: await all('reading', 'patient_id'),
    ...{ resource, values },
    versions: (await all('resource_version', 'patient_id')).length,
  };
}
