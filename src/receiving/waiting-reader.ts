import type { App } from '../app.ts';
import type { Problem } from '../event/problem.ts';
import { problem } from '../event/problem.ts';
import type { Format } from '../intake/item.ts';
import { type Claimed, claimWaiting, waitingMessages, waitLonger } from '../intake/waiting.ts';
import { errorName } from '../log.ts';
import { readAs, type WhatWasRead } from './read-as.ts';
import type { Receiving } from './receive.ts';
import type { Sender, Senders } from './senders.ts';

/** Reads what was left waiting, in the background and after a restart. */
export interface WaitingReader {
  /** Something is waiting. */
  poke(): void;
  /** Whether another message may be left waiting. */
  mayWait(): boolean;
  /** Ends when what is under way is done. */
  stop(): Promise<void>;
}

export interface WaitingReaderOptions {
  /** Another process may have left something waiting. */
  readonly pollIntervalMs: number;
  /** Who dies while it reads is believed dead after this time. */
  readonly leaseMs: number;
  /** Before the second attempt; twice as long before each later one. */
  readonly firstPauseMs: number;
}

export const defaultWaitingReaderOptions: WaitingReaderOptions = {
  ...{ pollIntervalMs: 1_000, leaseMs: 60_000, firstPauseMs: 1_000 },
};

export function startWaitingReader(
  app: App,
  { receiving, senders }: { readonly receiving: Receiving; readonly senders: Senders },
  options: WaitingReaderOptions = defaultWaitingReaderOptions,
): WaitingReader {
  let waiting = 0;
  let isStopping = false;
  let wake = () => {};

  async function readAll(): Promise<void> {
    while (!isStopping) {
      try {
        waiting = (await waitingMessages(app.store.db)).count;
        const claimed = waiting > 0 ? await claimWaiting(app.store.db, options.leaseMs) : undefined;
        if (claimed) await readOne(app, receiving, senders, claimed, options);
        else await pause();
      } catch (error) {
        app.log.error('request failed', { code: errorName(error) });
        await pause();
      }
    }
  }

  function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, options.pollIntervalMs);
    wake = resolve;
    return promise.finally(() => clearTimeout(timer));
  }

  const reading = readAll();
  return {
    poke() {
      waiting++;
      wake();
    },
    mayWait: () => waiting < app.config.intake.pressure.maxWaiting,
    async stop() {
      isStopping = true;
      wake();
      await reading;
    },
  };
}

async function readOne(
  app: App,
  receiving: Receiving,
  senders: Senders,
  claimed: Claimed,
  options: WaitingReaderOptions,
): Promise<void> {
  const { receiptId, attempts, messageId } = claimed;
  const { readingAttempts } = app.config.intake;
  const isLast = attempts > readingAttempts;
  try {
    const receivedAt = Temporal.Instant.fromEpochMilliseconds(claimed.receivedAtMs);
    const format = claimed.format as Format;
    const sender = senders.byName(claimed.sender);
    const text = isLast ? textOrNothing(app, claimed) : app.seal.open(claimed.body);
    const read = isLast
      ? setAside(text, format, readerFailed)
      : sender
        ? keptWhole(readAs(app, { format, source: claimed.source ?? undefined, text, sender }), text, format)
        : setAside(text, format, senderGone);
    if (isLast) app.log.error('message set aside', { attempt: readingAttempts });
    await receiving.receive({
      ...{ sender: sender ?? senderWas(claimed), format, text, read },
      ...{ source: claimed.source ?? undefined, messageId: messageId ?? undefined },
      waited: { receiptId, receivedAt },
    });
  } catch (error) {
    app.log.warn('message to be read again', { code: errorName(error), attempt: attempts });
    await waitLonger(app.store.db, receiptId, options.firstPauseMs * 2 ** Math.min(attempts - 1, 10));
  }
}

/** Its key may be gone: then the sealed message stays as it is beside its receipt. */
function textOrNothing(app: App, { body }: Claimed): string {
  try {
    return app.seal.open(body);
  } catch {
    return body;
  }
}

/** Its sender was told that it was taken, so a whole that cannot be read goes to review, too. */
const keptWhole = (read: WhatWasRead, text: string, format: Format): WhatWasRead =>
  read.unreadable ? setAside(text, format, read.unreadable) : read;

const setAside = (text: string, format: Format, found: Problem): WhatWasRead => ({
  items: [{ payload: text, place: {}, format, problems: [found] }],
  unused: [],
});

const readerFailed = problem('reader-failed', 'reading this message failed each time');

const senderGone = problem('sender-not-permitted', 'its sender is not configured any more');

/** Whose message it is, where the configuration knows it no more: what is set aside stays at its tenant. */
const senderWas = ({ sender, tenant }: Claimed): Sender => ({
  ...{ name: sender, tenant, environment: undefined, sources: undefined, systems: undefined },
});
