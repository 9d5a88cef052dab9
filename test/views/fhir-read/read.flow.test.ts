import type { Device } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { type Answer, type FhirService, matches, startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let flex: string;
let spinal: string;
let pump: Device;
beforeAll(async () => {
  fhir = await startFhirService();
  flex = await fhir.tell('flex-and-kinked-catheter');
  spinal = await fhir.tell('spinal-cord-injury-on-time-refills');
  const [first] = matches<Device>(await asked(`Device?patient=${flex}`));
  pump = first as Device;
});
afterAll(() => fhir.close());

const asked = (path: string, more: object = {}) => fhir.ask(path, { scope: 'patient/*.rs', patient: flex, ...more });

const nobody = '00000000-0000-8000-8000-000000000000';
const noSuch = { severity: 'error', code: 'not-found', diagnostics: 'There is no such resource.' };

describe('a read', () => {
  test('gives the resource with its version, and keeps it out of caches', async () => {
    const { status, headers, body } = await asked(`Device/${pump.id}`);
    expect([status, body]).toEqual([200, pump]);
    expect(validate(body)).toEqual([]);
    const { versionId, lastUpdated } = pump.meta ?? {};
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/fhir+json; charset=utf-8',
      'cache-control': 'private, no-store',
      etag: `W/"${versionId}"`,
      'last-modified': new Date(lastUpdated as string).toUTCString(),
    });
  });

  test('of a Patient gives who is meant, and no name', async () => {
    const { body } = await asked(`Patient/${flex}`);
    expect(body).toMatchObject({ resourceType: 'Patient', id: flex, active: true, gender: 'unknown' });
    expect(validate(body)).toEqual([]);
  });

  test.each([
    ['HEAD', 200, ''],
    ['GET', 200, undefined],
  ])('by %s', async (method, status, text) => {
    const answer = await fetchAs(method, `Device/${pump.id}`);
    expect([answer.status, Number(answer.headers.get('content-length')) > 500]).toEqual([status, true]);
    if (text !== undefined) expect(await answer.text()).toBe(text);
  });

  test.each([
    ['If-None-Match', () => ({ 'if-none-match': `W/"${pump.meta?.versionId}"` }), 304],
    ['If-None-Match, strong', () => ({ 'if-none-match': `"x", "${pump.meta?.versionId}"` }), 304],
    ['If-None-Match of any version', () => ({ 'if-none-match': '*' }), 304],
    ['If-None-Match of another version', () => ({ 'if-none-match': 'W/"99"' }), 200],
    ['If-Modified-Since its change', () => ({ 'if-modified-since': httpDate(0) }), 304],
    ['If-Modified-Since the second before', () => ({ 'if-modified-since': httpDate(-1000) }), 200],
    ['If-Modified-Since a date that is none', () => ({ 'if-modified-since': 'yesterday' }), 200],
    ['both, of which the tag counts', () => ({ 'if-none-match': 'W/"99"', 'if-modified-since': httpDate(0) }), 200],
  ])('with %s', async (_what, headers, status) => {
    const answer = await asked(`Device/${pump.id}`, { headers: headers() });
    expect([answer.status, answer.text === '']).toEqual([status, status === 304]);
    expect(answer.headers.get('etag')).toBe(`W/"${pump.meta?.versionId}"`);
  });

  test('with If-None-Match gives nothing away about what is out of reach', async () => {
    const answer = await asked(`Patient/${spinal}`, { headers: { 'if-none-match': '*' } });
    expect([answer.status, answer.body.issue]).toEqual([404, [noSuch]]);
  });

  test('of what was reported a moment ago gives what was reported', async () => {
    const own = await startFhirService();
    const patient = await own.tell('flex-and-kinked-catheter');
    const answer = await own.ask(`Patient/${patient}`, { scope: 'system/Patient.r' });
    await own.close();
    expect([answer.status, answer.body.id]).toEqual([200, patient]);
  });
});

describe('a versioned read', () => {
  test('gives the present version by its number', async () => {
    const { status, headers, body } = await asked(`Device/${pump.id}/_history/${pump.meta?.versionId}`);
    expect([status, headers.get('etag'), body]).toEqual([200, `W/"${pump.meta?.versionId}"`, pump]);
  });

  test.each(['99', '0', '-1', 'x', '1.5'])('of version %s finds nothing', async (version) => {
    const { status, body } = await asked(`Device/${pump.id}/_history/${version}`);
    expect([status, body.issue]).toEqual([404, [noSuch]]);
  });
});

describe('what there is not', () => {
  test('and what belongs to another patient are answered alike', async () => {
    const answers = [await asked(`Patient/${spinal}`), await asked(`Patient/${nobody}`), await asked('Patient/x')];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(namesOfHeaders)).size).toBe(1);
  });

  test('and what is out of reach take the same queries', async () => {
    const [there] = matches<Device>(await fhir.ask(`Device?patient=${spinal}`, { scope: 'system/*.rs' }));
    const counts = [];
    for (const id of [there?.id, nobody]) counts.push(await queriesOf(() => asked(`Device/${id}`)));
    expect([there?.resourceType, counts]).toEqual(['Device', [counts[1], counts[1]]]);
    expect(counts[0]).toBeGreaterThan(1);
  });

  test('a type that is not served is unknown', async () => {
    const { status, body } = await asked(`Immunization/${nobody}`);
    expect([status, body.issue[0]?.code]).toEqual([404, 'not-supported']);
  });
});

describe('a request that is refused', () => {
  test.each([
    ['without a token', 'GET', {}, 401, 'login'],
    ['to create', 'POST', { scope: 'system/*.cruds' }, 405, 'not-supported'],
    ['to update', 'PUT', { scope: 'system/*.cruds' }, 405, 'not-supported'],
    ['to patch', 'PATCH', { scope: 'system/*.cruds' }, 405, 'not-supported'],
    ['to delete', 'DELETE', { scope: 'system/*.cruds' }, 405, 'not-supported'],
    ['to delete, without a token', 'DELETE', {}, 401, 'login'],
    ['with a scope of another type', 'GET', { scope: 'system/Observation.rs' }, 403, 'forbidden'],
    ['with a scope to search only', 'GET', { scope: 'system/Device.s' }, 403, 'forbidden'],
    ['for XML', 'GET', { scope: 'system/*.rs', headers: { accept: 'application/fhir+xml' } }, 406, 'not-supported'],
    [
      'for R5',
      'GET',
      { scope: 'system/*.rs', headers: { accept: 'application/fhir+json; fhirVersion=5.0' } },
      406,
      'not-supported',
    ],
  ])('%s', async (_what, method, more, status, code) => {
    const answer = await fhir.ask(`Device/${pump.id}`, { method, ...more });
    expect([answer.status, answer.body.issue[0]?.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="fhir"/);
  });

  test.each([
    ['Device', 'GET, HEAD, OPTIONS'],
    ['Device/_search', 'POST, OPTIONS'],
    ['Device/1/_history/1', 'GET, HEAD, OPTIONS'],
    ['Patient/1/$pump-status', 'GET, HEAD, POST, OPTIONS'],
    ['Patient/1/$everything', 'GET, HEAD, OPTIONS'],
    ['', 'GET, HEAD, OPTIONS'],
  ])('to write to %s says what is allowed there: %s', async (path, allow) => {
    const { status, headers } = await asked(path, { method: 'PUT' });
    expect([status, headers.get('allow')]).toEqual([405, allow]);
  });

  test.each([
    ['that is no JSON', '{', 400],
    ['that is too large', `"${'x'.repeat(70_000)}"`, 413],
  ])('with a body %s is refused', async (_what, body, status) => {
    const headers = { 'content-type': 'application/fhir+json' };
    const answer = await asked(`Patient/${flex}/$pump-status`, { method: 'POST', headers, body });
    expect([answer.status, answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  test('for want of scope names the scope, before anything is looked up', async () => {
    const { headers, text } = await fhir.ask(`Device/${nobody}`, { scope: 'patient/Observation.rs', patient: flex });
    expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="patient\/Device\.r"/);
    const there = await fhir.ask(`Device/${pump.id}`, { scope: 'patient/Observation.rs', patient: flex });
    expect([there.status, there.text]).toEqual([403, text]);
  });

  test.each(['?patient=1', '?_summary=true', '?_format=json&_format=xml', '?_elements=id'])(
    'a read with %s',
    async (query) => {
      const { status } = await asked(`Device/${pump.id}${query}`);
      expect(status).toBe(query.includes('xml') ? 406 : 400);
    },
  );

  test('repeats nothing of what was asked', async () => {
    const word = 'Mustermann';
    const paths = [
      `${word}/1`,
      `Device/${word}`,
      `Device/1?${word}=${word}`,
      `Device/1/_history/${word}`,
      `Device?_sort=${word}`,
    ];
    const texts = [];
    for (const path of paths) texts.push((await asked(path)).text);
    expect(texts.filter((text) => text.includes(word))).toEqual([]);
  });
});

describe('an answer is written as the client wants it', () => {
  test.each([
    ['json', 'text/html'],
    ['application/json', '*/*'],
    ['application/fhir%2Bjson', 'text/html'],
    ['application/fhir+json', 'application/fhir+xml'],
    ['text/json', '*/*'],
  ])('_format=%s counts before Accept: %s', async (format, accept) => {
    const { status, headers } = await asked(`Device/${pump.id}?_format=${format}`, { headers: { accept } });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/fhir+json; charset=utf-8']);
  });

  test.each(['xml', 'application/fhir%2Bxml', 'ttl', 'html'])('_format=%s is not had here', async (format) => {
    const { status, body } = await asked(`Device/${pump.id}?_format=${format}`);
    expect([status, body.issue[0]?.code]).toEqual([406, 'not-supported']);
  });

  test.each(['application/fhir+json;fhirVersion=4.0', 'application/json;charset=utf-8', 'application/*', '*/*'])(
    'Accept: %s',
    async (accept) => {
      expect((await asked(`Device/${pump.id}`, { headers: { accept } })).status).toBe(200);
    },
  );

  test('_pretty=true indents', async () => {
    const { text, body } = await asked(`Device/${pump.id}?_pretty=true`);
    expect(text).toBe(JSON.stringify(pump, null, 2));
    expect(body).toEqual(pump);
  });
});

const fetchAs = async (method: string, path: string) =>
  fetch(`${fhir.base}/${path}`, {
    method,
    headers: { authorization: `Bearer ${await fhir.token('patient/*.rs', { patient: flex })}` },
  });

const httpDate = (shiftMs: number): string =>
  new Date(Date.parse(pump.meta?.lastUpdated ?? '') + shiftMs).toUTCString();

const namesOfHeaders = ({ headers }: Answer): string => [...headers.keys()].sort().join(' ');

/** How many statements the database was asked. */
async function queriesOf(work: () => Promise<unknown>): Promise<number> {
  const { db } = fhir.service.app.store;
  const executor = db.getExecutor();
  const original = executor.provideConnection.bind(executor);
  let count = 0;
  executor.provideConnection = (use) => {
    count += 1;
    return original(use);
  };
  await work();
  executor.provideConnection = original;
  return count;
}
