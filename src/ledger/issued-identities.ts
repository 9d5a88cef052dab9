import { inChunks } from '../store/in-chunks.ts';
import type { Db, Trx } from '../store/store.ts';
import { membersOf } from './members.ts';
import type { PatientKey } from './patient-key.ts';

/** The identities issued for a patient and for those merged into it, by natural key. */
export async function issuedIdentities(db: Db, key: PatientKey): Promise<Map<string, string>> {
  const members = await membersOf(db, key);
  const rows = await inChunks(members, (chunk) =>
    db
      .selectFrom('issued_identity')
      .select(['natural_key', 'identity'])
      .where('tenant', '=', key.tenant)
      .where('environment', '=', key.environment)
      .where('patient_id', 'in', chunk)
      .execute(),
  );
  return new Map(rows.map((row) => [row.natural_key, row.identity]));
}

/** Keeps identities as first issued: a natural key that has one keeps it. */
export async function rememberIdentities(
  trx: Trx,
  key: PatientKey,
  entries: Iterable<readonly [naturalKey: string, identity: string]>,
): Promise<void> {
  const rows = [...entries].map(([naturalKey, identity]) => ({
    tenant: key.tenant,
    environment: key.environment,
    natural_key: naturalKey,
    identity,
    patient_id: key.patientId,
  }));
  await inChunks(rows, (chunk) =>
    trx
      .insertInto('issued_identity')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['tenant', 'environment', 'natural_key']).doNothing())
      .execute(),
  );
}
