/**
 * The whole flow on one page; the only place where stages meet.
 *
 *   items ─▶ ledger (append, tickets) ─▶ history ─▶ timeline ─▶ desired ─▶ (review) ─▶ sync
 */
import type { App } from './app.ts';
import { heedAddress } from './destination-address.ts';
import { knownCapabilities } from './destination-capabilities.ts';
import { type DestinationRuntime, settingsFingerprint } from './destination-runtime.ts';
import { problem } from './event/problem.ts';
import { keyedIdentities } from './fhir/identity.ts';
import { resolveRefusals, reviewRefusal, reviewRemarks, reviewSync, tenantOf } from './findings.ts';
import type { Item, Usable } from './intake/item.ts';
import type { Receipt } from './intake/receipt.ts';
import { type AppendResult, append } from './ledger/append.ts';
import { contentHash } from './ledger/content-hash.ts';
import { issuedIdentities, rememberIdentities } from './ledger/issued-identities.ts';
import type { PatientKey, PatientRef } from './ledger/patient-key.ts';
import { findPatient, identifiersOf, patientsOf, systemsOf } from './ledger/patients.ts';
import { therapyEvents } from './ledger/therapy-events.ts';
import type { MappingContext } from './mapping/context.ts';
import { type Desired, desired } from './mapping/desired.ts';
import { type EventReport, eventReports } from './mapping/event-report.ts';
import { admitMapping, mappingComing, mappingStateAt } from './operate/mapping-release.ts';
import { owedTo } from './origin-rule.ts';
import { hasNews } from './outbox/news.ts';
import { oweAll } from './outbox/owe.ts';
import { appendAudit } from './store/audit.ts';
import { note, noted } from './store/deployment.ts';
import type { Trx } from './store/store.ts';
import { routesFor } from './sync/routes.ts';
import { bringInStep, type Fence, type Therapy } from './sync/run.ts';
import { endedBy, type RunResult } from './sync/run-result.ts';
import type { Wanted } from './sync/tailored.ts';
import { history } from './therapy/history.ts';
import { type Timeline, timeline } from './therapy/timeline.ts';

// ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Makes items durable: events in the ledger with the tickets they cause, and the rest in review. One transaction.
 * `statedTenant` is that of items which came without a message; `alongside` is what becomes durable with them.
 */
export async function ingest(
  app: App,
  items: readonly Item[],
  statedTenant?: string,
  alongside?: (trx: Trx, receipts: ReadonlyMap<Item, Receipt>) => Promise<void>,
): Promise<Receipt[]> {
  const tenantAt = (item: Item, sourceSystem: string | undefined) =>
    item.message?.tenant ?? statedTenant ?? tenantOf(app, sourceSystem);
  const nowMs = await app.store.nowMs();
  const receivedAtMs = app.now().epochMilliseconds;
  return app.store.transaction(async (trx) => {
    const receipts = new Map<Item, Receipt>();
    const usable = items.filter((item) => 'event' in item);
    const byTenant = Map.groupBy(usable, (item) => tenantAt(item, item.event.source.system));
    for (const [tenant, own] of byTenant) {
      const incoming = own.map(({ event, payload }) => ({ event, payload, contentHash: contentHash(event) }));
      const results = await append(trx, { tenant, receivedAtMs, identify: app.identify }, incoming);
      await oweDestinations(
        app,
        trx,
        results.flatMap((result) => result.touched),
        nowMs,
      );
      for (const [n, item] of own.entries()) receipts.set(item, receiptOf(item, results[n] as AppendResult));
      await resolveRefusals(trx, tenant, own, results, nowMs);
      await auditAppend(trx, tenant, receivedAtMs, results);
    }
    for (const item of items) {
      const receipt = receipts.get(item) ?? notTaken(item);
      receipts.set(item, receipt);
      if (receipt.outcome === 'refused') await reviewRefusal(app, trx, item, receipt, tenantAt);
    }
    await alongside?.(trx, receipts);
    return items.map((item) => receipts.get(item) as Receipt);
  });
}

async function auditAppend(trx: Trx, tenant: string, atMs: number, results: readonly AppendResult[]): Promise<void> {
  const count = (outcome: AppendResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const detail = { accepted: count('accepted'), duplicate: count('duplicate'), conflict: count('conflict') };
  await appendAudit(trx, { tenant, at: atMs, action: 'append', actor: 'intake', outcome: 'done', detail });
}

function receiptOf(item: Usable, result: AppendResult): Receipt {
  const { outcome, eventId, patientId } = result;
  if (outcome !== 'conflict') {
    return { outcome, eventId, patient: patientId, place: item.place, problems: item.remarks ?? [] };
  }
  const place = { ...item.place, eventId };
  const conflict = problem('event-conflict', 'this source event id is in the ledger with other content', place);
  return { outcome: 'refused', eventId, patient: patientId, place, problems: [conflict] };
}

function notTaken(item: Item): Receipt {
  if ('leftAlone' in item) return { outcome: 'left-alone', place: item.place, problems: [item.leftAlone] };
  const problems = 'problems' in item ? item.problems : [];
  return { outcome: 'refused', eventId: problems[0]?.place?.eventId, place: item.place, problems };
}

/**
 * A destination is owed a patient who has an identifier in one of its systems, in its own environment. A merged patient
 * is owed where the survivor is: a run under the old name may be under way, and must be followed by another look.
 */
async function oweDestinations(app: App, trx: Trx, touched: readonly PatientRef[], nowMs: number): Promise<void> {
  const newest = new Map(touched.map((patient) => [`${patient.environment} ${patient.patientId}`, patient]));
  for (const [, patients] of Map.groupBy(newest.values(), ({ tenant, environment }) => `${environment} ${tenant}`)) {
    const [{ tenant, environment }] = patients as [PatientRef];
    const candidates = app.destinations.filter(
      ({ destination }) => destination.tenant === tenant && destination.environment === environment,
    );
    if (candidates.length === 0) continue;
    const ids = patients.map(({ patientId }) => patientId);
    const systems = await systemsOf(trx, { tenant, environment }, ids);
    const debts = candidates.flatMap(({ destination: { name, patientIdentifierSystems } }) => {
      const isOwed = ({ patientId }: PatientRef) =>
        Object.keys(patientIdentifierSystems).some((system) => systems.get(patientId)?.has(system));
      return patients.filter(isOwed).map((patient) => ({ ...patient, destination: name, nowMs }));
    });
    await oweAll(trx, debts);
  }
}

/** A new destination, a restored one, a new mapping: every patient is looked at again. Returns how many. */
export async function oweEverything(app: App, patients: AsyncIterable<PatientRef>): Promise<number> {
  let count = 0;
  for await (const patient of patients) {
    const nowMs = await app.store.nowMs();
    await app.store.transaction((trx) => oweDestinations(app, trx, [patient], nowMs));
    count++;
  }
  return count;
}

/**
 * A destination that is new to this deployment, or is configured to hold something else than before, is owed every
 * patient that it may have. Noted only afterwards: a start that is cut off does it again.
 */
export async function welcomeDestinations(app: App): Promise<void> {
  for (const runtime of app.destinations) {
    await heedAddress(app, runtime);
    const { tenant, name, environment } = runtime.destination;
    const fact = `destination ${tenant}/${name}`;
    const settings = settingsFingerprint(runtime);
    const isKnown = (await noted(app.store.db, fact)) === settings;
    const mapping = await mappingComing(app, runtime.destination);
    if (!isKnown || mapping === 'new') await oweEverything(app, patientsOf(app.store.db, tenant, environment));
    if (!isKnown) await note(app.store.db, fact, settings);
    if (mapping !== 'waiting') await admitMapping(app, runtime.destination);
  }
}

// ── what every server should say ──────────────────────────────────────────────────────────────────────────────────

export interface TherapyOfPatient {
  readonly therapy: Timeline;
  readonly desired: Desired;
  /** Every event by a name of its own, for servers that are told of it as a whole. */
  readonly reports: readonly EventReport[];
  /** Identities given now for the first time. */
  readonly fresh: ReadonlyMap<string, string>;
}

/** The therapy of a patient as known now, and as FHIR. Reads the ledger, changes nothing. */
export async function therapyOf(app: App, patient: PatientKey, asOf: Temporal.Instant): Promise<TherapyOfPatient> {
  const { therapy } = await timelineOf(app, patient, asOf);
  const context = await mappingContextOf(app, patient);
  return {
    therapy,
    desired: desired(therapy, context),
    reports: eventReports(therapy, context),
    fresh: context.identities.fresh,
  };
}

/** The therapy as known at `asOf`, and when its newest report was received. */
export async function timelineOf(
  app: App,
  patient: PatientKey,
  asOf: Temporal.Instant,
): Promise<{ readonly therapy: Timeline; readonly lastReceivedAt: Temporal.Instant | null }> {
  const stored = await therapyEvents(app.store.db, patient);
  const recorded = stored.map(({ patientId, event, receivedAtMs }) => ({
    patientId,
    event,
    receivedAt: Temporal.Instant.fromEpochMilliseconds(receivedAtMs),
  }));
  return {
    therapy: timeline(history(recorded, patient.patientId, app.config.therapy), asOf, app.config.therapy),
    lastReceivedAt:
      recorded
        .map(({ receivedAt }) => receivedAt)
        .sort(Temporal.Instant.compare)
        .at(-1) ?? null,
  };
}

/** What mapping needs for one patient, with the identities as they were issued. */
export async function mappingContextOf(app: App, patient: PatientKey): Promise<MappingContext> {
  const { tenant, environment, patientId } = patient;
  const issued = await issuedIdentities(app.store.db, patient);
  const identities = keyedIdentities({ key: app.config.deploymentKey, tenant, environment }, issued);
  const { codes, identifierSystem, config } = app;
  const { calculatedValues, emit } = config;
  return { patientId, identities, identifierSystem, codes, calculatedValues, emit };
}

// ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface SyncOutcome {
  readonly result: RunResult;
  /** After how long the same events give other resources. A span, for the database has a clock of its own. */
  readonly nextChangeInMs: number | null;
}

/** One run for one patient at one destination. Identities and findings are durable before anything is sent. */
export async function syncPatient(
  app: App,
  runtime: DestinationRuntime,
  patientId: string,
  fence: Fence,
): Promise<SyncOutcome> {
  const { destination } = runtime;
  const { tenant, environment } = destination;
  const patient: PatientKey = { tenant, environment, patientId };
  const record = await findPatient(app.store.db, patient);
  if (!record) return { result: inStep, nextChangeInMs: null };
  if (record.mergedInto !== null) {
    await oweSurvivor(app, { tenant, environment, patientId: record.mergedInto }, destination.name);
    return { result: inStep, nextChangeInMs: null };
  }
  const identifiers = await identifiersOf(app.store.db, patient);
  const { therapy, desired: resources, reports, fresh } = await therapyOf(app, patient, app.now());
  await app.store.transaction(async (trx) => {
    if (fresh.size > 0) await rememberIdentities(trx, patient, fresh);
    await reviewRemarks(app, trx, patient, resources.remarks);
  });
  const family = [...new Set([patientId, ...identifiers.map((identifier) => identifier.patientId)])];
  const owed = owedTo(destination, therapy.entries, resources.resources, reports);
  const wanted = wantedOf(therapy, owed);
  const isNews = await hasNews(app.store.db, { tenant, destination: destination.name, patientId });
  const { reports: told } = owed;
  const result = await runAt(app, runtime, fence, { patientId, family, identifiers, wanted, reports: told, isNews });
  await reviewSync(app, patient, destination.name, result);
  const changesAtMs = resources.nextChangeAt?.epochMilliseconds ?? null;
  return {
    result,
    nextChangeInMs: changesAtMs === null ? null : Math.max(0, changesAtMs - app.now().epochMilliseconds),
  };
}

/** Brings the destination into step, as far as it is known to be able to. What it refuses makes us ask again what it can. */
async function runAt(app: App, runtime: DestinationRuntime, fence: Fence, therapy: Therapy): Promise<RunResult> {
  const { destination, client, engine } = runtime;
  const known = await knownCapabilities(app, runtime, 'as-due');
  if ('kind' in known) return endedBy(known);
  const { capabilities } = known;
  const { store, identifierSystem, mappingVersion } = app;
  const result = await bringInStep(
    {
      ...{ store, destination, client, engine, identifierSystem, mappingVersion, fence, capabilities },
      routes: routesFor(capabilities, destination.projection ?? {}, destination.scopes),
      releasedMapping: await mappingStateAt(app, destination),
    },
    therapy,
  );
  if (isSurprising(result)) await knownCapabilities(app, runtime, 'surprised');
  return result;
}

const isSurprising = (result: RunResult): boolean =>
  result.kind === 'parked' && result.problems.some(({ code }) => code === 'destination-refused');

/** Desired resources as sync takes them, each with the events that made and changed it. */
export function wantedOf({ entries }: Timeline, { resources }: Pick<Desired, 'resources'>): Wanted[] {
  return resources.map(({ identity, resource, entry, changedBy }) => ({
    identity,
    resource,
    group: entries.indexOf(entry),
    changedIn: changedBy && entries.indexOf(changedBy),
  }));
}

const inStep: RunResult = { kind: 'in-step', written: 0, problems: [] };

/**
 * A merged patient's therapy is the survivor's: nothing is sent under the old name, and nothing of it is voided. But an
 * earlier run of the old name may have written after the survivor's run had looked: that one looks again.
 */
async function oweSurvivor(app: App, survivor: PatientKey, destination: string): Promise<void> {
  const record = await findPatient(app.store.db, survivor);
  if (!record) return;
  const nowMs = await app.store.nowMs();
  await app.store.transaction((trx) => oweAll(trx, [{ ...record, destination, nowMs }]));
}
