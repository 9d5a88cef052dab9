import type { Bundle, Observation, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { afterEach, describe, expect, it } from 'vitest';
import { serverKind } from './catalogue.ts';
import { admit, ask, type OpenServer, openServer } from './open-server.ts';

/** The simulators themselves: a server that let everything pass would prove nothing. */

const opened: OpenServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

async function open(name: string, quirks: object = {}): Promise<OpenServer> {
  const kind = serverKind(name);
  const server = await openServer({ ...kind, quirks: { ...kind.quirks, ...quirks } });
  opened.push(server);
  await admit(server, 'A');
  return server;
}

const observation = (value: number, more: object = {}): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'urn:x', code: 'dose' }] },
  subject: { reference: 'Patient/patient-a' },
  identifier: [{ system: 'urn:x', value: `v${value}` }],
  valueQuantity: { value, unit: 'ug/d' },
  ...more,
});

const json = <T>({ text }: { text: string }) => JSON.parse(text) as T;
const issueOf = (answer: { text: string }) => json<OperationOutcome>(answer).issue[0];
const foundIn = (answer: { text: string }) =>
  (json<Bundle>(answer).entry ?? []).map(({ resource }) => resource as Resource);

describe('a simulated Epic', () => {
  it('answers a create with the place alone, and a type that it does not take with its own number', async () => {
    const server = await open('Epic-like, discrete');
    const created = await ask(server, 'POST', 'Observation', { body: observation(100) });
    expect([created.status, created.text]).toEqual([201, '']);
    expect(created.headers.get('location')).toMatch(/\/fhir\/Observation\/[0-9a-f-]{36}\/_history\/1$/);
    const device = await ask(server, 'POST', 'Device', { body: { resourceType: 'Device' } });
    expect([device.status, issueOf(device)?.details?.coding?.[0]?.code]).toEqual([405, '4115']);
    expect(server.simulator.violations).toEqual(['create Device: interaction-not-offered']);
  });

  it('wants the patient in every search, and tells in words when nothing was found', async () => {
    const server = await open('Epic-like, discrete');
    const without = await ask(server, 'GET', 'Observation?identifier=urn:x%7Cv1');
    expect([without.status, issueOf(without)?.details?.coding?.[0]?.code]).toEqual([400, '4111']);
    const none = await ask(server, 'GET', 'Observation?patient=patient-a&identifier=urn:x%7Cv1');
    expect(foundIn(none).map(({ resourceType }) => resourceType)).toEqual(['OperationOutcome']);
    expect(server.simulator.violations).toEqual(['search-type Observation: patient-not-named']);
  });

  it('refuses what is there already, and does not look at the version of an update', async () => {
    const server = await open('Epic-like, discrete');
    const created = await ask(server, 'POST', 'Observation', { body: observation(100) });
    const again = await ask(server, 'POST', 'Observation', { body: observation(100) });
    expect([again.status, issueOf(again)?.details?.coding?.[0]?.code]).toEqual([400, '59141']);
    const id = created.headers.get('location')?.split('/').at(-3);
    const headers = { 'if-match': 'W/"7"' };
    const updated = await ask(server, 'PUT', `Observation/${id}`, { body: { ...observation(120), id }, headers });
    expect(updated.status).toBe(200);
    expect(server.simulator.violations).toEqual([]);
  });

  it('finds a hundred at most, and says that there are more', async () => {
    const server = await open('Epic-like, discrete');
    for (let n = 0; n < 101; n++) await server.simulator.write(observation(n));
    const page = await ask(server, 'GET', 'Observation?patient=patient-a&_count=50');
    const next = json<Bundle>(page).link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const second = await ask(server, 'GET', next.slice(`${server.simulator.baseUrl}/`.length));
    const found = [...foundIn(page), ...foundIn(second)].filter(({ resourceType }) => resourceType === 'Observation');
    expect(found.length).toBe(100);
    expect(json<Bundle>(second).link).toEqual([]);
    expect(foundIn(page).at(-1)).toMatchObject({ issue: [{ details: { coding: [{ code: '59133' }] } }] });
  });
});

describe('a simulated Oracle Health', () => {
  it('wants the version of an update, and answers 409 to a stale one', async () => {
    const server = await open('Oracle-like');
    const { id } = await server.simulator.write(observation(100));
    const put = (headers: Record<string, string>) =>
      ask(server, 'PUT', `Observation/${id}`, { body: { ...observation(120), id }, headers });
    expect((await put({})).status).toBe(400);
    expect((await put({ 'if-match': 'W/"9"' })).status).toBe(409);
    expect((await put({ 'if-match': 'W/"1"' })).status).toBe(200);
    expect(server.simulator.violations).toEqual(['update Observation: version-not-named']);
  });

  it('answers 422 to standard beside proprietary codes and to a modifier extension, and nothing to a type that it lacks', async () => {
    const server = await open('Oracle-like');
    const loinc = { system: 'http://loinc.org', code: '1-8' };
    const mixed = observation(1, { code: { coding: [{ system: 'urn:x', code: 'dose' }, loinc] } });
    const modified = observation(1, { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] });
    expect((await ask(server, 'POST', 'Observation', { body: mixed })).status).toBe(422);
    expect((await ask(server, 'POST', 'Observation', { body: modified })).status).toBe(422);
    const other = await ask(server, 'POST', 'AdverseEvent', { body: { resourceType: 'AdverseEvent' } });
    expect([other.status, other.text]).toEqual([404, '']);
    expect(server.simulator.violations).toEqual([
      'create Observation: coding-not-taken',
      'create Observation: element-not-taken',
      'create AdverseEvent: type-not-held',
    ]);
  });

  it('takes a batch and no transaction, and answers each entry by itself', async () => {
    const server = await open('Oracle-like');
    const entry = [
      { resource: observation(1), request: { method: 'POST' as const, url: 'Observation' } },
      { resource: { resourceType: 'Device' as const }, request: { method: 'POST' as const, url: 'Device' } },
    ];
    const transaction = { resourceType: 'Bundle', type: 'transaction', entry };
    expect((await ask(server, 'POST', '', { body: transaction })).status).toBe(422);
    const batch = await ask(server, 'POST', '', { body: { ...transaction, type: 'batch' } });
    expect(json<Bundle>(batch).entry?.map(({ response }) => response?.status)).toEqual(['201', '405']);
    expect(server.simulator.resources('Observation').length).toBe(1);
    expect(server.simulator.violations).toEqual([
      'transaction: bundle-not-offered',
      'create Device: interaction-not-offered',
    ]);
  });

  it('repeats the last resource of a page on the next, and searches by nothing that it does not list', async () => {
    const server = await open('Oracle-like');
    for (let n = 0; n < 6; n++) await server.simulator.write(observation(n));
    const page = await ask(server, 'GET', 'Observation?patient=patient-a');
    const next = json<Bundle>(page).link?.find(({ relation }) => relation === 'next')?.url ?? '';
    const second = await ask(server, 'GET', next.slice(`${server.simulator.baseUrl}/`.length));
    expect(foundIn(page).length).toBe(5);
    expect(foundIn(second).map(({ id }) => id)).toContain(foundIn(page).at(-1)?.id);
    expect((await ask(server, 'GET', 'Observation?patient=patient-a&identifier=urn:x%7Cv1')).status).toBe(400);
    expect(server.simulator.violations).toEqual(['search-type Observation: parameter-not-offered']);
  });
});

describe('a simulated FHIR server', () => {
  const ensure = (resource: Observation, more: object = {}) => ({
    fullUrl: 'urn:uuid:5bba4a5c-5dd1-4b39-9f1b-6d6f4a9d1a10',
    resource,
    request: { method: 'POST' as const, url: 'Observation', ifNoneExist: 'identifier=urn%3Ax%7Cv1', ...more },
  });
  const transaction = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });

  it('creates under a condition once, and keeps nothing of a transaction of which an entry fails', async () => {
    const server = await open('HAPI-like');
    for (const expected of ['201', '200']) {
      const answer = await ask(server, 'POST', '', { body: transaction(ensure(observation(1))) });
      expect(json<Bundle>(answer).entry?.map(({ response }) => response?.status)).toEqual([expected]);
    }
    const failing = transaction(
      { resource: observation(2), request: { method: 'POST', url: 'Observation' } },
      { resource: observation(3), request: { method: 'PUT', url: 'Observation/nowhere' } },
    );
    expect((await ask(server, 'POST', '', { body: failing })).status).toBe(404);
    expect(server.simulator.resources('Observation').length).toBe(1);
    expect(server.simulator.violations).toEqual([]);
  });

  it('leads references inside a transaction to what is created or found, and refuses those that lead nowhere', async () => {
    const server = await open('HAPI-like');
    const provenance = {
      resourceType: 'Provenance',
      target: [{ reference: 'urn:uuid:5bba4a5c-5dd1-4b39-9f1b-6d6f4a9d1a10' }],
      recorded: '2026-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Patient/patient-a' } }],
    };
    const entry = { resource: provenance, request: { method: 'POST', url: 'Provenance' } };
    await ask(server, 'POST', '', { body: transaction(entry, ensure(observation(1))) });
    const [written] = server.simulator.resources('Provenance');
    const [target] = server.simulator.resources('Observation');
    expect(written).toMatchObject({ target: [{ reference: `Observation/${target?.id}` }] });
    expect((await ask(server, 'POST', 'Provenance', { body: provenance })).status).toBe(400);
    expect(server.simulator.violations).toEqual(['create Provenance: reference-unknown']);
  });

  it('counts a condition that it does not offer', async () => {
    const server = await open('nothing conditional');
    const headers = { 'if-none-exist': 'identifier=urn:x%7Cv1' };
    expect((await ask(server, 'POST', 'Observation', { body: observation(1), headers })).status).toBe(412);
    expect(server.simulator.violations).toEqual(['create Observation: condition-not-offered']);
  });

  it('queues a create, and finds late what was written', async () => {
    const queueing = await open('creates queued for review', { searchLag: 2 });
    const queued = await ask(queueing, 'POST', 'Observation', { body: observation(1) });
    expect([queued.status, queued.text, queued.headers.get('location')]).toEqual([202, '', null]);
    const search = () => ask(queueing, 'GET', 'Observation?identifier=urn:x%7Cv1');
    expect(foundIn(await search())).toEqual([]);
    expect(foundIn(await search()).length).toBe(1);
  });

  it('refuses what no scope covers, and lets nobody in without a token', async () => {
    const server = await open('HAPI-like');
    expect((await fetch(`${server.simulator.baseUrl}/Observation`)).status).toBe(401);
    expect((await ask(server, 'DELETE', 'Observation/x')).status).toBe(403);
    expect(server.simulator.violations).toEqual(['delete Observation: scope-missing']);
  });

  it('shows a page for people where its gateway knows no such thing', async () => {
    const server = await open('MEDITECH-like');
    const answer = await ask(server, 'POST', 'Observation', { body: observation(1) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([405, 'text/html; charset=utf-8']);
    expect(server.simulator.resources('Observation')).toEqual([]);
  });
});
