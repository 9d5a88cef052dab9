import type { Observation, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../../src/auth/keys.ts';
import { startTokenIssuer, type TokenIssuer } from '../../auth/token-issuer.ts';
import { startTestService, storyText } from '../../http/test-service.ts';
import { type FhirService, matches, startFhirService, storyNow, trusted } from './fhir-service.ts';

const nobody = '00000000-0000-8000-8000-000000000000';
const doses = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation|programmed-daily-dose';

describe('a scope that names a search', () => {
  let fhir: FhirService;
  let patient: string;
  let dose: string;
  let panel: string;
  beforeAll(async () => {
    fhir = await startFhirService();
    patient = await fhir.tell('flex-and-kinked-catheter');
    const all = matches<Observation>(await fhir.ask(`Observation?patient=${patient}`, { scope: 'system/*.rs' }));
    const idOf = (code: string) =>
      all.find((one) => one.code?.coding?.some((coding) => coding.code === code))?.id as string;
    [dose, panel] = [idOf('programmed-daily-dose'), idOf('pump-status-panel')];
  });
  afterAll(() => fhir.close());

  const asked = (path: string) => fhir.ask(path, { scope: `patient/Observation.rs?code=${doses}`, patient });

  test('lets read what it finds', async () => {
    expect([(await asked(`Observation/${dose}`)).status, (await asked(`Observation/${dose}`)).body.id]).toEqual([
      200,
      dose,
    ]);
  });

  test('makes all else as unknown as what there is not', async () => {
    const [other, nothing] = [await asked(`Observation/${panel}`), await asked(`Observation/${nobody}`)];
    expect([other.status, nothing.status, other.text]).toEqual([404, 404, nothing.text]);
  });

  test.each(['_history', '_history/1', '$pump-status'])('is too little for %s', async (what) => {
    const path = what === '$pump-status' ? `Patient/${patient}/$pump-status` : `Observation/${dose}/${what}`;
    expect((await asked(path)).status).toBe(403);
  });

  test('finds in a search what it names, and nothing else', async () => {
    const found = matches<Observation>(await asked(`Observation?patient=${patient}`));
    expect(found).toHaveLength(6);
    expect(matches(await asked(`Observation?_id=${panel}`))).toEqual([]);
  });
});

describe('a scope on one patient beside a scope on all of them', () => {
  test('gives no other patient’s resources what it gives the one’s', async () => {
    const fhir = await startFhirService();
    const [one, another] = [
      await fhir.tell('flex-and-kinked-catheter'),
      await fhir.tell('spinal-cord-injury-on-time-refills'),
    ];
    const scope = `system/Patient.rs patient/Observation.rs?code=${doses} system/Observation.rs?status=preliminary`;
    const observations = async (id: string) =>
      matches(await fhir.ask(`Patient/${id}/$everything?_type=Observation`, { scope, patient: one })).length;
    const counts = [await observations(one), await observations(another)];
    await fhir.close();
    expect(counts).toEqual([6, 0]);
  });
});

describe('a caller who calls the patient by the name of another server', () => {
  let fhir: FhirService;
  let issuer: TokenIssuer;
  let patient: string;
  let token: string;
  beforeAll(async () => {
    issuer = await startTokenIssuer();
    const key = await issuer.newKey('ES384');
    issuer.publish(key);
    const ehr = {
      ...{ name: 'ehr', environment: 'test' as const, fhirBaseUrl: 'http://127.0.0.1:9/fhir', clientId: 'adapter' },
      ...{ signingKey: { env: 'EHR_KEYS' }, patientIdentifierSystems: {}, allowAddresses: ['127.0.0.1'] },
    };
    process.env.EHR_KEYS = JSON.stringify({ keys: [await generateSigningKey('ES384')] });
    fhir = await startFhirService({ issuers: [{ ...trusted(issuer), patientIdsOf: 'ehr' }], destinations: [ehr] });
    patient = await fhir.tell('flex-and-kinked-catheter');
    await fhir.service.app.store.db
      .insertInto('patient_match')
      .values({ tenant: 'default', destination: 'ehr', patient_id: patient, server_id: 'ehr.pat-7', matched_at: 0 })
      .execute();
    const seconds = Math.floor(Temporal.Instant.from(storyNow).epochMilliseconds / 1000);
    token = await issuer.sign(key, {
      ...{ iss: issuer.issuer, sub: 'nurse', aud: fhir.base, scope: 'patient/*.rs', patient: 'ehr.pat-7' },
      ...{ exp: seconds + 300 },
    });
  });
  afterAll(async () => {
    delete process.env.EHR_KEYS;
    await fhir.close();
    await issuer.close();
  });

  const asked = async (path: string) => {
    const answer = await fhir.ask(path, { headers: { authorization: `Bearer ${token}` } });
    expect(`${answer.text} ${JSON.stringify([...answer.headers])}`).not.toContain(patient);
    return answer;
  };

  test('reads the Patient under that name', async () => {
    const { status, body } = await asked('Patient/ehr.pat-7');
    expect([status, body.id]).toEqual([200, 'ehr.pat-7']);
  });

  test('searches and is answered with it, in references and links too', async () => {
    const answer = await asked('Observation?patient=ehr.pat-7&_count=2');
    expect(matches<Observation>(answer).map(({ subject }) => subject?.reference)).toEqual(
      Array(2).fill('Patient/ehr.pat-7'),
    );
    const next = answer.body.link?.find(({ relation }) => relation === 'next')?.url as string;
    expect(matches(await asked(next))).toHaveLength(2);
  });

  test('gets everything, page by page', async () => {
    const first = await asked('Patient/ehr.pat-7/$everything?_count=1');
    expect(first.body.entry?.[0]?.fullUrl).toBe(`${fhir.base}/Patient/ehr.pat-7`);
    const next = first.body.link?.find(({ relation }) => relation === 'next')?.url as string;
    expect(matches<Resource>(await asked(next)).map(({ resourceType }) => resourceType)).toEqual(['Device']);
  });

  test('is audited by our id', async () => {
    await asked('Patient/ehr.pat-7');
    const [row] = fhir.service.rows("select detail from audit where action = 'access' order by seq desc limit 1");
    expect(JSON.parse(row?.detail as string)).toMatchObject({ resourceType: 'Patient', resourceId: patient, patient });
  });
});

describe('tenants and environments', () => {
  test('a token of one tenant opens nothing of another, and the root belongs to nobody', async () => {
    const issuer = await startTokenIssuer();
    const key = await issuer.newKey('ES384');
    issuer.publish(key);
    const other = await startTokenIssuer();
    const service = await startTestService(
      {
        issuers: [
          { ...trusted(issuer), tenant: 'north' },
          { ...trusted(other), tenant: 'default' },
        ],
      },
      storyNow,
    );
    const { body } = await service.post(await storyText('flex-and-kinked-catheter'), 'application/x-ndjson');
    const patient = body.events[0]?.patient as string;
    const seconds = Math.floor(Temporal.Instant.from(storyNow).epochMilliseconds / 1000);
    const base = `${service.url}/t/north/fhir`;
    const claims = { iss: issuer.issuer, sub: 'nurse', aud: base, scope: 'system/*.rs', exp: seconds + 300 };
    const authorization = `Bearer ${await issuer.sign(key, claims)}`;
    const statuses = [];
    for (const address of [base, `${service.url}/t/default/fhir`, `${service.url}/fhir`, `${service.url}/t/x/fhir`]) {
      statuses.push((await fetch(`${address}/Patient/${patient}`, { headers: { authorization } })).status);
    }
    await service.close();
    await Promise.all([issuer.close(), other.close()]);
    expect(statuses).toEqual([404, 401, 404, 404]);
  });

  test('the one tenant answers at the root and under its name, each with links of its own', async () => {
    const fhir = await startFhirService();
    const patient = await fhir.tell('flex-and-kinked-catheter');
    const named = `${fhir.service.url}/t/default/fhir`;
    const answers = await Promise.all(
      [fhir.base, named].map((base) => fhir.ask(`${base}/Device?patient=${patient}`, { scope: 'system/*.rs' })),
    );
    await fhir.close();
    const first = answers.map(({ body }) => body.entry?.[0]?.fullUrl?.replace(/\/Device\/.*/, ''));
    expect(first).toEqual([fhir.base, named]);
  });

  test('who reads about living patients finds none of tests', async () => {
    const issuer = await startTokenIssuer();
    const key = await issuer.newKey('ES384');
    issuer.publish(key);
    const fhir = await startFhirService({ issuers: [{ ...trusted(issuer), environment: 'live' }] });
    const patient = await fhir.tell('flex-and-kinked-catheter');
    const exp = Math.floor(Temporal.Instant.from(storyNow).epochMilliseconds / 1000) + 300;
    const claims = { iss: issuer.issuer, sub: 'nurse', aud: fhir.base, scope: 'system/*.rs', exp };
    const headers = { authorization: `Bearer ${await issuer.sign(key, claims)}` };
    const answers = [await fhir.ask(`Patient/${patient}`, { headers }), await fhir.ask('Device', { headers })];
    await fhir.close();
    await issuer.close();
    expect(answers.map(({ status, body }) => [status, body.total])).toEqual([
      [404, undefined],
      [200, 0],
    ]);
  });
});

describe('a browser', () => {
  let fhir: FhirService;
  beforeAll(async () => {
    fhir = await startFhirService({ fhir: { allowOrigins: ['https://app.test'] } });
  });
  afterAll(() => fhir.close());

  test.each([
    ['https://app.test', 'https://app.test'],
    ['https://evil.test', null],
  ])('of a page of %s is allowed to read: %s', async (origin, allowed) => {
    const preflight = await fetch(`${fhir.base}/Device`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
    const answer = await fetch(`${fhir.base}/Device`, { headers: { origin } });
    const headers = [preflight, answer].map((one) => one.headers.get('access-control-allow-origin'));
    expect([preflight.status, ...headers]).toEqual([204, allowed, allowed]);
    expect(answer.headers.get('vary')).toContain('Origin');
    if (allowed === null) return;
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
  });

  test.each(['https://app.test/', 'https://app.test/page', 'app.test', '*'])('%s is no origin', async (origin) => {
    await expect(startTestService({ fhir: { allowOrigins: [origin] } })).rejects.toThrow('fhir.allowOrigins');
  });
});
