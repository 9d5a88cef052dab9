import type { App } from './app.ts';
import type { DestinationRuntime } from './destination-runtime.ts';
import { appendAudit } from './store/audit.ts';
import { note, noted } from './store/deployment.ts';
import { type DestinationKey, pauseDestination, saveState } from './store/destination-state.ts';
import type { Db } from './store/store.ts';

/**
 * What a destination holds of ours, and who our patients are there, is known by ids that mean something at one server
 * alone: at another they may be those of other patients. Where the configuration gives a destination a new address,
 * nothing is sent there until an operator says that it is the same server (`itb-fhir resume`); another server gets
 * another name. What the old address could do is asked anew.
 */
export async function heedAddress({ store, now }: App, { destination }: DestinationRuntime): Promise<void> {
  const { tenant, name } = destination;
  const fact = `address of ${tenant}/${name}`;
  const address = destination.fhirBaseUrl.replace(/\/+$/, '');
  const before = await noted(store.db, fact);
  if (before === address) return;
  const key = { tenant, destination: name };
  const untilMs = (await store.nowMs()) + centuryMs;
  await store.transaction(async (trx) => {
    if (before !== undefined && (await isAnybodyKnown(trx, key))) {
      await saveState(trx, key, { statement: null, statement_hash: null, fetched_at: null });
      await pauseDestination(trx, key, { untilMs, reason });
      const at = now().epochMilliseconds;
      const detail = { destination: name, reason };
      await appendAudit(trx, { tenant, at, action: 'pause', actor: 'worker', outcome: 'done', detail });
    }
    await note(trx, fact, address);
  });
}

const centuryMs = 100 * 365 * 24 * 60 * 60 * 1000;

const reason =
  'Its address in the configuration has changed. Resume it if it is the same server; give another server another name.';

async function isAnybodyKnown(db: Db, { tenant, destination }: DestinationKey): Promise<boolean> {
  const link = await db
    .selectFrom('link')
    .select('identity')
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .limit(1)
    .executeTakeFirst();
  const match = await db
    .selectFrom('patient_match')
    .select('patient_id')
    .where('tenant', '=', tenant)
    .where('destination', '=', destination)
    .limit(1)
    .executeTakeFirst();
  return link !== undefined || match !== undefined;
}
