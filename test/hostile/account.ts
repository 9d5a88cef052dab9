import type { Target } from './target.ts';

/** What is durable: each message with what became of it, each event, and what a human is asked. */
export interface Account {
  readonly messages: readonly KeptMessage[];
  readonly eventIds: readonly string[];
  /** Refusals, by their message, that nobody is asked about. */
  readonly unreviewed: readonly string[];
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
  const asked = target.rows<{ receipt_id: string }>(
    'select receipt_id from review_item where closed_at is null and held = 1',
  );
  return accounted(messages, eventIds, new Set(asked.map((row) => row.receipt_id)));
}

function accounted(messages: readonly KeptMessage[], eventIds: readonly string[], asked: ReadonlySet<string>): Account {
  const refused = messages.filter(({ events }) => events.some(({ outcome }) => outcome === 'refused'));
  return {
    messages,
    eventIds,
    unreviewed: refused.map(({ receiptId }) => receiptId).filter((receiptId) => !asked.has(receiptId)),
    since(before) {
      const known = new Set(before.messages.map(({ receiptId }) => receiptId));
      const later = messages.filter(({ receiptId }) => !known.has(receiptId));
      return accounted(later, eventIds.slice(before.eventIds.length), asked);
    },
  };
}

/** The codes that an answer names: of an OperationOutcome, of ERR-5 of an acknowledgement, of remarks beside events. */
export function codesIn(body: string): string[] {
  if (body.includes('\rMSA'))
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
