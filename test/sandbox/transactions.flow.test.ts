import type { Bundle, BundleEntry, Observation, Resource } from '@medplum/fhirtypes';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensure, type Hospital, identifierQuery, observation, startHospital, transaction } from './hospital.ts';

let hospital: Hospital;

beforeAll(async () => {
  hospital = await startHospital();
});
afterAll(() => hospital.close());

const send = async (body: Bundle, at = hospital) => at.fhir('POST', '', { body });
const statusesOf = (body: Bundle) => body.entry?.map(({ response }) => response?.status);
const named = (value: string, at = hospital) =>
  at.sandbox.resources('Observation').filter((each) => (each as Observation).identifier?.[0]?.value === value);
const put = (resource: Resource, ifMatch?: string): BundleEntry => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ifMatch },
});
const invalid = observation('invalid', { subject: { reference: 'Patient/elsewhere' } });

describe('a transaction', () => {
  test('answers each entry with status, location, etag and lastModified', async () => {
    const { status, body } = await send(transaction(ensure(observation('t-1'))));
    const { id, meta } = body.entry[0].resource;
    expect([status, body.type]).toEqual([200, 'transaction-response']);
    expect(body.entry[0].response).toEqual({
      status: '201 Created',
      etag: 'W/"1"',
      lastModified: meta.lastUpdated,
      location: `Observation/${id}/_history/1`,
    });
  });

  test('with return=minimal answers without the resources', async () => {
    const headers = { prefer: 'return=minimal' };
    const { body } = await hospital.fhir('POST', '', { body: transaction(ensure(observation('t-min'))), headers });
    expect(Object.keys(body.entry[0])).toEqual(['response']);
  });

  test('resolves references between its entries, forward and to what already exists', async () => {
    const device = { fullUrl: `urn:uuid:${crypto.randomUUID()}`, resource: { resourceType: 'Device' as const } };
    const pump: BundleEntry = { ...device, request: { method: 'POST', url: 'Device' } };
    const first = ensure(observation('t-part', { device: { reference: device.fullUrl } }));
    const whole = ensure(observation('t-whole', { hasMember: [{ reference: first.fullUrl }] }));
    const { body } = await send(transaction(whole, first, pump));
    const [stored, part, pumpStored] = body.entry.map(({ resource }: BundleEntry) => resource);
    expect(stored.hasMember[0].reference).toBe(`Observation/${part.id}`);
    expect(part.device.reference).toBe(`Device/${pumpStored.id}`);
    const later = ensure(observation('t-later', { hasMember: [{ reference: first.fullUrl }] }));
    const second = (await send(transaction(first, later))).body;
    expect(statusesOf(second)).toEqual(['200 OK', '201 Created']);
    expect(second.entry[1].resource.hasMember[0].reference).toBe(`Observation/${part.id}`);
  });

  test('of which an entry fails is undone as a whole: creates, updates, deletes, versions and the index', async () => {
    const [changed, removed] = (await send(transaction(ensure(observation('r-1')), ensure(observation('r-2'))))).body
      .entry;
    const before = hospital.sandbox.resources();
    const { status, body } = await send(
      transaction(
        ensure(observation('r-new')),
        put({ ...changed.resource, identifier: observation('r-moved').identifier, status: 'amended' }),
        { request: { method: 'DELETE', url: `Observation/${removed.resource.id}` } },
        ensure(invalid),
      ),
    );
    expect([status, body.resourceType]).toEqual([400, 'OperationOutcome']);
    expect(hospital.sandbox.resources()).toEqual(before);
    expect(hospital.sandbox.history('Observation', changed.resource.id)).toHaveLength(1);
    const totals = ['r-1', 'r-2', 'r-new', 'r-moved'].map(async (value) => {
      return (await hospital.fhir('GET', `/Observation?${identifierQuery(value)}`)).body.total;
    });
    expect(await Promise.all(totals)).toEqual([1, 1, 0, 0]);
    const retry = await send(transaction(put({ ...changed.resource, status: 'amended' }, 'W/"1"')));
    expect(statusesOf(retry.body)).toEqual(['200 OK']);
  });

  test('names the entry that failed', async () => {
    const { body } = await send(
      transaction(ensure(observation('e-1')), ensure({ ...observation('e-2'), status: 7 as never })),
    );
    expect(body.issue[0].expression[0]).toBe('Bundle.entry[1]');
  });

  test('with a stale ifMatch answers 412 and changes nothing; an unreadable one 400', async () => {
    const [{ resource }] = (await send(transaction(ensure(observation('m-1'))))).body.entry;
    await send(transaction(put({ ...resource, status: 'amended' }, 'W/"1"')));
    const stale = await send(
      transaction(ensure(observation('m-2')), put({ ...resource, status: 'corrected' }, 'W/"1"')),
    );
    const unreadable = await send(transaction(put({ ...resource, status: 'corrected' }, '2')));
    expect([stale.status, unreadable.status, named('m-2')]).toEqual([412, 400, []]);
  });

  test('of which a condition matches several resources answers 412', async () => {
    for (const _ of [1, 2]) await hospital.fhir('POST', '/Observation', { body: observation('twice') });
    expect((await send(transaction(ensure(observation('twice'))))).status).toBe(412);
  });

  test('updates conditionally by identifier', async () => {
    const conditional: BundleEntry = {
      resource: observation('cond', { status: 'amended' }),
      request: { method: 'PUT', url: `Observation?${identifierQuery('cond')}` },
    };
    const statuses = [await send(transaction(conditional)), await send(transaction(ensure(observation('cond'))))];
    expect(statuses.map(({ body }) => statusesOf(body))).toEqual([['201 Created'], ['200 OK']]);
    expect(named('cond')).toHaveLength(1);
  });

  test('must not write one resource twice', async () => {
    const [{ resource }] = (await send(transaction(ensure(observation('d-1'))))).body.entry;
    const twice = transaction(put({ ...resource, status: 'amended' }), put({ ...resource, status: 'corrected' }));
    expect((await send(twice)).status).toBe(400);
    expect(hospital.sandbox.history('Observation', resource.id)).toHaveLength(1);
  });

  test('must not be of another type or hold another bundle', async () => {
    const inner = transaction(ensure(observation('nested')));
    const nested = transaction({ resource: inner, request: { method: 'POST', url: '/' } });
    const collection = { ...transaction(ensure(observation('x'))), type: 'collection' as const };
    expect([(await send(nested)).status, (await send(collection)).status]).toEqual([400, 400]);
  });
});

test('of 20 identical conditional creates at once exactly one creates', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(transaction(ensure(observation('race'))))));
  const statuses = answers.flatMap(({ body }) => statusesOf(body)).toSorted();
  expect(statuses).toEqual([...Array(19).fill('200 OK'), '201 Created']);
  expect(named('race')).toHaveLength(1);
});

test('a reader never sees half a transaction', async () => {
  const failing = transaction(...Array.from({ length: 10 }, () => ensure(observation('half'))), ensure(invalid));
  const reads = Array.from({ length: 20 }, () => hospital.fhir('GET', '/Observation?identifier=half'));
  const [, ...seen] = await Promise.all([send(failing), ...reads]);
  expect(seen.map(({ body }) => body.total)).toEqual(Array(20).fill(0));
});

test('in batch mode a transaction answers 200 with the errors inside and keeps the rest, as some servers do', async () => {
  const lenient = await startHospital({ atomicTransactions: 'batch' });
  const { status, body } = await send(transaction(ensure(observation('kept')), ensure(invalid)), lenient);
  expect([status, statusesOf(body)]).toEqual([200, ['201 Created', '400 Bad Request']]);
  expect(body.entry[1].response.outcome.resourceType).toBe('OperationOutcome');
  expect(named('kept', lenient)).toHaveLength(1);
  await lenient.close();
});

test('a user token is verified with the published keys and carries scope, patient and audience', async () => {
  const { sandbox } = hospital;
  const claims = { scope: 'patient/Device.rs', patient: 'p1', audience: 'http://app', expiresInSeconds: 60 };
  const token = await sandbox.issueUserToken(claims);
  const keys = createLocalJWKSet((await hospital.fhir('GET', sandbox.jwksUri, { token: '' })).body);
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: sandbox.issuer, audience: 'http://app' });
  expect(payload).toMatchObject({ scope: 'patient/Device.rs', patient: 'p1' });
  expect([protectedHeader.alg, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual(['RS384', 60]);
});

test('latency is added to each request', async () => {
  const slow = await startHospital({ latencyMs: 30 });
  const start = performance.now();
  await slow.fhir('GET', '/metadata', { token: '' });
  expect(performance.now() - start).toBeGreaterThanOrEqual(29);
  await slow.close();
});

test('the last 1000 requests are recorded, without their queries', async () => {
  const watched = await startHospital();
  await watched.fhir('GET', '/Patient?identifier=urn:mrn%7CM1');
  expect(watched.sandbox.requests.at(-1)).toEqual({ method: 'GET', path: '/fhir/Patient', status: 200 });
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => watched.fhir('GET', '/metadata', { token: '' })));
  }
  const paths = new Set(watched.sandbox.requests.map(({ path }) => path));
  expect([watched.sandbox.requests.length, [...paths]]).toEqual([1000, ['/fhir/metadata']]);
  await watched.close();
});
