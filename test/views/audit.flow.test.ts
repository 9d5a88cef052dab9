import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startTestService, storyText } from '../http/test-service.ts';

test('appending and reading leave an audit trail of keyed ids and counts', async () => {
  const sandbox = await startSandbox({ clients: [] });
  const audience = 'https://adapter.test/fhir';
  const service = await startTestService(
    { issuers: [{ issuer: sandbox.issuer, jwksUri: sandbox.jwksUri, audience, environment: 'test' }] },
    '2026-11-01T00:00:00Z',
  );
  try {
    const { body } = await service.post(await storyText('flex-and-kinked-catheter'), 'application/x-ndjson');
    const patient = body.events[0]?.patient as string;
    const authorization = `Bearer ${await sandbox.issueUserToken({ scope: 'system/*.rs', audience })}`;
    await fetch(`${service.url}/status/${patient}`, { headers: { authorization } });
    await fetch(`${service.url}/status/MRN0003`, { headers: { authorization } });
    const who = {
      ...{ environment: 'test', interaction: 'operation', operation: 'pump-status', resourceType: 'Patient' },
      ...{ issuer: sandbox.issuer, subject: 'sandbox-user' },
      ...{ requestId: expect.any(String), tokenId: expect.any(String), network: '127.0.0.1' },
    };
    const trail = service.rows('select tenant, action, actor, outcome, detail from audit order by seq');
    expect(trail.map((row) => ({ ...row, detail: JSON.parse(String(row.detail)) }))).toEqual([
      {
        tenant: 'default',
        action: 'append',
        actor: 'intake',
        outcome: 'done',
        detail: { accepted: body.accepted, duplicate: 0, conflict: 0 },
      },
      {
        tenant: 'default',
        action: 'access',
        actor: 'sandbox-user',
        outcome: '2xx',
        detail: { ...who, resourceId: patient, patient, status: 200 },
      },
      {
        tenant: 'default',
        action: 'access',
        actor: 'sandbox-user',
        outcome: '4xx',
        // An id that nobody has is whatever the client wrote, and is not kept.
        detail: { ...who, status: 404 },
      },
    ]);
  } finally {
    await service.close();
    await sandbox.close();
  }
});
