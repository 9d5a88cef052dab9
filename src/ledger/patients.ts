import { inChunks } from '../store/in-chunks.ts';
import { prepared } from '../store/prepared.ts';
import type { Environment } from '../store/schema.ts';
import type { Db } from '../store/store.ts';
import { membersOf, membersOfAll } from './members.ts';
import type { PatientKey, PatientRef, Scope } from './patient-key.ts';
import { survivorsOf } from './revisions.ts';

export interface PatientRecord extends PatientRef {
  /** The survivor, when this patient was merged. */
  readonly mergedInto: string | null;
}

export const findPatient = async (db: Db, key: PatientKey): Promise<PatientRecord | undefined> =>
  (await patientById(db, key))[0];

const patientById = prepared<PatientKey, PatientRecord>((db, { tenant, environment, patientId }) =>
  db
    .selectFrom('patient')
    .select(['tenant', 'environment', 'id as patientId', 'revision', 'merged_into as mergedInto'])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('id', '=', patientId),
);

/** The surviving patients of a tenant, test and live or one of them, in order of id. Read in pages. */
export async function* patientsOf(db: Db, tenant: string, environment?: Environment): AsyncGenerator<PatientRef> {
  const environments: Environment[] = environment ? [environment] : ['live', 'test'];
  for (const each of environments) yield* survivingPatients(db, tenant, each);
}

const pageSize = 500;

async function* survivingPatients(db: Db, tenant: string, environment: Environment): AsyncGenerator<PatientRef> {
  let after = '';
  for (;;) {
    const page = await db
      .selectFrom('patient')
      .select(['tenant', 'environment', 'id as patientId', 'revision'])
      .where('tenant', '=', tenant)
      .where('environment', '=', environment)
      .where('merged_into', 'is', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageSize)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.patientId;
  }
}

export interface OwnedIdentifier {
  readonly system: string;
  readonly value: string;
  /** The patient it was first reported for: this one, or one that was merged into it. */
  readonly patientId: string;
}

/** Every identifier by which senders name this patient or one merged into it; the patient's own first. */
export async function identifiersOf(db: Db, key: PatientKey): Promise<readonly OwnedIdentifier[]> {
  const members = await membersOf(db, key);
  const rows = await inChunks(members, (chunk) =>
    db
      .selectFrom('patient_identifier')
      .select(['system', 'value', 'patient_id as patientId'])
      .where('tenant', '=', key.tenant)
      .where('environment', '=', key.environment)
      .where('patient_id', 'in', chunk)
      .orderBy('system')
      .orderBy('value')
      .execute(),
  );
  return rows.toSorted((a, b) => Number(b.patientId === key.patientId) - Number(a.patientId === key.patientId));
}

/** In which systems each of these patients has identifiers, those of everybody merged with it counted, by patient id. */
export async function systemsOf(
  db: Db,
  scope: Scope,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const survivors = await survivorsOf(db, scope, patientIds);
  const members = await membersOfAll(db, scope, [...new Set(survivors.values())]);
  const rows = await inChunks([...members.keys()], (chunk) =>
    db
      .selectFrom('patient_identifier')
      .select(['system', 'patient_id as patientId'])
      .where('tenant', '=', scope.tenant)
      .where('environment', '=', scope.environment)
      .where('patient_id', 'in', chunk)
      .execute(),
  );
  const systems = new Map([...survivors.values()].map((id) => [id, new Set<string>()]));
  for (const { system, patientId } of rows) systems.get(members.get(patientId) as string)?.add(system);
  return new Map([...survivors].map(([id, survivor]) => [id, systems.get(survivor) as Set<string>]));
}

/** The surviving patient that a sender's identifier names. */
export async function patientByIdentifier(
  db: Db,
  scope: { readonly tenant: string; readonly environment: Environment },
  identifier: { readonly system: string; readonly value: string },
): Promise<PatientKey | undefined> {
  const row = await db
    .selectFrom('patient_identifier as alias')
    .innerJoin('patient', (join) =>
      join
        .onRef('patient.tenant', '=', 'alias.tenant')
        .onRef('patient.environment', '=', 'alias.environment')
        .onRef('patient.id', '=', 'alias.patient_id'),
    )
    .select(['patient.id', 'patient.merged_into'])
    .where('alias.tenant', '=', scope.tenant)
    .where('alias.environment', '=', scope.environment)
    .where('alias.system', '=', identifier.system)
    .where('alias.value', '=', identifier.value)
    .executeTakeFirst();
  return row && { tenant: scope.tenant, environment: scope.environment, patientId: row.merged_into ?? row.id };
}
