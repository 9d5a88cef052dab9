import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigFile } from '../../../src/config.ts';
import { course } from '../../../src/views/pump-status/course-schema.ts';
import { type PumpStatus, pumpStatus } from '../../../src/views/pump-status/status-schema.ts';
import { refill } from '../../http/sample-events.ts';
import type { StoryName } from '../../http/test-service.ts';
import { type Asked, type FhirService, startFhirService, storyNow } from '../fhir-read/fhir-service.ts';

const running: FhirService[] = [];
let fhir: FhirService;
let flex: string;
let spinal: string;
beforeAll(async () => {
  fhir = await serviceAt(storyNow);
  flex = await fhir.tell('flex-and-kinked-catheter');
  spinal = await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(async () => {
  await Promise.all(running.map((service) => service.close()));
});

const shown: ConfigFile = { calculatedValues: { show: true, clinicalOwner: 'pump clinic' } };

async function serviceAt(now: string, file: ConfigFile = shown): Promise<FhirService> {
  const service = await startFhirService(file, now);
  running.push(service);
  return service;
}

const everyone = { scope: 'system/*.rs' };

async function ask(path: string, asked: Asked = everyone, at: FhirService = fhir) {
  const { status, headers, body } = await at.ask(`${at.service.url}/status${path}`, asked);
  return { status, headers, body: body as unknown as PumpStatus & OperationOutcome };
}

async function statusOf(story: StoryName, now: string, file?: ConfigFile): Promise<PumpStatus> {
  const service = await serviceAt(now, file);
  const { body } = await ask(`/${await service.tell(story)}`, everyone, service);
  return pumpStatus.parse(body);
}

describe('who may ask', () => {
  test('nobody without a token', async () => {
    const { status, headers, body } = await ask(`/${flex}`, {});
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fhir"']);
    expect(body.issue).toEqual([{ severity: 'error', code: 'login', diagnostics: 'Send an access token.' }]);
  });

  test.each([
    ['a scope for one resource type', 'system/Observation.rs', 'system/Device.r'],
    [
      'a scope for a part of a type',
      'system/Device.r system/MedicationAdministration.r system/Observation.r?code=x',
      'system/Observation.r',
    ],
    ['a scope to write', 'system/*.cu', 'system/Device.r'],
    ['a patient scope without a patient', 'patient/*.rs', 'system/Device.r'],
    ['no scope of ours', 'openid fhirUser', 'system/Device.r'],
  ])('not with %s', async (_what, scope, needed) => {
    const { status, headers, body } = await ask(`/${flex}`, { scope });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toMatch(new RegExp(`error="insufficient_scope".*scope="${needed}"`));
    expect(body.issue[0]?.code).toBe('forbidden');
  });

  test.each([
    'patient/*.rs',
    'patient/*.read',
    'patient/Device.r patient/MedicationAdministration.r patient/Observation.r',
  ])('with %s a patient asks for themselves, by id and without', async (scope) => {
    for (const path of [`/${flex}`, '']) {
      const { status, headers, body } = await ask(path, { scope, patient: flex });
      expect([status, body.patient, headers.get('cache-control')]).toEqual([200, flex, 'private, no-store']);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
  });

  test.each(['patient/*.rs', 'patient/*.read'])('with %s another patient is as unknown as nobody', async (scope) => {
    const asked = { scope, patient: flex };
    for (const more of ['', '/course']) {
      const another = await ask(`/${spinal}${more}`, asked);
      const nobody = await ask(`/00000000-0000-8000-8000-000000000000${more}`, asked);
      expect([another.status, another.body]).toEqual([404, nobody.body]);
      expect(another.body.issue).toEqual([
        { severity: 'error', code: 'not-found', diagnostics: 'There is no such resource.' },
      ]);
    }
  });

  test('with system/*.rs everyone of the tenant, but nobody in particular', async () => {
    const answers = [await ask(`/${flex}`), await ask(`/${spinal}`), await ask('')];
    expect(answers.map(({ status, body }) => [status, body.patient])).toEqual([
      [200, flex],
      [200, spinal],
      [404, undefined],
    ]);
  });

  test('without a scope for care plans the care plan is withheld, the rest is told', async () => {
    const scope = 'system/Device.r system/MedicationAdministration.r system/Observation.r';
    const without = pumpStatus.parse((await ask(`/${flex}`, { scope })).body);
    const whole = pumpStatus.parse((await ask(`/${flex}`)).body);
    expect(new Set(Object.values(without.carePlan).map(({ method }) => method))).toEqual(new Set(['withheld']));
    expect(whole.carePlan.emergencyPlan.method).not.toBe('withheld');
    expect(without.pumps).toEqual(whole.pumps);
  });
});

describe('each access is written down', () => {
  const newest = () =>
    fhir.service.rows("select detail, outcome from audit where action = 'access' order by seq desc limit 1")[0];

  test('with whom it was about, and when it was refused without', async () => {
    await ask(`/${flex}?at=2024-05-02T00:00:00Z`);
    expect([JSON.parse(newest()?.detail as string), newest()?.outcome]).toEqual([
      expect.objectContaining({ operation: 'pump-status', patient: flex, resourceId: flex, status: 200, query: 'at' }),
      '2xx',
    ]);
    await ask(`/${flex}/course`);
    expect(JSON.parse(newest()?.detail as string)).toMatchObject({ operation: 'pump-course', patient: flex });
    await ask(`/${spinal}`, { scope: 'patient/*.rs', patient: flex });
    expect([JSON.parse(newest()?.detail as string).patient, newest()?.outcome]).toEqual([undefined, '4xx']);
    await ask(`/${flex}`, {});
    expect(JSON.parse(newest()?.detail as string)).toMatchObject({ operation: 'pump-status', status: 401 });
  });

  test('also when it fails, with who asked', async () => {
    const own = await serviceAt(storyNow);
    const id = await own.tell('flex-and-kinked-catheter');
    const { schema } = own.service.app.store.db;
    await schema.alterTable('reading').renameTo('reading_gone').execute();
    const { status } = await ask(`/${id}`, everyone, own);
    await schema.alterTable('reading_gone').renameTo('reading').execute();
    const [row] = own.service.rows("select actor, detail, outcome from audit where action = 'access'");
    expect([status, row?.actor, row?.outcome]).toEqual([500, 'bedside', '5xx']);
    expect(JSON.parse(row?.detail as string)).toMatchObject({ operation: 'pump-status', status: 500 });
  });
});

describe('the asked instant', () => {
  test('is now where nobody says another', async () => {
    const { body } = await ask(`/${flex}`);
    expect([body.asOf, body.time.kind]).toEqual([storyNow, 'now']);
  });

  test.each([
    ['2024-06-01T00:00:00Z', 'projection'],
    ['2024-01-01T00:00:00+01:00', 'past'],
    ['2025-06-05T12:00:00Z', 'projection'],
  ])('%s is told as %s', async (at, kind) => {
    const { status, body } = await ask(`/${flex}?at=${encodeURIComponent(at)}`);
    expect([status, body.asOf, body.time.kind]).toEqual([200, Temporal.Instant.from(at).toString(), kind]);
  });

  test.each([
    ['at=2024-06-01', 'field-format'],
    ['at=2024-06-01T00:00:00', 'field-format'],
    ['at=yesterday', 'field-format'],
    ['at=', 'field-format'],
    ['at=2024-06-01T00:00:00Z&at=2024-06-02T00:00:00Z', 'field-format'],
    ['at=2025-06-05T12:00:01Z', 'field-range'],
    ['when=2024-06-01T00:00:00Z', 'field-unknown'],
  ])('%s is refused with %s', async (query, code) => {
    const { status, body } = await ask(`/${flex}?${query}`);
    expect([status, body.issue.map(({ details }) => details?.coding?.[0]?.code)]).toEqual([400, [code]]);
    expect(JSON.stringify(body)).not.toContain('yesterday');
  });

  test('decides what of the therapy is known', async () => {
    const before = pumpStatus.parse((await ask(`/${spinal}?at=2024-01-01T00:00:00Z`)).body);
    expect(before.pumps).toEqual([]);
  });
});

test('what the client has already is not sent again', async () => {
  const path = `/${flex}?at=2024-05-01T00:00:00Z`;
  const { headers } = await ask(path);
  const etag = headers.get('etag') as string;
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  const again = await fhir.ask(`${fhir.service.url}/status${path}`, {
    ...everyone,
    headers: { 'if-none-match': etag },
  });
  expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
  const other = await ask(`/${flex}?at=2024-05-01T00:00:01Z`, { ...everyone, headers: { 'if-none-match': etag } });
  expect(other.status).toBe(200);
});

describe('what is told', () => {
  test('of a running pump: what runs, what is left by calculation and when a refill is due', async () => {
    const { pumps, notice } = await statusOf('spinal-cord-injury-on-time-refills', '2024-05-01T12:00:00Z');
    expect(notice).toBe('Not an alarm or monitoring system.');
    expect(pumps).toMatchObject([
      {
        manufacturer: { value: 'Medtronic' },
        implanted: { value: '2024-02-06T11:20-05:00', method: 'reported' },
        programme: {
          ...{ delivery: { value: 'running' }, doseUgPerDay: { value: 210 }, concentrationUgPerMl: { value: 2000 } },
          runningSince: { value: '2024-03-12T14:30:00Z' },
        },
        reservoir: { calculatedMl: { value: 29.31, method: 'calculated', asOf: '2024-05-01T12:00:00Z' } },
        refill: { last: { value: '2024-02-06T11:20-05:00' } },
        refillPlan: {
          dueBy: { calculated: { value: '2024-08-04' } },
          alarmDate: { calculated: { value: '2025-01-16' } },
          state: { value: 'before-due' },
        },
      },
    ]);
  });

  test('without a clinical owner: nothing that we calculated, all that was reported', async () => {
    const { pumps } = await statusOf('spinal-cord-injury-on-time-refills', '2024-05-01T12:00:00Z', {});
    expect(pumps).toMatchObject([
      {
        programme: { doseUgPerDay: { value: 210 } },
        reservoir: { calculatedMl: { method: 'withheld' } },
        refill: { last: { value: '2024-02-06T11:20-05:00' } },
        refillPlan: { dueBy: { calculated: { method: 'withheld' } }, state: { method: 'withheld' } },
      },
    ]);
    expect(JSON.stringify(pumps)).not.toContain('"method":"calculated"');
  });

  test('of a pump of which only the month of its implantation was reported: that, and that the rest is unknown', async () => {
    const { pumps } = await statusOf('pump-replaced-catheter-kept', '2024-05-01T12:00:00Z');
    expect(pumps).toMatchObject([
      {
        implanted: { value: '2018-06' },
        programme: { delivery: { method: 'unknown' }, doseUgPerDay: { value: null } },
        reservoir: { calculatedMl: { value: null, method: 'unknown' } },
        refillPlan: { state: { value: null }, words: null },
      },
    ]);
  });

  test('long after the last refill: never that a reservoir is used up, never that a refill was missed', async () => {
    const status = await statusOf('spinal-cord-injury-on-time-refills', '2026-11-21T00:00:00Z');
    const [pump] = status.pumps;
    expect([pump?.refillPlan.state.value, pump?.reservoir.calculatedMl.value]).toEqual(['past-calculated-end', null]);
    expect(JSON.stringify(status)).not.toMatch(/\bempty\b|overdue|\bgreen\b|all clear/i);
  });
});

describe('what is held back', () => {
  test('a refused report and a conflict about a known patient are counted in the status', async () => {
    const service = await serviceAt('2024-07-01T00:00:00Z');
    const { body } = await service.service.post(refill('HELD-1'));
    const patient = body.events[0]?.patient as string;
    const held = async () => (await ask(`/${patient}`, everyone, service)).body.reportsHeld;
    expect(await held()).toEqual({ count: 0, since: null, words: null });

    await service.service.post(refill('HELD-2', { fill: { volumeMl: 'full' } }));
    expect(await held()).toEqual({
      count: 1,
      since: '2024-07-01T00:00:00Z',
      words: '1 report held since 2024-07-01: not in this answer.',
    });
    await service.service.post(refill('HELD-1', { fill: { volumeMl: 20, concentrationUgPerMl: 500 } }));
    expect((await held()).count).toBe(2);

    await service.service.post(refill('HELD-2'));
    expect((await held()).count).toBe(1);
  });

  test('what lies in the future is held with its count, not shown as done', async () => {
    const { reportsHeld } = await statusOf('child-concentration-change-with-bridge', '2024-05-01T12:00:00Z');
    expect(reportsHeld).toMatchObject({ count: 2, since: '2024-05-07T15:00:00Z' });
  });
});

test('what was accepted at intake is in the next answer', async () => {
  const service = await serviceAt('2024-07-01T00:00:00Z');
  const { body } = await service.service.post(refill('R-1'));
  const patient = body.events[0]?.patient as string;
  const last = async () => (await ask(`/${patient}`, everyone, service)).body.lastEvents[0];
  expect((await last())?.source.eventId).toBe('R-1');
  await service.service.post(refill('R-2', { occurredAt: '2024-06-26T10:00:00-04:00' }));
  expect((await last())?.source.eventId).toBe('R-2');
});

describe('for charts', () => {
  test('the course has doses, refills, devices and the reservoir ahead', async () => {
    const { status, body } = await ask(`/${spinal}/course`);
    const told = course.parse(body);
    expect(status).toBe(200);
    expect(told.doses.map(({ doseUgPerDay, start, end }) => [doseUgPerDay, start, end]).at(-1)).toEqual([
      210,
      '2024-03-12T14:30:00Z',
      null,
    ]);
    expect(told.reservoirs[0]?.points.at(-1)).toMatchObject({ kind: 'projection' });
  });
});

describe('the schemas', () => {
  test.each([
    ['/schema/v1.json', 'Pump status, version 1'],
    ['/course-schema/v1.json', 'Course of pump therapy, version 1'],
  ])('%s are open to everyone', async (path, title) => {
    const { status, headers, body } = await ask(path, {});
    expect([status, headers.get('content-type'), headers.get('access-control-allow-origin')]).toEqual([
      200,
      'application/schema+json; charset=utf-8',
      '*',
    ]);
    expect(body).toMatchObject({ title, type: 'object', additionalProperties: false });
  });
});

test('an origin that the configuration names may read it from a browser', async () => {
  const origin = 'https://ehr.test';
  const service = await serviceAt(storyNow, { ...shown, fhir: { allowOrigins: [origin] } });
  const { headers } = await ask('/x', { headers: { origin } }, service);
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  const other = await ask('/x', { headers: { origin: 'https://other.test' } }, service);
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});
