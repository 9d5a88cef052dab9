import { inChunks } from './in-chunks.ts';
import type { Environment } from './schema.ts';
import type { Trx } from './store.ts';

/**
 * News about patients: what readers are told of them is to be made again. A row that waits already keeps its place, so
 * that whoever waits longest comes first.
 */
export async function readAgain(
  trx: Trx,
  { tenant, environment }: { readonly tenant: string; readonly environment: Environment },
  patientIds: readonly string[],
  atMs: number,
): Promise<void> {
  const ordered = [...new Set(patientIds)].sort();
  const rows = ordered.map((patient_id) => ({ tenant, environment, patient_id, resources_until: atMs }));
  await inChunks(rows, (chunk) =>
    trx
      .insertInto('reading')
      .values([...chunk])
      .onConflict((conflict) =>
        conflict
          .columns(['patient_id', 'tenant', 'environment'])
          .doUpdateSet({ resources_until: atMs })
          .where((row) =>
            row.or([row('reading.resources_until', 'is', null), row('reading.resources_until', '>', atMs)]),
          ),
      )
      .execute(),
  );
}
