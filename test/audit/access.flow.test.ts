import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Access, accessAudit } from '../../src/audit/access.ts';
import { openStore, type Store } from '../../src/store/store.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore('sqlite::memory:');
});
afterEach(() => store.close());

const now = () => Temporal.Instant.from('2026-03-01T12:00:00Z');

const access = (more: Partial<Access> = {}): Access => ({
  tenant: 'default',
  environment: 'live',
  interaction: 'read',
  resourceType: 'Device',
  resourceId: 'd-1',
  patients: ['p-1'],
  status: 200,
  who: { issuer: 'https://ehr.test', subject: 'practitioner-7', clientId: 'pump-app', tokenId: 't-1' },
  requestId: 'r-1',
  network: '192.0.2.7',
  ...more,
});

const rows = async () =>
  (await store.db.selectFrom('audit').selectAll().orderBy('seq').execute()).map((row) => ({
    ...row,
    detail: JSON.parse(row.detail) as unknown,
  }));

test('who read what is durable before the reader is answered', async () => {
  await accessAudit(store, now).record(access());
  expect(await rows()).toEqual([
    {
      seq: 1,
      tenant: 'default',
      at: now().epochMilliseconds,
      action: 'access',
      actor: 'pump-app',
      outcome: '2xx',
      detail: {
        environment: 'live',
        interaction: 'read',
        resourceType: 'Device',
        resourceId: 'd-1',
        patient: 'p-1',
        status: 200,
        issuer: 'https://ehr.test',
        subject: 'practitioner-7',
        clientId: 'pump-app',
        tokenId: 't-1',
        requestId: 'r-1',
        network: '192.0.2.7',
      },
    },
  ]);
});

test('nobody recognised is written down as unknown', async () => {
  await accessAudit(store, now).record(access({ who: undefined, patients: undefined, status: 401 }));
  const [row] = await rows();
  expect([row?.actor, row?.outcome]).toEqual(['unknown', '4xx']);
  expect(row?.detail).not.toHaveProperty('patient');
});

test('many at once are all written, in a few commits, each in its own row', async () => {
  const audit = accessAudit(store, now);
  await Promise.all(Array.from({ length: 1000 }, (_, n) => audit.record(access({ requestId: `r-${n}` }))));
  expect(new Set((await rows()).map(({ detail }) => (detail as Access).requestId)).size).toBe(1000);
});

test('one that comes while others are being written is written too', async () => {
  const audit = accessAudit(store, now);
  const first = audit.record(access({ requestId: 'first' }));
  await new Promise(setImmediate);
  await Promise.all([first, audit.record(access({ requestId: 'second' }))]);
  await audit.record(access({ requestId: 'third' }));
  expect((await rows()).map(({ detail }) => (detail as Access).requestId)).toEqual(['first', 'second', 'third']);
});

test('of a large answer the first five hundred patients are named and all are counted', async () => {
  await accessAudit(store, now).record(access({ patients: Array.from({ length: 501 }, (_, n) => `p-${n}`) }));
  const [row] = await rows();
  expect(row?.detail).toMatchObject({ patients: { length: 500 }, patientCount: 501 });
});

test('what cannot be written down is refused to whoever waits for it, and the next is tried again', async () => {
  const audit = accessAudit(store, now);
  await store.db.schema.alterTable('audit').renameTo('elsewhere').execute();
  await expect(audit.record(access())).rejects.toThrow();
  await store.db.schema.alterTable('elsewhere').renameTo('audit').execute();
  await audit.record(access({ requestId: 'later' }));
  expect((await rows()).map(({ detail }) => (detail as Access).requestId)).toEqual(['later']);
});
