import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { configFrom } from '../../src/config.ts';
import { retryItem } from '../../src/operate/review-decision.ts';
import type { WhatWasRead } from '../../src/receiving/read-as.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { openSenders, type Sender } from '../../src/receiving/senders.ts';
import { listReview } from '../../src/review/list.ts';
import { purge } from '../../src/review/purge.ts';
import { refill } from '../http/sample-events.ts';
import { doseChangeMessage } from '../receiving/hl7v2-messages.ts';

/** What its sender may not report does not come in by being tried again. */

let folder: string;
let app: App;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'itb-retry-'));
  const senders = [
    { name: 'laboratory', environment: 'test' as const, sources: ['another-map'] },
    { name: 'trial', environment: 'test' as const },
  ];
  app = await openApp(configFrom({ logLevel: 'silent', senders }, folder));
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const senderNamed = (name: string) => openSenders(app).byName(name) as Sender;

async function receive(sender: string, text: string, format: 'hl7v2' | 'json', read?: WhatWasRead) {
  const receiving = openReceiving(app, { whenAppended: () => {}, whenWaiting: () => {} });
  return receiving.receive({ sender: senderNamed(sender), format, text, read });
}

const open = async () => listReview(app.store.db, { tenant: 'default', state: 'open', limit: 10 });
const retryFirst = async () => {
  const [item] = await open();
  return retryItem(app, { tenant: 'default', actor: 'a test' }, item?.id ?? 0);
};
const events = () => app.store.db.selectFrom('event').select(['event_id', 'environment']).execute();

describe('trying again what a sender may not report', () => {
  it('refuses once more what was read by a field map that is not for it, in the same item', async () => {
    await receive('laboratory', doseChangeMessage(), 'hl7v2');
    expect((await open()).map(({ problem: { code }, source }) => [code, source])).toEqual([
      ['sender-not-permitted', expect.stringContaining('oru')],
    ]);
    expect((await retryFirst()).outcome).toBe('still-refused');
    expect((await retryFirst()).outcome).toBe('still-refused');
    expect(await open()).toHaveLength(1);
    expect(await events()).toEqual([]);
  });

  it('takes nothing of a sender whom the configuration knows no more, whatever was wrong with it', async () => {
    await receive('trial', JSON.stringify({ ...refill('R-1'), volume: 1 }), 'json');
    app = { ...app, config: { ...app.config, senders: [] } };
    expect(await retryFirst()).toEqual({
      outcome: 'nothing-to-retry',
      says: 'Who sent it is not known any more, so nobody can say what it may report.',
    });
  });

  it('knows who sent it for as long as the item is open, without what was sent', async () => {
    await receive('laboratory', doseChangeMessage(), 'hl7v2');
    const over = Number.MAX_SAFE_INTEGER;
    const limits = { closedBeforeMs: 0, openedBeforeMs: 0, receivedBeforeMs: over };
    expect((await app.store.transaction((trx) => purge(trx, limits))).messages).toBe(0);
    expect(await app.store.db.selectFrom('message').select(['sender', 'body']).execute()).toEqual([
      { sender: 'laboratory', body: null },
    ]);
    expect((await retryFirst()).outcome).toBe('still-refused');
  });
});
