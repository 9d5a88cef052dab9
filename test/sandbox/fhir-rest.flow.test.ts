import type { Bundle, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hospital, identifierQuery, noonMs, observation, startHospital } from './hospital.ts';

let hospital: Hospital;
const minuteMs = 60_000;
let nowMs = noonMs;

beforeAll(async () => {
  hospital = await startHospital({ clock: () => nowMs });
});
afterAll(() => hospital.close());

const create = async (value: string, over: Partial<Observation> = {}) =>
  (await hospital.fhir('POST', '/Observation', { body: observation(value, over) })).body as Observation & {
    id: string;
  };

const issueCode = (body: { issue?: { code: string }[] }) => body.issue?.[0]?.code;

describe('writing', () => {
  test('a create answers 201 with id, version 1, ETag, Location and Last-Modified; the id is the server`s', async () => {
    const body = { ...observation('created'), id: 'mine' };
    const answer = await hospital.fhir('POST', '/Observation', { body });
    expect([answer.status, answer.headers.get('server')]).toEqual([201, 'itb-fhir-sandbox']);
    const { id, meta } = answer.body;
    expect([id === 'mine', meta]).toEqual([false, { versionId: '1', lastUpdated: '2026-03-02T12:00:00.000Z' }]);
    expect(answer.headers.get('etag')).toBe('W/"1"');
    expect(answer.headers.get('location')).toBe(`${hospital.sandbox.baseUrl}/Observation/${id}/_history/1`);
    expect(answer.headers.get('last-modified')).toBe('Mon, 02 Mar 2026 12:00:00 GMT');
  });

  test('an update makes a version; the same content again makes none', async () => {
    const { id } = await create('updated');
    const put = () =>
      hospital.fhir('PUT', `/Observation/${id}`, { body: { ...observation('updated'), status: 'amended', id } });
    expect([(await put()).headers.get('etag'), (await put()).headers.get('etag')]).toEqual(['W/"2"', 'W/"2"']);
    const statuses = hospital.sandbox.history('Observation', id).map((version) => (version as Observation).status);
    expect(statuses).toEqual(['amended', 'final']);
  });

  test('If-Match of the current version passes, of a stale one answers 412 and changes nothing', async () => {
    const { id } = await create('matched');
    const put = (version: string, status: string) =>
      hospital.fhir('PUT', `/Observation/${id}`, {
        body: { ...observation('matched'), status, id },
        headers: { 'if-match': version },
      });
    expect((await put('W/"1"', 'amended')).status).toBe(200);
    const stale = await put('W/"1"', 'corrected');
    expect([stale.status, issueCode(stale.body)]).toEqual([412, 'conflict']);
    expect((await hospital.fhir('GET', `/Observation/${id}`)).body.status).toBe('amended');
  });

  test('an If-Match that cannot be read is refused, not ignored', async () => {
    const { id } = await create('unreadable');
    const headers = { 'if-match': '1' };
    const answer = await hospital.fhir('PUT', `/Observation/${id}`, { body: { ...observation('x'), id }, headers });
    expect(answer.status).toBe(400);
  });

  test('an update never creates', async () => {
    const answer = await hospital.fhir('PUT', '/Observation/chosen', { body: { ...observation('x'), id: 'chosen' } });
    expect([answer.status, hospital.sandbox.history('Observation', 'chosen')]).toEqual([404, []]);
  });

  test('a deleted resource answers 410, is not found by search and keeps its history', async () => {
    const { id } = await create('deleted');
    expect((await hospital.fhir('DELETE', `/Observation/${id}`)).status).toBe(200);
    const again = await hospital.fhir('PUT', `/Observation/${id}`, { body: { ...observation('deleted'), id } });
    const read = await hospital.fhir('GET', `/Observation/${id}`);
    expect([read.status, issueCode(read.body), again.status]).toEqual([410, 'deleted', 410]);
    expect((await hospital.fhir('GET', `/Observation?${identifierQuery('deleted')}`)).body.total).toBe(0);
    expect((await hospital.fhir('GET', `/Observation/${id}/_history`)).body.total).toBe(1);
  });

  test('If-None-Exist: none 201, one 200 with the existing, several 412', async () => {
    const conditional = () =>
      hospital.fhir('POST', '/Observation', {
        body: observation('once'),
        headers: { 'if-none-exist': identifierQuery('once') },
      });
    const [first, second] = [await conditional(), await conditional()];
    expect([first.status, second.status, second.body.id]).toEqual([201, 200, first.body.id]);
    await create('once');
    expect((await conditional()).status).toBe(412);
  });

  test.each(['', 'identifier=', '_count=1'])('a condition without criteria (%j) creates nothing', async (criteria) => {
    const body = { resourceType: 'Procedure', status: 'completed', subject: { reference: 'Patient/p1' } };
    const headers = { 'if-none-exist': criteria };
    const created = await hospital.fhir('POST', '/Procedure', { body, headers });
    const updated = await hospital.fhir('PUT', `/Procedure?${criteria}`, { body });
    expect([created.status >= 400, updated.status >= 400]).toEqual([true, true]);
    expect(hospital.sandbox.resources('Procedure')).toEqual([]);
  });

  test('return=minimal answers without a body', async () => {
    const headers = { prefer: 'return=minimal' };
    const answer = await hospital.fhir('POST', '/Observation', { body: observation('minimal'), headers });
    expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([201, undefined, 'W/"1"']);
  });
});

describe('what is no valid resource is refused', () => {
  test.each([
    ['an unknown element', { colour: 'red' }],
    ['a missing required element', { code: undefined }],
    ['a wrong JSON type', { status: 7 }],
    ['a code outside its required value set', { status: 'bogus' }],
    ['a dateTime that is none', { effectiveDateTime: '2026-13-02' }],
    ['a reference to a patient who is not here', { subject: { reference: 'Patient/elsewhere' } }],
    ['a urn:uuid reference', { subject: { reference: 'urn:uuid:5b1f0ab4-6f3c-4d0e-9c34-0d3f0f3f7f10' } }],
  ])('%s', async (_what, over) => {
    const answer = await hospital.fhir('POST', '/Observation', { body: { ...observation('invalid'), ...over } });
    expect([answer.status, answer.body.resourceType]).toEqual([400, 'OperationOutcome']);
    expect((await hospital.fhir('GET', `/Observation?${identifierQuery('invalid')}`)).body.total).toBe(0);
  });

  test.each([
    ['a type that this server does not hold', 'GET', '/Encounter/x', 404],
    ['a search of such a type', 'GET', '/Encounter', 404],
    ['a search of all types', 'GET', '/?_type=Observation', 404],
    ['a body of another type', 'POST', '/Device', 400],
    ['a patch', 'PATCH', '/Observation/x', 404],
    ['GraphQL', 'POST', '/$graphql', 404],
    ['a conditional delete', 'DELETE', '/Observation?status=final', 404],
  ])('%s', async (_what, method, path, expected) => {
    const body = method === 'GET' ? undefined : observation('x');
    const answer = await hospital.fhir(method, path, { body });
    expect([answer.status, answer.body.resourceType]).toEqual([expected, 'OperationOutcome']);
  });

  test('JSON that does not parse, another media type, an answer in XML', async () => {
    const broken = await hospital.fhir('POST', '/Observation', { body: '{' });
    const xml = { 'content-type': 'application/fhir+xml' };
    const wrongType = await hospital.fhir('POST', '/Observation', { body: '<Observation/>', headers: xml });
    const wantsXml = await hospital.fhir('GET', '/Patient/p1', { headers: { accept: 'application/fhir+xml' } });
    expect([broken, wrongType, wantsXml].map(({ status }) => status)).toEqual([400, 415, 406]);
    expect([broken, wrongType, wantsXml].map(({ body }) => body.resourceType)).toEqual(
      Array(3).fill('OperationOutcome'),
    );
  });
});

describe('searching', () => {
  const totalOf = async (path: string) => (await hospital.fhir('GET', path)).body.total;

  test.each([
    ['an unknown parameter', '/Observation?colour=red'],
    ['a chained parameter', '/Observation?subject:Patient.identifier=M1'],
    ['_has', '/Patient?_has:Observation:patient:status=final'],
    ['an unsupported modifier', '/Observation?code:text=dose'],
    ['_include', '/Observation?_include=Observation:subject'],
    ['_sort', '/Observation?_sort=date'],
    ['identifier on Provenance, which has none in R4', '/Provenance?identifier=x'],
  ])('%s is refused with 400, not answered with 0 hits', async (_what, path) => {
    const { status, body } = await hospital.fhir('GET', path);
    expect([status, issueCode(body)]).toEqual([400, 'not-supported']);
  });

  test('a negative _count is refused', async () => {
    expect((await hospital.fhir('GET', '/Observation?_count=-1')).status).toBe(400);
  });

  test('by identifier: with system, without, a list is OR, case counts', async () => {
    await Promise.all([create('s-1'), create('s-2')]);
    expect(await totalOf(`/Observation?${identifierQuery('s-1')}`)).toBe(1);
    expect(await totalOf('/Observation?identifier=s-1')).toBe(1);
    expect(await totalOf(`/Observation?${identifierQuery('s-1')},s-2,s-3`)).toBe(2);
    expect(await totalOf('/Observation?identifier=other%7Cs-1')).toBe(0);
    expect(await totalOf('/Observation?identifier=S-1')).toBe(0);
  });

  test('by tag, patient, subject, device, code, status and _id', async () => {
    const device = (await hospital.fhir('POST', '/Device', { body: { resourceType: 'Device' } })).body;
    const { id } = await create('all', {
      meta: { tag: [{ system: 'urn:tags', code: 't1' }] },
      device: { reference: `Device/${device.id}` },
      code: { coding: [{ system: 'urn:codes', code: 'c1' }] },
      status: 'preliminary',
    });
    const found = ['_tag=urn:tags%7Ct1', 'patient=p1', 'subject=Patient/p1', `device=Device/${device.id}`];
    for (const criterion of [...found, 'code=urn:codes%7Cc1', 'status=preliminary', `_id=${id}`]) {
      expect([criterion, await totalOf(`/Observation?_id=${id}&${criterion}`)]).toEqual([criterion, 1]);
    }
    for (const criterion of ['_tag=urn:tags%7Ct2', 'patient=p2', 'code=c2', 'status=final', 'device=Device/x']) {
      expect([criterion, await totalOf(`/Observation?_id=${id}&${criterion}`)]).toEqual([criterion, 0]);
    }
  });

  test('the index follows an update: the old identifier finds nothing', async () => {
    const { id } = await create('before');
    await hospital.fhir('PUT', `/Observation/${id}`, { body: { ...observation('after'), id } });
    expect([await totalOf('/Observation?identifier=before'), await totalOf('/Observation?identifier=after')]).toEqual([
      0, 1,
    ]);
  });

  test('by POST _search gives the same, and no self link that would write the criteria down', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await hospital.fhir('POST', '/Patient/_search', { body: 'identifier=urn:mrn%7CM1', headers });
    expect([answer.status, answer.body.total, answer.body.link]).toEqual([200, 1, []]);
    expect(JSON.stringify(hospital.sandbox.requests)).not.toContain('M1');
  });

  test('pages through next links that hold no criteria, each resource once', async () => {
    const other = { resourceType: 'Patient' as const, id: 'paged' };
    await hospital.sandbox.addPatients([other]);
    for (const value of ['a', 'b', 'c', 'd', 'e']) await create(value, { subject: { reference: 'Patient/paged' } });
    const pages: Bundle[] = [];
    let url: string | undefined = '/Observation?patient=paged&_count=2';
    while (url) {
      const page: Bundle = (await hospital.fhir('GET', url)).body;
      pages.push(page);
      url = page.link?.find(({ relation }) => relation === 'next')?.url;
      expect(url ?? '').not.toContain('patient');
    }
    expect(pages.map(({ entry }) => entry?.length)).toEqual([2, 2, 1]);
    expect(new Set(pages.flatMap(({ entry }) => entry?.map(({ resource }) => resource?.id))).size).toBe(5);
  });
});

describe('metadata', () => {
  test('names exactly what is offered', async () => {
    const { body } = await hospital.fhir('GET', '/metadata', { token: '' });
    expect(body).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', kind: 'instance' });
    const [rest] = body.rest;
    expect(rest.interaction).toEqual([{ code: 'transaction' }, { code: 'batch' }]);
    const named = (type: string) => rest.resource.find((resource: { type: string }) => resource.type === type);
    expect(named('Patient').interaction.map(({ code }: { code: string }) => code)).not.toContain('create');
    expect(named('Observation')).toMatchObject({
      conditionalCreate: true,
      updateCreate: false,
      versioning: 'versioned',
    });
    for (const { type, searchParam } of rest.resource) {
      for (const { name, type: kind } of searchParam) {
        const value = kind === 'date' ? '2026' : 'x';
        expect([type, name, (await hospital.fhir('GET', `/${type}?${name}=${value}`)).status]).toEqual([
          type,
          name,
          200,
        ]);
      }
    }
  });

  test('smart-configuration says how to get a token', async () => {
    const { body } = await hospital.fhir('GET', '/.well-known/smart-configuration', { token: '' });
    const { issuer, tokenUrl, jwksUri } = hospital.sandbox;
    expect(body).toMatchObject({
      issuer,
      jwks_uri: jwksUri,
      token_endpoint: tokenUrl,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      grant_types_supported: ['client_credentials'],
      capabilities: ['client-confidential-asymmetric', 'permission-v2', 'permission-v1'],
    });
  });
});

test('lastUpdated follows the clock', async () => {
  const { id } = await create('clocked');
  nowMs += minuteMs;
  const { body } = await hospital.fhir('PUT', `/Observation/${id}`, {
    body: { ...observation('clocked'), status: 'amended', id },
  });
  expect(body.meta.lastUpdated).toBe('2026-03-02T12:01:00.000Z');
});
