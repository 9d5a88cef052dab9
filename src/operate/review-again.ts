import type { App } from '../app.ts';
import { inWords, problem } from '../event/problem.ts';
import { refusalKey } from '../findings.ts';
import type { Item } from '../intake/item.ts';
import type { Receipt } from '../intake/receipt.ts';
import type { PatientKey, PatientRef } from '../ledger/patient-key.ts';
import { findPatient } from '../ledger/patients.ts';
import { release } from '../outbox/outcome.ts';
import { owe } from '../outbox/owe.ts';
import { ingest, oweEverything } from '../pipeline.ts';
import { leaveBehind } from '../readers/behind.ts';
import type { ReviewItem } from '../review/list.ts';
import { resolve } from '../review/review.ts';
import { databaseNowMs } from '../store/database-clock.ts';
import type { Db, Trx } from '../store/store.ts';
import { itemsOfKept } from './kept-input.ts';
import type { Decision } from './review-decision.ts';

/** The input was kept verbatim: what could not be used may be understood by now, with the maps and code tables of now. */
export async function readAgain(app: App, item: ReviewItem, actor: string): Promise<Decision> {
  const items = await itemsOfKept(app, item);
  if (items === 'not-kept') return notKept;
  if ('unreadable' in items) return { outcome: 'nothing-to-retry', says: items.unreadable };
  const receipts = await ingest(app, items, item.tenant);
  const refused = refusedAgain(app, item, items, receipts);
  if (refused) return { outcome: 'still-refused', says: `It is refused again. ${told(refused)}`.trim() };
  await app.store.transaction((trx) => resolve(trx, item.tenant, item.id, { actor }));
  return { outcome: 'done', says: outcomeInWords(receipts) };
}

const notKept: Decision = {
  outcome: 'nothing-to-retry',
  says: 'What was sent is not kept any more: its time is over. Ask for it to be sent again.',
};

/** Other parts of the same message may be refused for reasons of their own: those have items of their own. */
function refusedAgain(
  app: App,
  item: ReviewItem,
  items: readonly Item[],
  receipts: readonly Receipt[],
): Receipt | undefined {
  const refused = receipts.filter((receipt, n) => {
    const isOfItem = items.length === 1 || refusalKey(app, items[n] as Item) === item.dedupeKey;
    return receipt.outcome === 'refused' && isOfItem;
  });
  return items.length === 0 ? nothingIn : refused[0];
}

const nothingIn: Receipt = {
  outcome: 'refused',
  place: {},
  problems: [problem('body-empty', 'nothing in it is an event')],
};

function told({ problems: [first] }: Receipt): string {
  return first ? inWords(first) : '';
}

function outcomeInWords(receipts: readonly Receipt[]): string {
  if (receipts.every(({ outcome }) => outcome === 'left-alone')) return 'It is left alone: nothing of it is an event.';
  return 'It is in the ledger now.';
}

/** What was held is mapped anew, for every destination and for those who read here. */
export async function lookAgain(app: App, patient: PatientKey): Promise<Decision> {
  const current = await survivorOf(app.store.db, patient);
  if (current) {
    await leaveBehind(app.store.db, current.tenant, current.patientId);
    await oweEverything(app, one(current));
  }
  return { outcome: 'done', says: 'The patient is looked at again at every destination.' };
}

async function* one(patient: PatientRef): AsyncGenerator<PatientRef> {
  yield patient;
}

/** A parked ticket is released; one that is not parked is made due. */
export async function goOn(trx: Trx, destination: string, patient: PatientKey): Promise<void> {
  const current = await survivorOf(trx, patient);
  if (!current) return;
  const { tenant, patientId, revision } = current;
  if (await release(trx, { tenant, destination, patientId })) return;
  await owe(trx, { tenant, destination, patientId, revision, nowMs: await databaseNowMs(trx) });
}

export async function survivorOf(db: Db, patient: PatientKey): Promise<PatientRef | undefined> {
  const found = await findPatient(db, patient);
  return found?.mergedInto ? findPatient(db, { ...patient, patientId: found.mergedInto }) : found;
}
