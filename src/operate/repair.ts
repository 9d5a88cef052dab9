import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { findPatient } from '../ledger/patients.ts';
import { oweAll } from '../outbox/owe.ts';
import { appendAudit } from '../store/audit.ts';
import { reconsider } from '../sync/drift.ts';
import { linksOf, saveLinks } from '../sync/links.ts';
import type { Link } from '../sync/plan.ts';
import { type KnownThere, plannedAt } from './planned.ts';
import type { Changed, Difference } from './reconciliation.ts';

/**
 * Makes the next run of each patient write again what is missing, and settle what was changed there as the policy of the
 * destination says. What stands there twice, or is nobody's, is for a human. Returns how many patients are owed.
 */
export async function repair(
  app: App,
  runtime: DestinationRuntime,
  known: KnownThere,
  differences: readonly (Difference | Changed)[],
  actor: string,
): Promise<number> {
  const byPatient = Map.groupBy(differences.filter(isRepairable), ({ patientId }) => patientId ?? '');
  for (const [patientId, own] of byPatient) await repairPatient(app, runtime, known, patientId, own);
  const { tenant, name: destination } = runtime.destination;
  const detail = { destination, patients: byPatient.size, differences: differences.length };
  const at = app.now().epochMilliseconds;
  await appendAudit(app.store.db, { tenant, at, action: 'reconcile-repair', actor, outcome: 'done', detail });
  return byPatient.size;
}

const isRepairable = ({ kind, patientId }: Difference): boolean =>
  patientId !== undefined && (kind === 'missing' || kind === 'changed');

async function repairPatient(
  app: App,
  runtime: DestinationRuntime,
  known: KnownThere,
  patientId: string,
  differences: readonly (Difference | Changed)[],
): Promise<void> {
  const { tenant, environment, name: destination, drift = 'review' } = runtime.destination;
  const owner = { tenant, destination };
  const record = await findPatient(app.store.db, { tenant, environment, patientId });
  if (!record) return;
  const survivor = record.mergedInto ? { tenant, environment, patientId: record.mergedInto } : record;
  const patient = await findPatient(app.store.db, survivor);
  if (!patient) return;
  const { items } = await plannedAt(app, runtime, known, patient);
  const { links } = await linksOf(app.store.db, owner, [patientId]);
  const settled = differences.flatMap((difference): Link[] => {
    if (isChanged(difference)) {
      const item = items.find(({ identity }) => identity === difference.identity);
      return [reconsider(difference.link, difference.current, difference.versionId, item, drift).link];
    }
    const link = links.get(difference.identity);
    return link ? [{ ...link, contentHash: null }] : [];
  });
  const nowMs = await app.store.nowMs();
  await app.store.transaction(async (trx) => {
    await saveLinks(trx, owner, settled, app.mappingVersion, nowMs);
    await oweAll(trx, [{ ...owner, patientId: patient.patientId, revision: patient.revision, nowMs }]);
  });
}

const isChanged = (difference: Difference | Changed): difference is Changed => 'current' in difference;
