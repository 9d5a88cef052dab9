import { inChunks } from '../../store/in-chunks.ts';
import type { Environment, ResourceTable } from '../../store/schema.ts';
import type { Trx } from '../../store/store.ts';

/** A resource as it stands in the table, without its content. */
export interface Row {
  readonly seq: number;
  readonly type: string;
  readonly id: string;
  readonly patientId: string;
  readonly version: number;
  readonly state: ResourceTable['state'];
  readonly contentHash: string;
  readonly foundHash: string;
}

export interface RowScope {
  readonly tenant: string;
  readonly environment: Environment;
}

export const rowsOf = (trx: Trx, scope: RowScope, patientIds: readonly string[]): Promise<Row[]> =>
  inChunks(patientIds, (chunk) => selectRows(trx, scope).where('patient_id', 'in', chunk).execute());

export const rowsByIds = (trx: Trx, scope: RowScope, ids: readonly string[]): Promise<Row[]> =>
  inChunks(ids, (chunk) => selectRows(trx, scope).where('id', 'in', chunk).execute());

const selectRows = (trx: Trx, { tenant, environment }: RowScope) =>
  trx
    .selectFrom('resource')
    .select([
      'seq',
      'type',
      'id',
      'patient_id as patientId',
      'version',
      'state',
      'content_hash as contentHash',
      'found_hash as foundHash',
    ])
    .where('tenant', '=', tenant)
    .where('environment', '=', environment);

export async function contentsOf(trx: Trx, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await inChunks(seqs, (chunk) =>
    trx.selectFrom('resource').select(['seq', 'content']).where('seq', 'in', chunk).execute(),
  );
  return new Map(rows.map(({ seq, content }) => [seq, content]));
}
