import { inChunks } from '../store/in-chunks.ts';
import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';
import type { Scope } from './patient-key.ts';
import type { PatientIdentifier } from './report.ts';
import { lockPatients } from './revisions.ts';

/** The keyed id of a patient seen for the first time. Pure; later calls use what was stored then. */
export type Identify = (tenant: string, environment: Environment, system: string, value: string) => string;

export const identifierKey = ({ system, value }: PatientIdentifier): string => JSON.stringify([system, value]);

/**
 * The patients of these identifiers, by `identifierKey`; those never seen are created. Their rows are locked in id
 * order, which keeps two batches that name the same patients from waiting for each other.
 */
export async function resolvePatients(
  trx: Trx,
  scope: Scope,
  origin: { readonly identify: Identify; readonly receivedAtMs: number },
  identifiers: readonly PatientIdentifier[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Map(identifiers.map((identifier) => [identifierKey(identifier), identifier])).values()];
  const known = await patientsNamed(trx, scope, wanted);
  const missing = wanted.filter((identifier) => !known.has(identifierKey(identifier)));
  const created = await createPatients(trx, scope, origin, missing);
  // Another process may have been first with some of them.
  const late = missing.filter((identifier) => !created.has(identifierKey(identifier)));
  const patients = new Map([...known, ...created, ...(await patientsNamed(trx, scope, late))]);
  await lockPatients(trx, scope, [...patients.values()]);
  return patients;
}

async function patientsNamed(
  trx: Trx,
  scope: Scope,
  identifiers: readonly PatientIdentifier[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [system, ofSystem] of Map.groupBy(identifiers, (identifier) => identifier.system)) {
    const values = ofSystem.map((identifier) => identifier.value);
    for (const row of await inChunks(values, (chunk) => aliasesIn(trx, scope, system, chunk))) {
      found.set(identifierKey({ system, value: row.value }), row.patient_id);
    }
  }
  return found;
}

const aliasesIn = (trx: Trx, { tenant, environment }: Scope, system: string, values: readonly string[]) =>
  trx
    .selectFrom('patient_identifier')
    .select(['value', 'patient_id'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('system', '=', system)
    .where('value', 'in', values)
    .execute();

/** Returns the patients of the identifiers that this call stored. */
async function createPatients(
  trx: Trx,
  scope: Scope,
  { identify, receivedAtMs }: { readonly identify: Identify; readonly receivedAtMs: number },
  identifiers: readonly PatientIdentifier[],
): Promise<ReadonlyMap<string, string>> {
  const { tenant, environment } = scope;
  const created = identifiers
    .map(({ system, value }) => ({ system, value, id: identify(tenant, environment, system, value) }))
    .sort((a, b) => compareText(a.id, b.id));
  const patients = created.map(({ id }) => ({
    tenant,
    environment,
    id,
    merged_into: null,
    revision: 0,
    created_at: receivedAtMs,
  }));
  const aliases = created.map(({ system, value, id }) => ({ tenant, environment, system, value, patient_id: id }));
  await inChunks(patients, (chunk) =>
    trx
      .insertInto('patient')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
  const inserted = await inChunks(aliases, (chunk) =>
    trx
      .insertInto('patient_identifier')
      .values([...chunk])
      .onConflict((conflict) => conflict.doNothing())
      .returning(['system', 'value', 'patient_id as patientId'])
      .execute(),
  );
  return new Map(inserted.map(({ system, value, patientId }) => [identifierKey({ system, value }), patientId]));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
