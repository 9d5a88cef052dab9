import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import type { Arrival, Received, Receiving } from '../../src/receiving/receive.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { openSenders, thisMachine } from '../../src/receiving/senders.ts';
import { startWaitingReader, type WaitingReader } from '../../src/receiving/waiting-reader.ts';
import { refill } from '../http/sample-events.ts';
import { issuesOf, startTestService } from '../http/test-service.ts';

const inARow = { pollIntervalMs: 10, leaseMs: 5_000, firstPauseMs: 1 };

const until = async (isSo: () => Promise<boolean>) => {
  for (let n = 0; n < 500; n++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came to that');
};

let folder: string;
let app: App;
let reader: WaitingReader | undefined;
let receiving: Receiving;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-waiting-'));
});
afterEach(async () => {
  await reader?.stop();
  reader = undefined;
  await app?.close();
  rmSync(folder, { recursive: true });
});

async function open(file: ConfigFile = {}): Promise<void> {
  app = await openApp(configFrom({ logLevel: 'silent', ...file }, folder));
  receiving = openReceiving(app, quiet);
}

const textOf = (eventId: string) => JSON.stringify(refill(eventId));

const quiet = { whenAppended: () => undefined, whenWaiting: () => undefined };

const leave = (text: string, over: Partial<Arrival> = {}): Promise<Received> =>
  receiving.leaveWaiting({ sender: thisMachine, format: 'json', text, ...over });

function read(options = inARow): void {
  reader = startWaitingReader(app, { receiving: openReceiving(app, quiet), senders: openSenders(app) }, options);
}

const messages = () =>
  app.store.db.selectFrom('message').select(['receipt_id', 'state', 'receipt', 'body', 'attempts']).execute();
const allDone = async () => (await messages()).every(({ state }) => state === 'done');
const eventIds = async () =>
  (await app.store.db.selectFrom('event').select('event_id').orderBy('seq').execute()).map((row) => row.event_id);
const openCodes = async () =>
  (await app.store.db.selectFrom('review_item').select('code').execute()).map(({ code }) => code);

describe('a sender that would rather not wait', () => {
  test('gets 202 and where to look, and finds there what became of it', async () => {
    const service = await startTestService();
    const prefer = { prefer: 'respond-async', 'idempotency-key': '"later"' };
    const answer = await service.post(refill('L-1'), 'application/json', prefer);
    const location = answer.headers.get('location') ?? '';
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    expect(location).toBe(`${service.url}/receipts/${(answer.body as unknown as { receiptId: string }).receiptId}`);
    const lookUp = async () => (await (await fetch(location)).json()) as { state: string; accepted: number };
    await until(async () => (await lookUp()).state === 'done');
    expect(await lookUp()).toMatchObject({ state: 'done', accepted: 1 });
    const again = await service.post(refill('L-1'), 'application/json', prefer);
    expect([again.status, (again.body as unknown as { accepted: number }).accepted]).toEqual([200, 1]);
    await service.close();
    await open();
  });

  test('is sent away where as many wait as may', async () => {
    const service = await startTestService({ intake: { pressure: { maxWaiting: 1 } } });
    // Another process has begun to read one, and what comes after it waits for that.
    await openReceiving(service.app, quiet).leaveWaiting({ sender: thisMachine, format: 'json', text: textOf('F-0') });
    await service.app.store.db.updateTable('message').set({ lease_until: Number.MAX_SAFE_INTEGER }).execute();
    const prefer = { prefer: 'respond-async' };
    const first = await service.post(refill('F-1'), 'application/json', prefer);
    const second = await service.post(refill('F-2'), 'application/json', prefer);
    const now = await service.post(refill('F-3'));
    await service.close();
    await open();
    expect([first.status, second.status, now.status]).toEqual([202, 503, 200]);
    expect(issuesOf(second)).toEqual([['too-busy', null]]);
  });
});

describe('what waits', () => {
  test('is kept sealed, and not read yet', async () => {
    await open();
    const { receiptId } = (await leave(textOf('W-1'))) as { receiptId: string };
    const [row] = await messages();
    expect(row).toMatchObject({ receipt_id: receiptId, state: 'waiting', receipt: null });
    expect(row?.body).toMatch(/^sealed:1:/);
    expect(await eventIds()).toEqual([]);
  });

  test('is read in the order in which it came', async () => {
    await open();
    const ids = Array.from({ length: 20 }, (_, n) => `O-${n}`);
    for (const id of ids) await leave(textOf(id));
    read();
    await until(allDone);
    expect(await eventIds()).toEqual(ids);
    expect((await messages()).map(({ body }) => body)).toEqual(ids.map(() => null));
  });

  test('is read after a restart, once', async () => {
    await open();
    await leave(textOf('A-1'));
    await app.close();
    await open();
    read();
    await until(allDone);
    expect(await eventIds()).toEqual(['A-1']);
  });

  test('is left once under one name', async () => {
    await open();
    const [first, second, other] = [
      await leave(textOf('N-1'), { messageId: 'key:1' }),
      await leave(textOf('N-1'), { messageId: 'key:1' }),
      await leave(textOf('N-2'), { messageId: 'key:1' }),
    ];
    expect(second).toEqual(first);
    expect(other).toEqual({ kind: 'reused', before: { receiptId: (first as { receiptId: string }).receiptId } });
    read();
    await until(allDone);
    const known = await leave(textOf('N-1'), { messageId: 'key:1' });
    expect(known).toMatchObject({ kind: 'done', isKnown: true, receipt: { accepted: 1 } });
  });

  test('and cannot be read as a whole goes to review, for its sender was told that it was taken', async () => {
    await open({ intake: { maxEvents: 1 } });
    await leave(JSON.stringify([refill('T-1'), refill('T-2')]));
    read();
    await until(allDone);
    expect(await openCodes()).toEqual(['too-many-events']);
    expect((await messages())[0]?.body).toMatch(/^sealed:1:/);
  });

  test('of a sender that is configured no more goes to review', async () => {
    await open();
    await leave(textOf('G-1'), { sender: { ...thisMachine, name: 'gone', tenant: 'north' } });
    read();
    await until(allDone);
    expect([await openCodes(), await eventIds()]).toEqual([['sender-not-permitted'], []]);
  });
});

describe('a message whose reading fails each time', () => {
  /** Reading it throws, as a bug of a reader would. */
  const poison = (attempts = Number.POSITIVE_INFINITY) => {
    let failed = 0;
    const { seal } = app;
    Object.assign(app, {
      seal: {
        ...seal,
        open: (text: string) => {
          const opened = seal.open(text);
          if (opened.includes('POISON') && failed++ < attempts) throw new Error('a bug');
          return opened;
        },
      },
    });
  };

  test('is set aside for a human after so many attempts, and those behind it are read', async () => {
    await open({ intake: { readingAttempts: 3 } });
    poison();
    await leave(textOf('POISON'));
    await leave(textOf('BEHIND'));
    read();
    await until(allDone);
    expect([await openCodes(), await eventIds()]).toEqual([['reader-failed'], ['BEHIND']]);
    expect((await messages()).map(({ attempts }) => attempts)).toEqual([4, 1]);
  });

  test('holds nobody else’s up meanwhile', async () => {
    const other = { ...thisMachine, name: 'other', tenant: 'north' };
    await open({ senders: [{ name: 'other', tenant: 'north' }] });
    poison();
    await leave(textOf('POISON'), { sender: { ...other, name: 'stuck' } });
    await leave(textOf('FREE'), { sender: other });
    read({ ...inARow, firstPauseMs: 60_000 });
    await until(async () => (await messages()).some(({ state }) => state === 'done'));
    expect((await messages()).map(({ state }) => state).toSorted()).toEqual(['done', 'waiting']);
  });

  test('and then succeeds is read, and before what came after it', async () => {
    await open();
    poison(2);
    await leave(textOf('POISON'));
    await leave(textOf('BEHIND'));
    read();
    await until(allDone);
    expect([await openCodes(), await eventIds()]).toEqual([[], ['POISON', 'BEHIND']]);
  });

  test('is not read by two at once: who died in the middle is waited for until its lease ends', async () => {
    await open();
    await leave(textOf('D-1'));
    const nowMs = await app.store.nowMs();
    await app.store.db
      .updateTable('message')
      .set({ attempts: 1, lease_until: nowMs + 400 })
      .execute();
    read();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await eventIds()).toEqual([]);
    await until(allDone);
    expect(await eventIds()).toEqual(['D-1']);
  });
});
