import type { App } from '../app.ts';
import { purgeNow } from '../retention.ts';
import { countByCode } from '../review/count.ts';
import { decisionsOf } from '../review/decisions.ts';
import { itemsBeside, listReview, type ReviewItem } from '../review/list.ts';
import type { Matching } from '../review/matching.ts';
import { openProposals } from '../review/proposals.ts';
import type { Asker, Clinic, CodeRow, Inside, ReviewOptions, Said } from '../views/admin/review/options.ts';
import { ageDays, questionOf, type ReviewQuestion } from '../views/admin/review/question.ts';
import { decideBulk, proposeBulk } from './bulk-dismissal.ts';
import { retriedInWords, retryMany } from './retry-many.ts';
import { dismissItem, itemOf, noteDecision, retryItem } from './review-decision.ts';
import { openedItem } from './shown-item.ts';
import { addSiteCode } from './site-codes.ts';
import { mappableCodes } from './unmapped-codes.ts';

type Desk = Omit<ReviewOptions, 'signsIn' | 'requirePerson' | 'record' | 'remember' | 'now'>;

const retriedAtOnce = 500;
const shownBeside = 50;

/** What the review pages do, by the stages that do it. `whenOwed`: something is to be sent now. */
export function reviewDesk(app: App, whenOwed: () => void): Desk {
  const { db } = app.store;
  const nowMs = () => app.now().epochMilliseconds;
  const owing = async (said: Promise<Said>): Promise<Said> => {
    const { says } = await said;
    whenOwed();
    return { says };
  };
  return {
    kept: app.config.retention,
    async list(clinic, question, limit) {
      const { after: afterId, order } = question;
      const filter = matchingOf(clinic, question, nowMs());
      const lines = await listReview(db, { ...filter, afterId, order, limit });
      const codes = await countByCode(db, { ...filter, code: undefined });
      return { lines, codes, next: lines.length < limit ? undefined : lines.at(-1)?.id };
    },
    item: (clinic, id) => itemOf(app, clinic, id),
    history: (id) => decisionsOf(db, id),
    async inside(clinic, id) {
      const item = await itemOf(app, clinic, id);
      return item ? insideOf(app, item) : { problems: [], mappable: [], beside: [] };
    },
    retry: (asker, id) => owing(retryItem(app, asker, id)),
    retryAll: (asker, question) =>
      owing(
        retryMany(app, asker, matchingOf(asker, question, nowMs()), { most: retriedAtOnce }).then((retried) => ({
          says: retriedInWords(retried),
        })),
      ),
    dismiss: (asker, id, reason) => owing(dismissItem(app, asker, id, reason)),
    addCode: (asker, id, row) => owing(addCode(app, asker, id, row)),
    async proposals(clinic) {
      const open = await openProposals(db, clinic);
      return open.map(({ filter, ...proposal }) => ({ ...proposal, question: questionIn(filter) }));
    },
    async propose(asker, question, reason) {
      const { after: _, ...about } = question;
      const matching = matchingOf(asker, about, nowMs());
      return { says: await proposeBulk(app, asker, { matching, filter: JSON.stringify(about), reason }) };
    },
    async decideProposal(asker, id, answer) {
      const meant = (filter: string, atMs: number) => matchingOf(asker, questionIn(filter), atMs);
      return { says: await decideBulk(app, asker, { id, answer, matchingOf: meant }) };
    },
    async purge({ actor }) {
      const { closedItems, openItems, messages } = await purgeNow(app, actor);
      return {
        says: `Removed: messages of ${closedItems} closed and ${openItems} open items, and ${messages} receipts.`,
      };
    },
  };
}

const dayMs = 86_400_000;

export function matchingOf({ tenant, environment }: Clinic, question: ReviewQuestion, nowMs: number): Matching {
  const { state, stage, code, source, destination, patient: patientId, words, age } = question;
  const { from, before } = age === undefined ? {} : ageDays[age];
  return {
    ...{ tenant, environment, state, stage, code, source, destination, patientId, words },
    openedFromMs: from === undefined ? undefined : nowMs - from * dayMs,
    openedBeforeMs: before === undefined ? undefined : nowMs - before * dayMs,
  };
}

/** Of a proposal, which we wrote ourselves. */
function questionIn(filter: string): ReviewQuestion {
  const { words, ...asked } = JSON.parse(filter) as ReviewQuestion;
  return questionOf(asked, words) ?? { state: 'open', order: 'newest-first' };
}

async function insideOf(app: App, item: ReviewItem): Promise<Inside> {
  const { payload: text, says, forReviewers, problems } = await openedItem(app, item);
  const isInput = item.stage === 'intake' || item.stage === 'ledger';
  return {
    ...{ text, says, forReviewers, problems },
    format: isInput ? item.format : undefined,
    mappable: item.closedAtMs === null ? await mappableCodes(app, item) : [],
    beside: await itemsBeside(app.store.db, item, shownBeside),
  };
}

async function addCode(app: App, asker: Asker, id: number, row: CodeRow): Promise<Said> {
  const item = await itemOf(app, asker, id);
  const code = item && (await mappableCodes(app, item))[row.of];
  if (!item || code?.code !== row.code) return { says: 'This item waits for no such code any more.' };
  const { conceptMap, system, code: said, display } = code;
  const decision = await addSiteCode(app, asker, { ...row, conceptMap, system, code: said, display });
  const { actor } = asker;
  const noted = { actor, action: 'map', outcome: decision.outcome, reason: row.reason } as const;
  await app.store.transaction((trx) => noteDecision(app, trx, item, noted));
  return { says: decision.says };
}
