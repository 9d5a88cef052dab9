import type { Patient } from '@medplum/fhirtypes';
import type { Trx } from '../../store/store.ts';
import type { RowScope } from './rows.ts';

/**
 * What a Patient said while it stood for somebody else as well, by a merge that was taken back, names that other person: such
 * versions become theirs. As the Patient itself is not, only who may read about both is told of them.
 */
export async function partVersions(trx: Trx, { tenant, environment }: RowScope, patient: Patient): Promise<void> {
  const { id = '' } = patient;
  const still = replacedBy(patient);
  const earlier = await trx
    .selectFrom('resource_version')
    .select(['version', 'content'])
    .where((row) => row.and({ id, type: 'Patient', tenant, environment, patient_id: id }))
    .execute();
  for (const { version, content } of earlier) {
    const parted = replacedBy(JSON.parse(content) as Patient).find((one) => !still.includes(one));
    if (parted === undefined) continue;
    await trx
      .updateTable('resource_version')
      .set({ patient_id: parted })
      .where((row) => row.and({ id, type: 'Patient', tenant, environment, version }))
      .execute();
  }
}

/** Ids of those who were merged into a patient. */
const replacedBy = ({ link = [] }: Patient): string[] =>
  link.flatMap(({ type, other: { reference } }) =>
    type === 'replaces' && reference ? reference.slice('Patient/'.length) : [],
  );
