import type { App } from '../app.ts';
import type { Problem } from '../event/problem.ts';
import type { Format, Item, Message } from '../intake/item.ts';
import { keptReceipt, type MessageReceipt, receiptOfMessage } from '../intake/message-receipt.ts';
import {
  finishMessage,
  insertMessages,
  type KnownMessage,
  keyOfName,
  type MessageRow,
  MessageTaken,
  messagesNamed,
} from '../intake/messages.ts';
import type { Receipt } from '../intake/receipt.ts';
import { together } from '../intake/together.ts';
import { ingest } from '../pipeline.ts';
import { leaveEchoes } from './echo.ts';
import { permitted } from './permitted.ts';
import { readAs, type WhatWasRead } from './read-as.ts';
import { receiptIds } from './receipt-id.ts';
import type { Sender } from './senders.ts';

/** A whole that arrived over a network. */
export interface Arrival {
  readonly sender: Sender;
  readonly format: Format;
  /** Name of the field map that its sender named. */
  readonly source?: string | undefined;
  /**
   * How the sender names it, with a word before it for the kind of name: `key:…` (Idempotency-Key), `webhook:…`,
   * `hl7v2:…` (MSH-3, MSH-4, MSH-10). Of one sender each name is taken once.
   */
  readonly messageId?: string | undefined;
  /** Verbatim, decoded. */
  readonly text: string;
  /** What it holds, where whoever received it has read it already; else it is read by its format. */
  readonly read?: WhatWasRead | undefined;
  /** Under which it waited until now. It is finished, never added. */
  readonly waited?: { readonly receiptId: string; readonly receivedAt: Temporal.Instant } | undefined;
}

export type Received =
  /** Durable. `isKnown`: the same was received before, and this is what was answered then. */
  | { readonly kind: 'done'; readonly receipt: MessageReceipt; readonly isKnown: boolean }
  /** Durable and not read yet: it was left to the background (`leaveWaiting`). */
  | { readonly kind: 'waiting'; readonly receiptId: string }
  /** The whole could not be read, and nothing of it is kept. */
  | { readonly kind: 'unreadable'; readonly problem: Problem }
  /** Another content came under this name before; nothing of this one was taken. */
  | { readonly kind: 'reused'; readonly before: { readonly receiptId: string } };

/**
 * The one way of everything that comes over a network: what is known is answered as before, all else is read, and
 * becomes durable together with its receipt. Resolves when it is durable.
 */
export interface Receiving {
  receive(arrival: Arrival): Promise<Received>;
  /** Durable, and read in the background, in the order of each sender. */
  leaveWaiting(arrival: Arrival): Promise<Received>;
  /** What is not durable yet: how many, and since when (`performance.now()`). */
  waiting(): { readonly count: number; readonly sinceMs: number | undefined };
}

/** One a process. `whenAppended`: somebody may have to look at what is new; `whenWaiting`: something waits to be read. */
export function openReceiving(
  app: App,
  { whenAppended, whenWaiting }: { readonly whenAppended: () => void; readonly whenWaiting: () => void },
): Receiving {
  const newReceiptId = receiptIds(() => app.now().epochMilliseconds);
  const queue = together<Whole, Received>((wholes) => takeTogether(app, wholes), sizeOf);
  return {
    waiting: queue.waiting,
    async receive(stated) {
      const started = performance.now();
      const arrival = storable(app, stated);
      const receivedAt = arrival.waited?.receivedAt ?? app.now();
      const read = arrival.read ?? readAs(app, arrival);
      if (read.unreadable && read.items.length === 0) return { kind: 'unreadable', problem: read.unreadable };
      const receiptId = arrival.waited?.receiptId ?? newReceiptId();
      const received = await queue.take(await wholeOf(app, arrival, read, { receiptId, receivedAt }));
      countIn(app, arrival.format, received, (performance.now() - started) / 1000);
      whenAppended();
      return received;
    },
    async leaveWaiting(arrival) {
      const whole = {
        ...storable(app, arrival),
        items: [],
        receiptId: newReceiptId(),
        receivedAt: app.now(),
        unused: [],
      };
      const received = await leftWaiting(app, whole);
      whenWaiting();
      return received;
    },
  };
}

/** An arrival as it becomes durable. */
interface Whole extends Arrival {
  readonly receiptId: string;
  readonly receivedAt: Temporal.Instant;
  readonly items: readonly Item[];
  readonly unused: Message['unused'];
}

const sizeOf = ({ items }: Whole): number => items.length;

/** A name of any length and of any characters, as an index takes it and as PostgreSQL takes text. */
function storable(app: App, arrival: Arrival): Arrival {
  const { messageId } = arrival;
  if (messageId === undefined || /^[\x20-\x7e]{1,300}$/.test(messageId)) return arrival;
  return { ...arrival, messageId: `named:${app.seal.fingerprint(messageId)}` };
}

async function wholeOf(
  app: App,
  arrival: Arrival,
  read: WhatWasRead,
  { receiptId, receivedAt }: Pick<Whole, 'receiptId' | 'receivedAt'>,
): Promise<Whole> {
  const { sender, format, text, messageId } = arrival;
  const source = read.source ?? arrival.source;
  const { unused } = read;
  const message: Message = {
    ...{ receiptId, tenant: sender.tenant, sender: sender.name, format, source, messageId },
    ...{ body: text, unused },
  };
  const items = await leaveEchoes(app, tenantOfRow(sender), permitted(sender, read));
  return { ...arrival, source, receiptId, receivedAt, unused, items: items.map((item) => ({ ...item, message })) };
}

/** Where the rows of a sender stand that reports for whatever its source systems report for. */
export const tenantOfRow = ({ tenant }: Sender): string => tenant ?? 'default';

const nameOf = ({ sender, messageId = '' }: Arrival) => ({
  ...{ tenant: tenantOfRow(sender), sender: sender.name, messageId },
});

/** Another process may have been first: what became of it then is the answer. */
async function takeTogether(app: App, wholes: readonly Whole[]): Promise<readonly Received[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeNow(app, wholes);
    } catch (error) {
      if (!(error instanceof MessageTaken) || attempt === attempts) throw error;
    }
  }
}

const attempts = 3;

async function takeNow(app: App, wholes: readonly Whole[]): Promise<readonly Received[]> {
  const before = await knownBefore(app, wholes);
  const news: Whole[] = [];
  const twins = new Map<string, Whole>();
  for (const whole of wholes) {
    const key = keyOfName(nameOf(whole));
    if (before.has(whole) || (whole.messageId !== undefined && twins.has(key))) continue;
    if (whole.messageId !== undefined) twins.set(key, whole);
    news.push(whole);
  }
  const done = await made(app, news);
  return wholes.map((whole) => {
    const row = before.get(whole);
    if (row) return asBefore(app, whole, row);
    const first = twins.get(keyOfName(nameOf(whole))) ?? whole;
    const receipt = done.get(first) as MessageReceipt;
    if (first.text !== whole.text) return { kind: 'reused', before: { receiptId: receipt.receiptId } };
    return { kind: 'done', receipt, isKnown: first !== whole };
  });
}

/** What waited has its name from when it arrived. */
async function knownBefore(app: App, wholes: readonly Whole[]): Promise<ReadonlyMap<Whole, KnownMessage>> {
  const named = wholes.filter(({ messageId, waited }) => messageId !== undefined && waited === undefined);
  if (named.length === 0) return new Map();
  const rows = await messagesNamed(app.store.db, named.map(nameOf));
  return new Map(
    named.flatMap((whole) => {
      const row = rows.get(keyOfName(nameOf(whole)));
      return row ? [[whole, row] as const] : [];
    }),
  );
}

function asBefore(app: App, whole: Whole, row: KnownMessage): Received {
  if (row.content_hash !== hashOf(app, whole)) return { kind: 'reused', before: { receiptId: row.receipt_id } };
  if (row.state === 'waiting') return { kind: 'waiting', receiptId: row.receipt_id };
  return { kind: 'done', receipt: receiptOfMessage(row), isKnown: true };
}

/** Nobody without the deployment's key can try contents against it. */
const hashOf = (app: App, { format, text }: Arrival): string => app.seal.fingerprint(`${format} ${text}`);

/** In one transaction: the events, what is refused, and the messages with their receipts. */
async function made(app: App, wholes: readonly Whole[]): Promise<ReadonlyMap<Whole, MessageReceipt>> {
  const rows = new Map<Whole, MessageRow>();
  if (wholes.length === 0) return new Map();
  const items = wholes.flatMap((whole) => whole.items);
  await app.trace.span('intake batch', { count: items.length }, () =>
    ingest(app, items, undefined, async (trx, receipts) => {
      const doneAtMs = app.now().epochMilliseconds;
      for (const whole of wholes) rows.set(whole, doneRow(app, whole, receipts, doneAtMs));
      await insertMessages(
        trx,
        wholes.filter(({ waited }) => !waited).map((whole) => rows.get(whole) as MessageRow),
      );
      for (const whole of wholes.filter(({ waited }) => waited)) {
        const { source = null, body = null, receipt = null, done_at = null } = rows.get(whole) as MessageRow;
        await finishMessage(trx, whole.receiptId, { source, body, receipt, done_at });
      }
    }),
  );
  return new Map([...rows].map(([whole, row]) => [whole, receiptOfMessage(row as KnownMessage)]));
}

function doneRow(
  app: App,
  whole: Whole,
  receipts: ReadonlyMap<Item, Receipt>,
  doneAtMs: number,
): MessageRow & KnownMessage {
  const events = whole.items.map((item) => receipts.get(item) as Receipt);
  const isNeeded = events.some(({ outcome }) => outcome === 'refused');
  return {
    ...rowOf(app, whole),
    state: 'done',
    body: isNeeded ? app.seal.seal(whole.text) : null,
    receipt: keptReceipt(events, whole.unused),
    done_at: doneAtMs,
  };
}

function rowOf(app: App, whole: Whole) {
  const { receiptId, format, source = null, messageId = null } = whole;
  return {
    ...{ receipt_id: receiptId, format, source, message_id: messageId },
    ...{ tenant: tenantOfRow(whole.sender), sender: whole.sender.name },
    content_hash: hashOf(app, whole),
    received_at: whole.receivedAt.epochMilliseconds,
  };
}

async function leftWaiting(app: App, whole: Whole): Promise<Received> {
  for (let attempt = 1; ; attempt++) {
    const [row] = (await knownBefore(app, [whole])).values();
    if (row) return asBefore(app, whole, row);
    try {
      const body = app.seal.seal(whole.text);
      const waiting = { ...rowOf(app, whole), state: 'waiting', body, receipt: null, done_at: null } as const;
      await app.store.transaction((trx) => insertMessages(trx, [waiting]));
      return { kind: 'waiting', receiptId: whole.receiptId };
    } catch (error) {
      if (!(error instanceof MessageTaken) || attempt === attempts) throw error;
    }
  }
}

/** Each event is counted once, when it was taken. */
function countIn({ metrics, log }: App, format: Format, received: Received, seconds: number): void {
  if (received.kind !== 'done') return metrics.messageTaken({ format, outcome: 'refused', seconds });
  const { receipt, isKnown } = received;
  metrics.messageTaken({ format, outcome: isKnown ? 'known' : outcomeOf(receipt), seconds });
  if (isKnown) return;
  for (const { outcome, problems } of receipt.events) {
    metrics.eventTaken(
      outcome,
      problems.map(({ code }) => code),
    );
  }
  log.info('events appended', { count: receipt.accepted });
}

const outcomeOf = ({ refused }: MessageReceipt) => (refused > 0 ? 'refused' : 'taken');
