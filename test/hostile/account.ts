import type { Target } from './target.ts';

/** What is durable: each message with what became of it, each event, and what a human is asked. */
export interface Account {
  readonly messages: readonly KeptMessage[];
  readonly eventIds: readonly string[];
  /** Refusals, by their message, that nobody is asked about. */
  unreviewed(): readonly string[];
  /** Only what came later. */
  since(before: Account): Account;
}

interface KeptMessage {
  readonly receiptId: string;
  readonly format: string;
  /** Sealed. */
  readonly body: string | null;
  readonly events: readonly {
    readonly outcome: string;
    readonly eventId?: string;
    readonly problems: readonly { code: string }[];
  }[];
}

interface MessageRow {
  readonly receipt_id: string;
  readonly format: string;
  readonly body: string | null;
  readonly receipt: string;
}

interface Asked {
  readonly receipt_id: string | null;
  readonly event_id: string | null;
  readonly code: string;
  /** Sealed; null where what was refused has come rightly since. */
  readonly payload: string | null;
}

export function accountOf(target: Target): Account {
  const messages = target
    .rows<MessageRow>('select receipt_id, format, body, receipt from message order by receipt_id')
    .map(({ receipt_id: receiptId, format, body, receipt }) => {
      const { events } = JSON.parse(receipt) as { events: Partial<KeptMessage['events'][number]>[] };
      return { receiptId, format, body, events: events.map((event) => ({ outcome: '', problems: [], ...event })) };
    });
  const eventIds = target
    .rows<{ event_id: string }>('select event_id from event order by seq')
    .map((row) => row.event_id);
  const unreviewed = () => {
    const asked = target.rows<Asked>('select receipt_id, event_id, code, payload from review_item where held = 1');
    return (refused: readonly KeptMessage[]) => notAsked(target, refused, asked);
  };
  return accounted(messages, eventIds, unreviewed);
}

function accounted(
  messages: readonly KeptMessage[],
  eventIds: readonly string[],
  unreviewed: () => (refused: readonly KeptMessage[]) => string[],
): Account {
  const refused = messages.filter(({ events }) => events.some(({ outcome }) => outcome === 'refused'));
  return {
    messages,
    eventIds,
    unreviewed: () => unreviewed()(refused),
    since(before) {
      const known = new Set(before.messages.map(({ receiptId }) => receiptId));
      const later = messages.filter(({ receiptId }) => !known.has(receiptId));
      return accounted(later, eventIds.slice(before.eventIds.length), unreviewed);
    },
  };
}

/** The same refused again, by whatever message, is one item: it names the latest of them. */
function notAsked({ open }: Target, refused: readonly KeptMessage[], asked: readonly Asked[]): string[] {
  const receipts = new Set(asked.map((item) => item.receipt_id));
  const sameAgain = refused.filter(({ receiptId }) => !receipts.has(receiptId));
  const conflicts = new Set(
    asked.flatMap(({ code, event_id: eventId }) => (code === 'event-conflict' ? [eventId] : [])),
  );
  const payloads = new Set(
    sameAgain.length > 0
      ? asked.flatMap(({ payload }) => (payload === null ? [] : linesOf(open(payload)).slice(-1)))
      : [],
  );
  const isAsked = ({ body, events }: KeptMessage) => {
    const lines = linesOf(open(String(body)));
    const of = events.filter(({ outcome }) => outcome === 'refused');
    return of.every(({ eventId = null, problems: [first] }) =>
      first?.code === 'event-conflict' ? conflicts.has(eventId) : lines.some((line) => payloads.has(line)),
    );
  };
  return sameAgain.filter((message) => !isAsked(message)).map(({ receiptId }) => receiptId);
}

/** A refused row is kept under its header: what tells it from others is its end. */
const linesOf = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line !== '');

/** The codes that an answer names: of an OperationOutcome, of ERR-5 of an acknowledgement, of remarks beside events. */
export function codesIn(body: string): string[] {
  if (/[\r\n]MSA/.test(body))
    return [...body.matchAll(/\|[EWI]\|([a-z][a-z0-9-]+)/g)].map(([, code]) => code as string);
  return [...body.matchAll(/"code":"([a-z0-9]+(?:-[a-z0-9]+)+|echo)"/g)]
    .map(([, code]) => code as string)
    .filter((code) => !issueTypes.has(code));
}

/** What FHIR itself says of an issue stands beside our code. */
const issueTypes = new Set([
  'not-found',
  'not-supported',
  'business-rule',
  'too-long',
  'too-costly',
  'code-invalid',
  'multiple-matches',
]);

interface Counts {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly leftAlone: number;
}

/** Of what was taken as a whole. */
export function countsIn(body: string): Counts | undefined {
  if (!body.startsWith('{"receiptId"')) return undefined;
  return JSON.parse(body) as Counts;
}
