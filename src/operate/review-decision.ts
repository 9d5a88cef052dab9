import type { App } from '../app.ts';
import type { ProblemCode } from '../event/problem.ts';
import { membersOf } from '../ledger/members.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import { recordDecision } from '../review/decisions.ts';
import { findReview, type ReviewItem } from '../review/list.ts';
import { dismiss, resolve } from '../review/review.ts';
import { appendAudit } from '../store/audit.ts';
import type { Environment } from '../store/schema.ts';
import type { Trx } from '../store/store.ts';
import { decideContested, decideUnresolved } from '../sync/drift-decision.ts';
import { goOn, lookAgain, readAgain, survivorOf } from './review-again.ts';

/** What came of a decision. `says`: a sentence for whoever decided, without values of a sender. */
export interface Decision {
  readonly outcome: 'done' | 'still-refused' | 'nothing-to-retry' | 'not-open' | 'not-found';
  readonly says: string;
}

/** Who decides: a name of the operating system, the admin interface, a person who signed in. */
export interface Decider {
  readonly tenant: string;
  /** Undefined: items of both. */
  readonly environment?: Environment | undefined;
  readonly actor: string;
}

/** Tries again what an item is about: a refused report is read again, what is parked or left alone is sent. */
export async function retryItem(app: App, decider: Decider, id: number): Promise<Decision> {
  const item = await itemOf(app, decider, id);
  const refusal = refusalOf(item);
  if (refusal || !item) return refusal ?? notFound;
  const decision = await retried(app, decider, item);
  await app.store.transaction((trx) =>
    noteDecision(app, trx, item, { actor: decider.actor, action: 'retry', outcome: decision.outcome }),
  );
  return decision;
}

/** Closes an item by a human's decision. `reason` is kept with it: without names or record numbers. */
export async function dismissItem(app: App, decider: Decider, id: number, reason: string): Promise<Decision> {
  const item = await itemOf(app, decider, id);
  const refusal = refusalOf(item);
  if (refusal || !item) return refusal ?? notFound;
  const { actor } = decider;
  const says = await app.store.transaction(async (trx) => {
    await noteDecision(app, trx, item, { actor, action: 'dismiss', outcome: 'done', reason });
    return dismissed(trx, item, { actor, reason });
  });
  return { outcome: 'done', says };
}

/** Undefined: whoever asks has no such item. */
export async function itemOf(
  { store }: Pick<App, 'store'>,
  { tenant, environment }: Pick<Decider, 'tenant' | 'environment'>,
  id: number,
): Promise<ReviewItem | undefined> {
  const item = await findReview(store.db, tenant, id);
  return environment === undefined || item?.environment === environment ? item : undefined;
}

function refusalOf(item: ReviewItem | undefined): Decision | undefined {
  if (!item) return notFound;
  return item.closedAtMs === null ? undefined : { outcome: 'not-open', says: 'This item is closed already.' };
}

const notFound: Decision = { outcome: 'not-found', says: 'There is no item with this number.' };

function retried(app: App, { actor }: Decider, item: ReviewItem): Promise<Decision> | Decision {
  if (item.stage === 'intake' || item.stage === 'ledger') return readAgain(app, item, actor);
  if (item.patientId === undefined) return aboutDestination;
  const patient = { tenant: item.tenant, environment: item.environment, patientId: item.patientId };
  return item.destination === undefined ? lookAgain(app, patient) : sendAgain(app, item, item.destination, patient);
}

const aboutDestination: Decision = {
  outcome: 'nothing-to-retry',
  says: 'It is about a destination as a whole: look at `itb-fhir doctor`, then dismiss it.',
};

async function sendAgain(app: App, item: ReviewItem, destination: string, patient: PatientKey): Promise<Decision> {
  await app.store.transaction(async (trx) => {
    await decide(trx, item, destination, patient, 'retry');
    await goOn(trx, destination, patient);
  });
  const { says } = decisions[item.problem.code]?.retry ?? { says: 'The patient is sent again there.' };
  return { outcome: 'done', says };
}

async function dismissed(trx: Trx, item: ReviewItem, by: { actor: string; reason: string }): Promise<string> {
  const { tenant, environment, id, patientId, destination, problem } = item;
  const decided = decisions[problem.code]?.dismiss;
  if (patientId === undefined || destination === undefined || !decided) {
    // What is said of a destination as a whole may come to be true again: then it is told again.
    if (patientId === undefined && destination !== undefined) await resolve(trx, tenant, id, by);
    else await dismiss(trx, tenant, id, by);
    return 'It is closed. What it is about stays as it is.';
  }
  const patient = { tenant, environment, patientId };
  await decide(trx, item, destination, patient, 'dismiss');
  // Decided once: the same at another resource is another question.
  await resolve(trx, tenant, id, by);
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

/** Codes whose items are decided one by one: dismissing one of them changes what a destination holds. */
export const decidedSingly = Object.keys(decisions) as ProblemCode[];

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

/** With the item for those who look at it, and in the audit for good. */
export async function noteDecision(
  app: Pick<App, 'now'>,
  trx: Trx,
  { tenant, id, problem, patientId, destination }: ReviewItem,
  {
    reason,
    action,
    ...entry
  }: { actor: string; action: 'retry' | 'dismiss' | 'map'; outcome: string; reason?: string },
): Promise<void> {
  await recordDecision(trx, { itemId: id, action, reason, ...entry });
  const detail = {
    ...{ item: id, code: problem.code, patient: patientId ?? null, destination: destination ?? null },
    ...(reason !== undefined && { reason }),
  };
  await appendAudit(trx, { tenant, at: app.now().epochMilliseconds, action: `review-${action}`, ...entry, detail });
}
