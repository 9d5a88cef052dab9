import type { Trx } from '../store/store.ts';
import type { LinkOwner } from './links.ts';

/** What a human decides about resources of one patient, and of those merged into it. The next run acts on it. */

/** `ours`: written again. `theirs`: stays as the hospital changed it, until what we want there changes. */
export async function decideContested(
  trx: Trx,
  owner: LinkOwner,
  patientIds: readonly string[],
  decision: 'ours' | 'theirs',
): Promise<number> {
  const contested = () =>
    trx
      .updateTable('link')
      .where('tenant', '=', owner.tenant)
      .where('destination', '=', owner.destination)
      .where('patient_id', 'in', patientIds)
      .where('state', '=', 'contested');
  if (decision === 'ours') return changed(contested().set({ state: 'live', content_hash: null }).execute());
  // Without a hash it is no longer wanted: as theirs it stands, and is not ours to withdraw.
  const unwanted = await changed(contested().where('content_hash', 'is', null).set({ state: 'voided' }).execute());
  return unwanted + (await changed(contested().set({ state: 'live' }).execute()));
}

/** `send-again`: it is not there. `leave`: it is there, or need not be; nothing is sent for it any more. */
export async function decideUnresolved(
  trx: Trx,
  owner: LinkOwner,
  patientIds: readonly string[],
  decision: 'send-again' | 'leave',
): Promise<number> {
  if (decision === 'leave') {
    return changed(
      trx
        .updateTable('link')
        .set({ state: 'left' })
        .where('tenant', '=', owner.tenant)
        .where('destination', '=', owner.destination)
        .where('patient_id', 'in', patientIds)
        .where('state', '=', 'unresolved')
        .execute(),
    );
  }
  const [{ numDeletedRows } = { numDeletedRows: 0n }] = await trx
    .deleteFrom('link')
    .where('tenant', '=', owner.tenant)
    .where('destination', '=', owner.destination)
    .where('patient_id', 'in', patientIds)
    .where('state', '=', 'unresolved')
    .execute();
  return Number(numDeletedRows);
}

async function changed(updating: Promise<readonly { readonly numUpdatedRows: bigint }[]>): Promise<number> {
  return (await updating).reduce((sum, { numUpdatedRows }) => sum + Number(numUpdatedRows), 0);
}
