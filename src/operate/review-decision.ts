import type { App } from '../app.ts';
import { inWords, type ProblemCode } from '../event/problem.ts';
import { readLine } from '../intake/json.ts';
import { membersOf } from '../ledger/members.ts';
import type { PatientKey, PatientRef } from '../ledger/patient-key.ts';
import { findPatient } from '../ledger/patients.ts';
import { release } from '../outbox/outcome.ts';
import { owe } from '../outbox/owe.ts';
import { ingest, oweEverything } from '../pipeline.ts';
import { findReview, type ReviewItem } from '../review/list.ts';
import { dismiss, resolve } from '../review/review.ts';
import { appendAudit } from '../store/audit.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Db, Trx } from '../store/store.ts';
import { decideContested, decideUnresolved } from '../sync/drift-decision.ts';

/** What came of a decision. `says`: a sentence for whoever decided, without values of a sender. */
export interface Decision {
  readonly outcome: 'done' | 'still-refused' | 'nothing-to-retry' | 'not-open' | 'not-found';
  readonly says: string;
}

/** Who decides: a name of the operating system, or the admin interface. */
export interface Decider {
  readonly tenant: string;
  readonly actor: string;
}

/** Tries again what an item is about: a refused report is read again, what is parked or left alone is sent. */
export async function retryItem(app: App, { tenant, actor }: Decider, id: number): Promise<Decision> {
  const item = await findReview(app.store.db, tenant, id);
  const refusal = refusalOf(item);
  if (refusal || !item) return refusal ?? notFound;
  const decision = await retried(app, item);
  await app.store.transaction((trx) =>
    audit(app, trx, item, { actor, action: 'review-retry', outcome: decision.outcome }),
  );
  return decision;
}

/** Closes an item by a human's decision. `reason` is kept with it: without names or record numbers. */
export async function dismissItem(app: App, { tenant, actor }: Decider, id: number, reason: string): Promise<Decision> {
  const item = await findReview(app.store.db, tenant, id);
  const refusal = refusalOf(item);
  if (refusal || !item) return refusal ?? notFound;
  const says = await app.store.transaction(async (trx) => {
    await audit(app, trx, item, { actor, action: 'review-dismiss', outcome: 'done', reason });
    return dismissed(trx, item);
  });
  return { outcome: 'done', says };
}

function refusalOf(item: ReviewItem | undefined): Decision | undefined {
  if (!item) return notFound;
  return item.closedAtMs === null ? undefined : { outcome: 'not-open', says: 'This item is closed already.' };
}

const notFound: Decision = { outcome: 'not-found', says: 'There is no item with this number.' };

function retried(app: App, item: ReviewItem): Promise<Decision> | Decision {
  if (item.stage === 'intake' || item.stage === 'ledger') return readAgain(app, item);
  if (item.patientId === undefined) return nothingToRetry;
  const patient = { tenant: item.tenant, environment: item.environment, patientId: item.patientId };
  return item.destination === undefined ? lookAgain(app, patient) : sendAgain(app, item, item.destination, patient);
}

const nothingToRetry: Decision = {
  outcome: 'nothing-to-retry',
  says: 'It is about a destination as a whole: look at `itb-fhir doctor`, then dismiss it.',
};

/** The input was kept verbatim: what did not parse may be understood by now. */
async function readAgain(app: App, item: ReviewItem): Promise<Decision> {
  if (item.payload === undefined) return nothingToRetry;
  const { maxEvents, maxDepth } = app.config.intake;
  const [receipt] = await ingest(app, [readLine(item.payload, 1, { maxEvents, maxDepth })], item.tenant);
  if (!receipt || receipt.outcome === 'refused') {
    const [first] = receipt?.problems ?? [];
    return { outcome: 'still-refused', says: `It is refused again. ${first ? inWords(first) : ''}`.trim() };
  }
  await app.store.transaction((trx) => resolve(trx, item.tenant, item.id));
  return { outcome: 'done', says: 'It is in the ledger now.' };
}

async function lookAgain(app: App, patient: PatientKey): Promise<Decision> {
  const current = await survivorOf(app.store.db, patient);
  if (current) await oweEverything(app, one(current));
  return { outcome: 'done', says: 'The patient is looked at again at every destination.' };
}

async function* one(patient: PatientRef): AsyncGenerator<PatientRef> {
  yield patient;
}

async function sendAgain(app: App, item: ReviewItem, destination: string, patient: PatientKey): Promise<Decision> {
  await app.store.transaction(async (trx) => {
    await decide(trx, item, destination, patient, 'retry');
    await goOn(trx, destination, patient);
  });
  const { says } = decisions[item.problem.code]?.retry ?? { says: 'The patient is sent again there.' };
  return { outcome: 'done', says };
}

async function dismissed(trx: Trx, item: ReviewItem): Promise<string> {
  const { tenant, environment, id, patientId, destination, problem } = item;
  const decided = decisions[problem.code]?.dismiss;
  if (patientId === undefined || destination === undefined || !decided) {
    // What is said of a destination as a whole may come to be true again: then it is told again.
    if (patientId === undefined && destination !== undefined) await resolve(trx, tenant, id);
    else await dismiss(trx, tenant, id);
    return 'It is closed. What it is about stays as it is.';
  }
  const patient = { tenant, environment, patientId };
  await decide(trx, item, destination, patient, 'dismiss');
  // Decided once: the same at another resource is another question.
  await resolve(trx, tenant, id);
  await goOn(trx, destination, patient);
  return decided.says;
}

interface Decided {
  readonly says: string;
  readonly act: (
    trx: Trx,
    owner: { tenant: string; destination: string },
    family: readonly string[],
  ) => Promise<number>;
}

/** Findings that ask a question about single resources: what each answer does. */
const decisions: Partial<Record<ProblemCode, Readonly<Record<'retry' | 'dismiss', Decided>>>> = {
  'changed-at-destination': {
    retry: {
      says: 'Ours is written there once more.',
      act: (trx, owner, family) => decideContested(trx, owner, family, 'ours'),
    },
    dismiss: {
      says: 'Theirs stands, until the therapy changes what we say there.',
      act: (trx, owner, family) => decideContested(trx, owner, family, 'theirs'),
    },
  },
  'send-unresolved': {
    retry: {
      says: 'It is sent again.',
      act: (trx, owner, family) => decideUnresolved(trx, owner, family, 'send-again'),
    },
    dismiss: {
      says: 'It counts as settled: it is not sent again.',
      act: (trx, owner, family) => decideUnresolved(trx, owner, family, 'leave'),
    },
  },
};

async function decide(
  trx: Trx,
  { tenant, problem }: ReviewItem,
  destination: string,
  patient: PatientKey,
  answer: 'retry' | 'dismiss',
): Promise<void> {
  const decided = decisions[problem.code]?.[answer];
  if (!decided) return;
  const current = await survivorOf(trx, patient);
  const family = await membersOf(trx, current ?? patient);
  await decided.act(trx, { tenant, destination }, [...new Set([patient.patientId, ...family])]);
}

/** A parked ticket is released; one that is not parked is made due. */
async function goOn(trx: Trx, destination: string, patient: PatientKey): Promise<void> {
  const current = await survivorOf(trx, patient);
  if (!current) return;
  const { tenant, patientId, revision } = current;
  if (await release(trx, { tenant, destination, patientId })) return;
  await owe(trx, { tenant, destination, patientId, revision, nowMs: await databaseNowMs(trx) });
}

async function survivorOf(db: Db, patient: PatientKey): Promise<PatientRef | undefined> {
  const found = await findPatient(db, patient);
  return found?.mergedInto ? findPatient(db, { ...patient, patientId: found.mergedInto }) : found;
}

async function audit(
  app: App,
  trx: Trx,
  { tenant, id, problem, patientId, destination }: ReviewItem,
  { reason, ...entry }: { actor: string; action: string; outcome: string; reason?: string },
): Promise<void> {
  const detail = {
    ...{ item: id, code: problem.code, patient: patientId ?? null, destination: destination ?? null },
    ...(reason !== undefined && { reason }),
  };
  await appendAudit(trx, { tenant, at: app.now().epochMilliseconds, ...entry, detail });
}
