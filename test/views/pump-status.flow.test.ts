import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigFile } from '../../src/config.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { PumpStatus } from '../../src/views/pump-status/status.ts';
import { refill } from '../http/sample-events.ts';
import { type StoryName, startTestService, storyText, type TestService } from '../http/test-service.ts';

const audience = 'https://adapter.test/fhir';
const running: TestService[] = [];
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ clients: [] });
});
afterAll(async () => {
  await Promise.all(running.map((service) => service.close()));
  await sandbox.close();
});

const shown: ConfigFile = { calculatedValues: { show: true, clinicalOwner: 'pump clinic' } };

async function serviceAt(now: string, file: ConfigFile = shown): Promise<TestService> {
  const issuers = [{ issuer: sandbox.issuer, jwksUri: sandbox.jwksUri, audience, tenant: 'default' }];
  const service = await startTestService({ issuers, ...file }, now);
  running.push(service);
  return service;
}

/** The patient's keyed id, after the story has been sent. */
async function told(service: TestService, story: StoryName): Promise<string> {
  const { body } = await service.post(await storyText(story), 'application/x-ndjson');
  return body.events[0]?.patient as string;
}

async function ask(service: TestService, patient: string, token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${service.url}/status/${patient}`, { headers });
  const body = (await response.json()) as PumpStatus & OperationOutcome;
  return { status: response.status, headers: response.headers, body };
}

const tokenWith = (scope: string, over: { patient?: string; audience?: string; expiresInSeconds?: number } = {}) =>
  sandbox.issueUserToken({ scope, audience, ...over });

async function statusOf(story: StoryName, now: string, file?: ConfigFile) {
  const service = await serviceAt(now, file);
  const patient = await told(service, story);
  return (await ask(service, patient, await tokenWith('system/*.rs'))).body;
}

describe('who may ask', () => {
  let service: TestService;
  let flex: string;
  let spinal: string;
  beforeAll(async () => {
    service = await serviceAt('2024-05-01T12:00:00Z');
    flex = await told(service, 'flex-and-kinked-catheter');
    spinal = await told(service, 'spinal-cord-injury-on-time-refills');
  });

  test('nobody without a token', async () => {
    const { status, headers, body } = await ask(service, flex);
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fhir"']);
    expect(body.issue).toEqual([{ severity: 'error', code: 'login', diagnostics: 'Send an access token.' }]);
  });

  test.each([
    ['a scope for one resource type', 'system/Observation.rs'],
    ['a scope to write', 'system/*.cu'],
    ['a patient scope without a patient', 'patient/*.rs'],
    ['no scope of ours', 'openid fhirUser'],
  ])('not with %s', async (_what, scope) => {
    const { status, headers } = await ask(service, flex, await tokenWith(scope));
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="system\/\*\.r"/);
  });

  test('not with a token for another audience, an expired one, or one of an issuer that is not trusted', async () => {
    const stranger = await startSandbox({ clients: [] });
    const tokens = [
      await tokenWith('system/*.rs', { audience: 'https://other.test/fhir' }),
      await tokenWith('system/*.rs', { expiresInSeconds: -120 }),
      await stranger.issueUserToken({ scope: 'system/*.rs', audience }),
      'not-a-token',
    ];
    await stranger.close();
    const answers = await Promise.all(tokens.map((token) => ask(service, flex, token)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    for (const { headers } of answers) expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test.each(['patient/*.rs', 'patient/*.read'])('with %s a patient asks for themselves', async (scope) => {
    const { status, headers, body } = await ask(service, flex, await tokenWith(scope, { patient: flex }));
    expect([status, body.patient, headers.get('cache-control')]).toEqual([200, flex, 'no-store']);
  });

  test.each(['patient/*.rs', 'patient/*.read'])('with %s another patient is as unknown as nobody', async (scope) => {
    const token = await tokenWith(scope, { patient: flex });
    const another = await ask(service, spinal, token);
    const nobody = await ask(service, '00000000-0000-8000-8000-000000000000', token);
    expect([another.status, another.body]).toEqual([404, nobody.body]);
    expect(another.body.issue).toEqual([{ severity: 'error', code: 'not-found', diagnostics: 'no such patient' }]);
  });

  test('with system/*.rs everyone of the tenant', async () => {
    const token = await tokenWith('system/*.rs');
    const answers = [await ask(service, flex, token), await ask(service, spinal, token)];
    expect(answers.map(({ status, body }) => [status, body.patient])).toEqual([
      [200, flex],
      [200, spinal],
    ]);
  });

  test('and nobody of another tenant', async () => {
    const issuers = [{ issuer: sandbox.issuer, jwksUri: sandbox.jwksUri, audience, tenant: 'south' }];
    const south = await serviceAt('2024-05-01T12:00:00Z', { issuers });
    const patient = await told(south, 'flex-and-kinked-catheter');
    expect((await ask(south, patient, await tokenWith('system/*.rs'))).status).toBe(404);
  });
});

describe('a running pump', () => {
  test('shows what runs, what is left by calculation and when a refill is due', async () => {
    const status = await statusOf('spinal-cord-injury-on-time-refills', '2024-05-01T12:00:00Z');
    expect(status).toMatchObject({ asOf: '2024-05-01T12:00:00Z', notice: 'Not an alarm or monitoring system.' });
    expect(status.pumps).toHaveLength(1);
    // The rest of what it says is in pump-status.test.ts.
    expect(status.pumps).toMatchObject([
      {
        ...{ manufacturer: 'Medtronic', model: '8637-40', state: 'implanted', implanted: '2024-02-06T11:20-05:00' },
        ...{ delivery: 'running', mode: 'simple-continuous', doseUgPerDay: 210, concentrationUgPerMl: 2000 },
        since: '2024-03-12T14:30:00Z',
        reservoir: { method: 'calculated', volumeMl: 29.31, asOf: '2024-05-01T12:00:00Z' },
        refill: {
          method: 'calculated',
          dueBy: '2024-08-04',
          lowReservoirAlarmDate: '2025-01-16',
          state: 'before-due',
          lastRefillReported: '2024-02-06T11:20-05:00',
          words: null,
        },
        reported: null,
        remarks: [],
      },
    ]);
    expect(status.lastEvents.slice(0, 2)).toEqual([
      { type: 'dose-change', occurredAt: '2024-03-12T10:30-04:00' },
      { type: 'dose-change', occurredAt: '2024-02-13T09:00-05:00' },
    ]);
  });

  test('during a bridge says so', async () => {
    const { pumps } = await statusOf('child-concentration-change-with-bridge', '2024-05-01T12:00:00Z');
    expect(pumps[0]).toMatchObject({ delivery: 'bridge', doseUgPerDay: 85, since: '2024-04-30T14:05:00Z' });
  });

  test('whose residual differed says when, and what to do', async () => {
    const { pumps } = await statusOf('flex-and-kinked-catheter', '2024-05-01T12:00:00Z');
    expect(pumps[0]?.remarks).toEqual([
      '2023-11-20: More was left in the reservoir than calculated. Check the pump with its programmer.',
    ]);
  });

  test.each([
    ['2025-01-01T00:00:00Z', 'before-due'],
    ['2025-12-01T00:00:00Z', 'past-due-date'],
    ['2026-03-20T00:00:00Z', 'past-alarm-date'],
    ['2026-11-21T00:00:00Z', 'past-calculated-end'],
  ])('at %s without another refill is %s, and nobody says that it is empty', async (now, state) => {
    const status = await statusOf('spinal-cord-injury-on-time-refills', now);
    const [pump] = status.pumps;
    expect([pump?.refill.state, pump?.delivery]).toEqual([state, 'running']);
    if (state === 'before-due') return expect(pump?.refill.words).toBeNull();
    expect(pump?.refill.words).toBe(
      `No refill reported since 2025-05-20. By calculation the reservoir would reach the alarm volume on ` +
        '2026-03-16; a refill elsewhere may be missing. Check the pump with its programmer.',
    );
    expect(pump?.reservoir.volumeMl).not.toBe(0);
    expect(JSON.stringify(status)).not.toMatch(/\bempty\b|overdue|\bgreen\b|all clear/i);
  });
});

describe('a pump that does not run', () => {
  test('because it was stopped: no dose, which is not a dose of zero', async () => {
    const { pumps } = await statusOf('wrong-concentration-corrected', '2024-04-24T12:00:00Z');
    expect(pumps[0]).toMatchObject({ state: 'implanted', delivery: 'stopped', doseUgPerDay: null, since: null });
  });

  test('because it was explanted: nothing of it is current, the new one runs', async () => {
    const { pumps } = await statusOf('pump-replaced-catheter-kept', '2025-06-01T00:00:00Z');
    expect(pumps[0]).toMatchObject({
      ...{ state: 'explanted', delivery: 'stopped', mode: null, doseUgPerDay: null, concentrationUgPerMl: null },
      reservoir: { method: 'unknown', volumeMl: null },
      refill: { method: 'unknown', dueBy: null, state: null, words: null },
    });
    expect(pumps[1]).toMatchObject({ state: 'implanted', delivery: 'running', doseUgPerDay: 320 });
  });

  test('as far as anyone told us: an implant by month and no programme is all unknown', async () => {
    const { pumps } = await statusOf('pump-replaced-catheter-kept', '2024-05-01T12:00:00Z');
    expect(pumps).toMatchObject([
      {
        ...{ implanted: '2018-06', delivery: 'unknown', mode: null, doseUgPerDay: null, concentrationUgPerMl: null },
        reservoir: { method: 'unknown', volumeMl: null },
        refill: { method: 'unknown', dueBy: null, lowReservoirAlarmDate: null, state: null, lastRefillReported: null },
      },
    ]);
  });

  test('because there is none yet', async () => {
    const status = await statusOf('missed-refill-and-withdrawal', '2024-01-01T00:00:00Z');
    expect(status.pumps).toEqual([]);
  });
});

test('without a clinical owner no calculated value is shown, reported ones are', async () => {
  const { pumps } = await statusOf('spinal-cord-injury-on-time-refills', '2024-05-01T12:00:00Z', {});
  expect(pumps[0]).toMatchObject({
    doseUgPerDay: 210,
    reservoir: { method: 'withheld', volumeMl: null },
    refill: {
      ...{ method: 'withheld', dueBy: null, lowReservoirAlarmDate: null, state: null, words: null },
      lastRefillReported: '2024-02-06T11:20-05:00',
    },
  });
});

describe('what is held back', () => {
  test('a refused report and a conflict about a known patient are counted in the status', async () => {
    const service = await serviceAt('2024-07-01T00:00:00Z');
    const { body } = await service.post(refill('HELD-1'));
    const patient = body.events[0]?.patient as string;
    const token = await tokenWith('system/*.rs');
    const held = async () => (await ask(service, patient, token)).body.reportsHeld;
    expect(await held()).toEqual({ count: 0, since: null });

    await service.post(refill('HELD-2', { fill: { volumeMl: 'full' } }));
    expect(await held()).toEqual({ count: 1, since: '2024-07-01T00:00:00Z' });
    await service.post(refill('HELD-1', { fill: { volumeMl: 20, concentrationUgPerMl: 500 } }));
    expect((await held()).count).toBe(2);

    await service.post(refill('HELD-2'));
    expect((await held()).count).toBe(1);
  });

  test('what lies in the future is held with its count, not shown as done', async () => {
    const status = await statusOf('child-concentration-change-with-bridge', '2024-05-01T12:00:00Z');
    expect(status.reportsHeld).toEqual({ count: 2, since: '2024-05-07T15:00:00Z' });
  });
});

test('what the programmer showed last is told as reported, with its time', async () => {
  const service = await serviceAt('2024-07-01T12:00:00Z');
  const { body } = await service.post(refill('R-1'));
  const patient = body.events[0]?.patient as string;
  const status = (await ask(service, patient, await tokenWith('system/*.rs'))).body;
  expect(status.pumps[0]?.reported).toEqual({
    lowReservoirAlarmDate: '2025-06-03',
    lowReservoirAlarmMl: 2,
    monthsToEri: 52,
    asOf: '2024-06-25T10:00:00-04:00',
  });
});
