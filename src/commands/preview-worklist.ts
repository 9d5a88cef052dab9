import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import type { PatientRef } from '../ledger/patient-key.ts';
import { linksOf } from '../sync/links.ts';
import { type WorklistRow, worklistRows } from '../sync/worklist/rows.ts';

/** What a human would have to enter of one patient. */
export async function sentByWorklist(
  app: App,
  { destination: { tenant, name } }: DestinationRuntime,
  { patientId }: PatientRef,
): Promise<readonly ({ readonly channel: 'worklist' } & WorklistRow)[]> {
  const { links } = await linksOf(app.store.db, { tenant, destination: name }, [patientId]);
  return worklistRows(links.values()).map((row) => ({ channel: 'worklist', ...row }));
}
