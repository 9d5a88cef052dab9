import type { App } from '../app.ts';
import type { PatientKey, Scope } from '../ledger/patient-key.ts';
import { note, noted } from '../store/deployment.ts';
import type { Db } from '../store/store.ts';

/** Whose rows for readers are to be made again. See `resources_until` in store/schema.ts. */

/** The patient who waits longest. */
export async function firstBehind(db: Db, scope: Scope, now: Temporal.Instant): Promise<string | undefined> {
  const row = await behind(db, scope, now).select('patient_id').orderBy('resources_until').limit(1).executeTakeFirst();
  return row?.patient_id;
}

export async function countBehind(db: Db, scope: Scope, now: Temporal.Instant): Promise<number> {
  const { count } = await behind(db, scope, now)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

const behind = (db: Db, { tenant, environment }: Scope, now: Temporal.Instant) =>
  db
    .selectFrom('reading')
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('resources_until', '<=', now.epochMilliseconds);

/** A patient whose rows cannot be made does not hold up the others. Who asks about them learns of it each time. */
export async function putOff(db: Db, { tenant, environment, patientId }: PatientKey, now: Temporal.Instant) {
  await db
    .updateTable('reading')
    .set({ resources_until: now.epochMilliseconds + pauseMs })
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where('patient_id', '=', patientId)
    .execute();
}

const pauseMs = 60_000;

/** Everybody of a tenant, or one patient, as if news had come. Returns how many. */
export async function leaveBehind(db: Db, tenant: string, patientId?: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('reading')
    .set({ resources_until: 0 })
    .where('tenant', '=', tenant)
    .$if(patientId !== undefined, (query) => query.where('patient_id', '=', patientId as string))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Other rules than those that the rows were made by: what the board lists by is not known again before they are made
 * anew. Everything else of an older version is made again before it is told.
 */
export async function heedVersion(app: App, version: string): Promise<void> {
  if ((await noted(app.store.db, fact)) === version) return;
  await app.store.db
    .updateTable('reading')
    .set({
      resources_until: 0,
      ...{ due_on: null, due_method: null, alarm_on: null, alarm_method: null, has_pump: null },
    })
    .execute();
  await note(app.store.db, fact, version);
}

const fact = 'reading version';

/** Every tenant and environment that anybody was ever reported for. */
export const populations = (db: Db): Promise<Scope[]> =>
  db.selectFrom('population').select(['tenant', 'environment']).orderBy('tenant').orderBy('environment').execute();
