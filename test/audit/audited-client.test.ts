import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { auditedClient } from '../../src/audit/audited-client.ts';
import { auditedSender } from '../../src/audit/audited-sender.ts';
import type { Answered, Asked } from '../../src/audit/interaction.ts';
import type { AuditEntry } from '../../src/store/audit.ts';

const context = {
  tenant: 'north',
  environment: 'live' as const,
  destination: 'general',
  fhirBaseUrl: 'https://fhir.general.test:8443/r4',
  clientId: 'itb-adapter',
  patientId: 'p-1',
  actor: 'worker',
  now: () => Temporal.Instant.from('2026-03-01T12:00:00Z'),
};

async function asked(answer: Answered, request: Asked = { method: 'GET', path: 'Device/7', headers: { prefer: 'x' } }) {
  const seen: Asked[] = [];
  const kept: AuditEntry[] = [];
  const send = async (sent: Asked) => {
    seen.push(sent);
    return answer;
  };
  const client = auditedClient({ send }, context, async (entry) => void kept.push(entry));
  return { answer: await client.send(request), seen, kept };
}

describe('a request to a destination', () => {
  test('is written down with who asked whom for what about whom, and how it was answered', async () => {
    const { answer, seen, kept } = await asked({ kind: 'answered', status: 404, body: { diagnostics: 'canary' } });
    expect(answer).toEqual({ kind: 'answered', status: 404, body: { diagnostics: 'canary' } });
    const requestId = seen[0]?.headers?.['x-request-id'];
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen).toEqual([{ method: 'GET', path: 'Device/7', headers: { prefer: 'x', 'x-request-id': requestId } }]);
    expect(kept).toEqual([
      {
        tenant: 'north',
        at: Temporal.Instant.from('2026-03-01T12:00:00Z').epochMilliseconds,
        action: 'request',
        actor: 'worker',
        outcome: '4xx',
        detail: {
          destination: 'general',
          environment: 'live',
          clientId: 'itb-adapter',
          requestId,
          host: 'fhir.general.test',
          machine: hostname(),
          patient: 'p-1',
          interaction: 'read',
          resourceType: 'Device',
          serverId: '7',
          query: null,
          entries: [],
        },
      },
    ]);
  });

  test('about what the server can do is about nobody', async () => {
    const { kept } = await asked({ kind: 'answered', status: 200, body: {} }, { method: 'GET', path: 'metadata' });
    expect(kept.map(({ detail }) => [detail.interaction, detail.patient])).toEqual([['capabilities', null]]);
  });

  test('that may have arrived is written down as unknown', async () => {
    const { kept } = await asked({ kind: 'unknown' });
    expect(kept.map(({ outcome }) => outcome)).toEqual(['unknown']);
  });

  test('that was never sent is not written down', async () => {
    const { answer, kept } = await asked({ kind: 'not-sent' });
    expect(answer).toEqual({ kind: 'not-sent' });
    expect(kept).toEqual([]);
  });

  test('gives no answer to anybody when it cannot be written down', async () => {
    const client = auditedClient(
      { send: async (_: Asked): Promise<Answered> => ({ kind: 'answered', status: 200, body: {} }) },
      context,
      () => Promise.reject(new Error('the store is gone')),
    );
    await expect(client.send({ method: 'GET', path: 'Device/7' })).rejects.toThrow('the store is gone');
  });
});

describe('a message to an interface engine', () => {
  const told = async (kind: string) => {
    const kept: AuditEntry[] = [];
    const sender = auditedSender(
      { send: async (_: string) => ({ kind }) },
      context,
      async (entry) => void kept.push(entry),
    );
    expect(await sender.send('MSH|canary')).toEqual({ kind });
    return kept;
  };

  test.each(['accepted', 'terminal', 'unknown'])('that was %s is written down', async (kind) => {
    expect(await told(kind)).toEqual([
      {
        tenant: 'north',
        at: Temporal.Instant.from('2026-03-01T12:00:00Z').epochMilliseconds,
        action: 'message',
        actor: 'worker',
        outcome: kind,
        detail: { destination: 'general', environment: 'live', machine: hostname(), patient: 'p-1' },
      },
    ]);
  });

  test('that was certainly not taken is not', async () => {
    expect(await told('retry')).toEqual([]);
  });
});
