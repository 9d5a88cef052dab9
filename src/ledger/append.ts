import type { CanonicalEvent } from '../event/event.ts';
import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';
import { insertEvents, type KnownEvent, knownEvents } from './event-rows.ts';
import type { PatientRef, Scope } from './patient-key.ts';
import { lockPopulation } from './population.ts';
import { keyOf, type Report, reportOf } from './report.ts';
import { type Identify, identifierKey, resolvePatients } from './resolve-patients.ts';
import { raiseRevisions, survivorsOf } from './revisions.ts';
import { touchedBy } from './touched.ts';

export interface AppendContext {
  readonly tenant: string;
  readonly receivedAtMs: number;
  readonly identify: Identify;
}

export interface Incoming {
  readonly event: CanonicalEvent;
  /** The event as sent, verbatim JSON. */
  readonly payload: string;
  readonly contentHash: string;
}

export interface AppendResult {
  /** A conflict stored nothing: the same source event id is in the ledger with other content. */
  readonly outcome: 'accepted' | 'duplicate' | 'conflict';
  readonly eventId: string;
  /** The surviving patient of the event that is in the ledger. */
  readonly patientId: string;
  /** Every patient whose therapy may have changed, each at the revision it has now. */
  readonly touched: readonly PatientRef[];
}

/**
 * Appends to the ledger, idempotent by (tenant, environment, source system, event id), and raises the revision of
 * every patient touched by one. Results stand in the order of the events. Order, repetition and split of the batches
 * do not matter to what the ledger says in the end.
 */
export async function append(
  trx: Trx,
  context: AppendContext,
  incoming: readonly Incoming[],
): Promise<readonly AppendResult[]> {
  const reports = incoming.map(reportOf);
  const results = new Map<Report, AppendResult>();
  for (const environment of environmentsOf(reports)) {
    const scope = { tenant: context.tenant, environment };
    const ofScope = reports.filter((report) => report.environment === environment);
    await appendInScope(trx, scope, context, ofScope, results);
  }
  return reports.map((report) => results.get(report) as AppendResult);
}

/** Always in the same order, so that two batches lock in the same order. */
function environmentsOf(reports: readonly Report[]): Environment[] {
  return [...new Set(reports.map((report) => report.environment))].sort();
}

async function appendInScope(
  trx: Trx,
  scope: Scope,
  context: AppendContext,
  reports: readonly Report[],
  results: Map<Report, AppendResult>,
): Promise<void> {
  await lockPopulation(trx, scope, reports.some((report) => report.connects) ? 'alone' : 'shared');
  const known = await knownEvents(trx, scope, reports);
  const accepted = await insertNew(trx, scope, context, unknownOf(reports, known));
  const { touched, survivors } = await touchedBy(trx, scope, [...accepted.keys()]);
  const refs = await raiseRevisions(
    trx,
    scope,
    [...touched.values()].flatMap((patients) => [...patients]),
    context.receivedAtMs,
  );
  const stored = await storedAs(trx, scope, reports, known, accepted);
  const ids = [...stored.values()].map((row) => row.patientId);
  const others = await survivorsOf(
    trx,
    scope,
    ids.filter((id) => !survivors.has(id)),
  );
  for (const report of reports) {
    const row = stored.get(keyOf(report)) as KnownEvent;
    const patients = touched.get(report);
    results.set(report, {
      outcome: patients ? 'accepted' : row.contentHash === report.contentHash ? 'duplicate' : 'conflict',
      eventId: report.eventId,
      patientId: (survivors.get(row.patientId) ?? others.get(row.patientId)) as string,
      touched: [...(patients ?? [])].map((patientId) => refs.get(patientId) as PatientRef),
    });
  }
}

/** The first report of every event id that is not in the ledger yet. */
function unknownOf(reports: readonly Report[], known: ReadonlyMap<string, KnownEvent>): Report[] {
  const fresh = new Map<string, Report>();
  for (const report of reports) {
    const key = keyOf(report);
    if (!known.has(key) && !fresh.has(key)) fresh.set(key, report);
  }
  return [...fresh.values()];
}

/** What the ledger holds now under the ids of these reports; asked again only where another process was first. */
async function storedAs(
  trx: Trx,
  scope: Scope,
  reports: readonly Report[],
  known: ReadonlyMap<string, KnownEvent>,
  accepted: ReadonlyMap<Report, string>,
): Promise<ReadonlyMap<string, KnownEvent>> {
  const own = [...accepted].map(([report, patientId]): [string, KnownEvent] => [
    keyOf(report),
    { contentHash: report.contentHash, patientId },
  ]);
  const stored = new Map([...known, ...own]);
  const late = await knownEvents(
    trx,
    scope,
    reports.filter((report) => !stored.has(keyOf(report))),
  );
  return new Map([...stored, ...late]);
}

/** Stores these; returns those that this call stored, each with its patient. */
async function insertNew(
  trx: Trx,
  scope: Scope,
  context: AppendContext,
  news: readonly Report[],
): Promise<ReadonlyMap<Report, string>> {
  const identifiers = news.flatMap((report) => (report.merged ? [report.patient, report.merged] : [report.patient]));
  const patients = await resolvePatients(trx, scope, context, identifiers);
  const rows = news.map((report) => ({
    report,
    patientId: patients.get(identifierKey(report.patient)) as string,
    mergedPatientId: report.merged ? (patients.get(identifierKey(report.merged)) as string) : null,
  }));
  const inserted = await insertEvents(trx, scope, context.receivedAtMs, rows);
  const own = rows.filter(({ report }) => inserted.has(keyOf(report)));
  return new Map(own.map(({ report, patientId }) => [report, patientId]));
}
