import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drugRequest, type Ehr, scanRequest, sign, startEhr, view } from './ehr.ts';

let ehr: Ehr;

beforeAll(async () => {
  ehr = await startEhr({ allowOrigins: ['https://ehr.example'] });
});
afterAll(() => ehr.close());

/** CDS Hooks 2.0 "CDS Service Response", the members that it requires and those that we use; nothing null, nothing empty. */
const text = z.string().min(1);
const response = z.strictObject({
  cards: z.array(
    z.strictObject({
      uuid: z.uuid(),
      summary: text.max(139),
      indicator: z.enum(['info', 'warning', 'critical']),
      detail: text,
      source: z.strictObject({ label: text }),
      overrideReasons: z.array(z.strictObject({ system: z.url(), code: text, display: text })).min(1),
      links: z
        .array(z.strictObject({ label: text, url: z.url(), type: z.literal('smart'), appContext: text }))
        .optional(),
    }),
  ),
});

describe('discovery', () => {
  const get = async (path: string, origin = 'https://ehr.example') => {
    const answer = await fetch(ehr.service.url + path, { headers: { origin } });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as { services: object[] } };
  };

  it('names three services with their hooks and what they need', async () => {
    const { status, body } = await get('/cds-services');
    const medications =
      'MedicationRequest?patient={{context.patientId}}&status=draft&_include=MedicationRequest:medication';
    expect(status).toBe(200);
    expect(body.services).toMatchObject([
      { id: 'itb-pump-status', hook: 'patient-view' },
      { id: 'itb-pump-order-select', hook: 'order-select', prefetch: { medications } },
      { id: 'itb-pump-order-sign', hook: 'order-sign', prefetch: { medications } },
    ]);
    const words = { title: expect.any(String), description: expect.any(String) };
    for (const service of body.services) expect(service).toMatchObject(words);
    expect(body.services[0]).not.toHaveProperty('prefetch');
    expect((await get('/t/default/cds-services')).body).toEqual(body);
  });

  it('is open to pages of the configured origins alone', async () => {
    const allowed = (await get('/cds-services')).headers.get('access-control-allow-origin');
    const stranger = (await get('/cds-services', 'https://evil.example')).headers.get('access-control-allow-origin');
    expect([allowed, stranger]).toEqual(['https://ehr.example', null]);
    const preflight = await fetch(`${ehr.service.url}/cds-services/itb-pump-status`, {
      method: 'OPTIONS',
      headers: { origin: 'https://ehr.example', 'access-control-request-headers': 'authorization,content-type' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
  });

  it.each([
    ['GET', '/cds-services/itb-pump-status', 405],
    ['DELETE', '/cds-services', 405],
    ['POST', '/cds-services/other', 404],
  ])('%s %s is answered %i', async (method, path, status) => {
    const answer = await fetch(ehr.service.url + path, { method });
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([status, ['error']]);
  });
});

describe('patient-view', () => {
  it('shows one card about the pump whose refill date has passed, and is written down', async () => {
    const { status, headers, body } = await ehr.call('itb-pump-status', view());
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(response.parse(body).cards).toEqual([
      {
        uuid: expect.any(String),
        summary: 'TEST PATIENT. Intrathecal baclofen pump: refill date passed. Check the pump with its programmer.',
        indicator: 'warning',
        detail:
          '- No refill reported since 2024-03-01. By calculation the reservoir would reach the alarm volume on 2025-01-15; a refill elsewhere may be missing. Check the pump with its programmer.\n' +
          '- Last report of 2024-03-01, 180 days before.\n' +
          '- Not an alarm or monitoring system.',
        source: { label: 'Intrathecal baclofen pump record' },
        overrideReasons: expect.any(Array),
      },
    ]);
    expect(ehr.accesses().at(-1)).toMatchObject({
      ...{ environment: 'test', interaction: 'operation', operation: 'cds-services/itb-pump-status', status: 200 },
      ...{ patient: ehr.patient, query: `past-due=${body.cards?.[0]?.uuid}` },
      ...{ issuer: ehr.iss, clientId: ehr.iss, subject: 'Practitioner/nurse-7', tokenId: expect.any(String) },
    });
  });

  it('stands below the tenant, too', async () => {
    const { status, body } = await ehr.call('/t/default/cds-services/itb-pump-status', view());
    expect([status, body.cards?.length]).toEqual([200, 1]);
  });

  it('shows nothing about a patient of whom no pump is known here, and keeps no id of the EHR', async () => {
    const context = { userId: 'Patient/ehr-9', patientId: 'ehr-9' };
    const { status, body } = await ehr.call('itb-pump-status', view({ context }));
    expect([status, body]).toEqual([200, { cards: [] }]);
    expect(ehr.accesses().at(-1)).toMatchObject({ status: 200, subject: ehr.iss });
    expect(JSON.stringify(ehr.accesses())).not.toContain('ehr-9');
  });

  it.each([
    ['that is no JSON', '{', 400],
    ['that is a list', '[]', 400],
    ['of another hook', JSON.stringify(view({ hook: 'order-sign' })), 400],
    ['without a hook instance', JSON.stringify(view({ hookInstance: undefined })), 400],
    ['with an instance that is no UUID', JSON.stringify(view({ hookInstance: '7' })), 400],
    ['without a context', JSON.stringify(view({ context: undefined })), 400],
    ['about no patient', JSON.stringify(view({ context: { userId: 'Practitioner/n' } })), 400],
    ['about a path', JSON.stringify(view({ context: { userId: 'Practitioner/n', patientId: '../x' } })), 400],
  ])('a call %s is refused without repeating it', async (_what, body, status) => {
    const answer = await ehr.call('itb-pump-status', body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toContain('../x');
  });

  it('that cannot be parsed is said to be so, and written down', async () => {
    const before = ehr.accesses().length;
    expect((await ehr.call('itb-pump-status', '{')).body).toEqual({ error: 'The body cannot be read.' });
    expect(ehr.accesses().slice(before)).toMatchObject([
      { operation: 'cds-services/itb-pump-status', status: 400, issuer: ehr.iss, clientId: ehr.iss },
    ]);
  });

  it('says where a call cannot be used', async () => {
    const { body } = await ehr.call('itb-pump-status', view({ context: {} }));
    expect(body.error).toBe('The call cannot be used, because of: context.userId, context.patientId.');
  });
});

describe('order-sign', () => {
  it('gives the notes that belong to the orders', async () => {
    const { status, body } = await ehr.call('itb-pump-order-sign', sign([scanRequest]));
    expect([status, response.parse(body).cards.map(({ summary, indicator }) => [summary, indicator])]).toEqual([
      200,
      [
        [
          'TEST PATIENT. Implanted intrathecal baclofen pump. MR status not established: ask the manufacturer and radiology.',
          'warning',
        ],
      ],
    ]);
  });

  it('says nothing where nothing ordered has to do with a pump', async () => {
    const { status, body } = await ehr.call('itb-pump-order-sign', sign([]));
    expect([status, body]).toEqual([200, { cards: [] }]);
  });

  const authorization = { access_token: 'T0KEN', token_type: 'Bearer', expires_in: 300, scope: 'x', subject: 'y' };

  it('reads an ordered drug at the EHR with the token of the call', async () => {
    const there = { fhirServer: ehr.fhirServer, fhirAuthorization: authorization };
    const { status, body } = await ehr.call('itb-pump-order-sign', sign([drugRequest('Medication/m1')], there));
    expect([status, body.cards?.map(({ indicator }) => indicator)]).toEqual([200, ['info']]);
    expect(ehr.asked.at(-1)).toBe('/fhir/Medication/m1 Bearer T0KEN');
  });

  it('reads a drug that is ordered several times once, and of many drugs the first twenty', async () => {
    const there = { fhirServer: ehr.fhirServer, fhirAuthorization: authorization };
    const ask = async (ids: string[]) => {
      const before = ehr.asked.length;
      await ehr.call(
        'itb-pump-order-sign',
        sign(
          ids.map((id) => drugRequest(`Medication/${id}`)),
          there,
        ),
      );
      return ehr.asked.slice(before).map((asked) => asked.split(' ')[0]);
    };
    expect(await ask(['m1', 'm1', 'm1'])).toEqual(['/fhir/Medication/m1']);
    const many = Array.from({ length: 25 }, (_, n) => `n${n}`);
    expect((await ask(many)).toSorted()).toEqual(
      many
        .slice(0, 20)
        .map((id) => `/fhir/Medication/${id}`)
        .toSorted(),
    );
  });

  it.each([
    ['without a token for it', {}],
    ['that names another server', { fhirServer: 'http://127.0.0.1:9/other', fhirAuthorization: authorization }],
  ])('answers 412 to a call %s, and asks nobody', async (_what, over) => {
    const asked = ehr.asked.length;
    const answer = await ehr.call('itb-pump-order-sign', sign([drugRequest('Medication/m1')], over));
    expect([answer.status, answer.body]).toEqual([
      412,
      { error: 'What was ordered is neither in the call nor could it be read.' },
    ]);
    expect(ehr.asked.length).toBe(asked);
    expect(ehr.accesses().at(-1)).toMatchObject({ status: 412, patient: ehr.patient });
  });

  it.each(['none', 'slow'])('answers 412 soon where the EHR has it not, or takes too long: %s', async (id) => {
    const there = { fhirServer: ehr.fhirServer, fhirAuthorization: authorization };
    const started = performance.now();
    const { status } = await ehr.call('itb-pump-order-sign', sign([drugRequest(`Medication/${id}`)], there));
    expect(status).toBe(412);
    expect(performance.now() - started).toBeLessThan(1200);
  });

  it('refuses drafts that are none', async () => {
    const { status } = await ehr.call('itb-pump-order-sign', sign([{ ...scanRequest, code: 'MRI' }]));
    expect(status).toBe(400);
  });
});

describe('feedback', () => {
  const path = 'itb-pump-status/feedback';
  const card = '11111111-2222-4333-8444-555555555555';
  const reason = { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-card-override', code: 'refilled-elsewhere' };
  const said = { card, outcome: 'overridden', outcomeTimestamp: '2024-08-29T12:05:00Z' };
  const kept = () => ehr.service.rows('select * from card_feedback order by at');

  it('is kept once, with its reason', async () => {
    const overrideReason = { reason: { ...reason, display: 'Refilled elsewhere' }, userComment: 'in Boston' };
    const body = { feedback: [{ ...said, overrideReason }] };
    const answers = [await ehr.call(path, body), await ehr.call(path, body)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(kept()).toEqual([
      {
        ...{ tenant: 'default', service: 'itb-pump-status', card, outcome: 'overridden', at: '2024-08-29T12:05:00Z' },
        reasons: JSON.stringify({ reason, userComment: 'in Boston' }),
        received_at: Temporal.Instant.from('2024-08-29T12:00:00Z').epochMilliseconds,
      },
    ]);
    expect(ehr.accesses().at(-1)).toMatchObject({ operation: 'cds-services/itb-pump-status', status: 200 });
  });

  it('may name no reason, and the service in its token', async () => {
    const accepted = {
      ...said,
      outcome: 'accepted',
      acceptedSuggestions: [{ id: 'x' }],
      outcomeTimestamp: '2024-08-30T00:00:00+02:00',
    };
    const { status } = await ehr.call(path, { feedback: [accepted] }, await ehr.sign());
    expect([status, kept().at(-1)?.reasons]).toEqual([200, null]);
  });

  it.each([
    ['no card', { ...said, card: undefined }],
    ['no known outcome', { ...said, outcome: 'ignored' }],
    ['no time', { ...said, outcomeTimestamp: 'yesterday' }],
  ])('with %s is refused', async (_what, one) => {
    const { status, body } = await ehr.call(path, { feedback: [one] });
    expect([status, body]).toEqual([400, { error: 'The feedback cannot be used.' }]);
  });

  it('needs a token', async () => {
    expect((await ehr.call(path, { feedback: [said] }, 'x.y.z')).status).toBe(401);
  });
});

describe('who calls', () => {
  it('is let in once with one token, and then never again', async () => {
    const token = await ehr.sign();
    const statuses = [
      await ehr.call('itb-pump-status', view(), token),
      await ehr.call('itb-pump-status', view(), token),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 401]);
  });

  it('and is not recognised is told nothing but that, and is written down without a name', async () => {
    const answer = await ehr.call('itb-pump-status', view(), await ehr.sign({ iss: 'https://evil.example' }));
    expect([answer.status, answer.headers.get('www-authenticate'), answer.body]).toEqual([
      401,
      'Bearer realm="cds-services"',
      { error: 'The token is missing or not valid.' },
    ]);
    expect(ehr.accesses().at(-1)).toMatchObject({ operation: 'cds-services/itb-pump-status', status: 401 });
    expect(ehr.accesses().at(-1)).not.toHaveProperty('issuer');
  });

  it('at another tenant than its own is not let in', async () => {
    expect((await ehr.call('/t/other/cds-services/itb-pump-status', view())).status).toBe(401);
  });

  it('is not let in for one service with a token for another', async () => {
    expect((await ehr.call('itb-pump-order-sign', sign([]), await ehr.sign())).status).toBe(401);
  });
});

describe('with a pump page', () => {
  it('a card leads to it, for an EHR to launch', async () => {
    const launches = [{ iss: 'https://ehr.example/fhir', name: 'Hospital' }];
    const other = await startEhr({}, { app: { clientId: 'page', launches } });
    const { body } = await other.call('itb-pump-status', view());
    expect(response.parse(body).cards[0]?.links).toEqual([
      {
        label: 'Open the pump page',
        url: `${other.service.url}/app/launch`,
        type: 'smart',
        appContext: '{"view":"status"}',
      },
    ]);
    await other.close();
  });
});

describe('in a deployment of several tenants', () => {
  let several: Ehr;
  beforeAll(async () => {
    several = await startEhr({}, { sources: { 'urn:other': { tenant: 'other' } } });
  });
  afterAll(() => several.close());

  it('the EHR says of which tenant it is, at the root as below its own', async () => {
    const answers = [
      await several.call('itb-pump-status', view()),
      await several.call('/t/default/cds-services/itb-pump-status', view()),
      await several.call('/t/other/cds-services/itb-pump-status', view()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  it('who is not recognised is written down where the address names a tenant that there is', async () => {
    const before = several.accesses().length;
    await several.call('itb-pump-status', view(), 'x.y.z');
    await several.call('/t/nowhere/cds-services/itb-pump-status', view(), 'x.y.z');
    expect(several.accesses()).toHaveLength(before);
    await several.call('/t/other/cds-services/itb-pump-status', view(), 'x.y.z');
    const rows = several.service.rows("select tenant, outcome from audit where action = 'access' order by seq");
    expect(rows.slice(before)).toEqual([{ tenant: 'other', outcome: '4xx' }]);
  });
});
