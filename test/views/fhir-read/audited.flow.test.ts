import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asked, FhirService } from './fhir-service.ts';
import { startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let patient: string;
let other: string;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('flex-and-kinked-catheter');
  other = await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(() => fhir.close());

/** The rows that a request left behind, as they are on disk when its answer is there. */
async function rowsOf(path: string, asked: Asked = { scope: 'patient/*.rs', patient }) {
  const before = fhir.service.rows('select max(seq) as seq from audit')[0]?.seq;
  const { status, headers } = await fhir.ask(path, asked);
  const rows = fhir.service.rows(`select * from audit where action = 'access' and seq > ${before}`);
  return rows.map(({ detail, outcome, actor, tenant }) => {
    const { requestId, network, ...said } = JSON.parse(detail as string);
    expect([requestId, said.status]).toEqual([headers.get('x-request-id'), status]);
    expect(network).toContain('127.0.0.1');
    return { ...said, outcome, actor, tenant };
  });
}

const nurse = { subject: 'nurse', clientId: 'bedside', actor: 'bedside', tenant: 'default', environment: 'test' };

describe('each access is written down before it is answered', () => {
  test('a read', async () => {
    const [row, ...more] = await rowsOf(`Patient/${patient}`);
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      ...nurse,
      ...{ interaction: 'read', resourceType: 'Patient', resourceId: patient, patient, status: 200, outcome: '2xx' },
    });
  });

  test('a read that the client had already', async () => {
    const asked = { scope: 'patient/*.rs', patient, headers: { 'if-none-match': '*' } };
    expect(await rowsOf(`Patient/${patient}`, asked)).toMatchObject([{ status: 304, outcome: '3xx', patient }]);
  });

  test.each([
    ['_history/1', 'vread', undefined],
    ['_history', 'history', undefined],
    ['$everything', 'operation', 'everything'],
  ])('%s', async (what, interaction, operation) => {
    const [row] = await rowsOf(`Patient/${patient}/${what}`);
    expect([row?.interaction, row?.operation, row?.patient]).toEqual([interaction, operation, patient]);
  });

  test('a search of one patient, with the codes, dates and ids that it asked for', async () => {
    const query = `patient=Patient/${patient}&status=final&date=ge2023-11-20&code=http://loinc.org|x&identifier=NGP1&_count=2&_page_x=1`;
    const [row] = await rowsOf(`Observation?${query}`, {
      scope: 'patient/*.rs',
      patient,
      headers: { prefer: 'handling=lenient' },
    });
    expect(row).toMatchObject({ interaction: 'search', resourceType: 'Observation', status: 200 });
    expect(row?.query).toBe(
      `patient=Patient/${patient}&status=final&date=ge2023-11-20&code=http://loinc.org|x&identifier&_count=2`,
    );
  });

  test('a search by POST', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const [row] = await rowsOf('Device/_search', {
      scope: 'patient/*.rs',
      patient,
      method: 'POST',
      headers,
      body: 'manufacturer=Medtronic&udi-di=1234',
    });
    expect(row).toMatchObject({ interaction: 'search', resourceType: 'Device', query: 'manufacturer&udi-di' });
  });

  test('a search across patients names each', async () => {
    const [row] = await rowsOf('Device', { scope: 'system/*.rs' });
    expect(row?.patients.toSorted()).toEqual([patient, other].toSorted());
  });

  test('what is refused: without a token, without a scope, of another patient', async () => {
    const rows = [
      ...(await rowsOf(`Patient/${patient}`, {})),
      ...(await rowsOf(`Patient/${patient}`, { scope: 'patient/Device.rs', patient })),
      ...(await rowsOf(`Patient/${other}`)),
      ...(await rowsOf('Patient/Mustermann')),
      ...(await rowsOf(`Device?name=Mustermann`)),
    ];
    expect(rows).toMatchObject([
      { status: 401, actor: 'unknown', resourceType: 'Patient', resourceId: patient },
      { status: 403, actor: 'bedside', resourceType: 'Patient', resourceId: patient },
      { status: 404, actor: 'bedside', resourceType: 'Patient', resourceId: other },
      { status: 404, actor: 'bedside', resourceType: 'Patient' },
      { status: 400, actor: 'bedside', resourceType: 'Device' },
    ]);
    expect(rows.map(({ patient, patients }) => patient ?? patients)).toEqual(Array(5).fill(undefined));
    expect(JSON.stringify(rows)).not.toContain('Mustermann');
  });
});

describe('what no interaction answers is written down too', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/fhir+json' };
  const tooLarge = { method: 'POST', headers: form, body: `patient=${'x'.repeat(70_000)}` };
  const noJson = { method: 'POST', headers: json, body: '{' };
  test.each([
    ['a delete', 'Patient/x', { method: 'DELETE' }, 405],
    ['an update', 'Patient/x', { method: 'PUT', headers: json, body: '{}' }, 405],
    ['an address that there is not', 'Patient/x/y/z', { method: 'GET' }, 404],
    ['a body that is too large', 'Observation/_search', tooLarge, 413],
    ['a body that is no JSON', 'Patient/x/$pump-status', noJson, 400],
  ])('%s, with a token and without', async (_what, path, sent, status) => {
    const operation = { interaction: 'operation', operation: sent.method };
    const [known, ...more] = await rowsOf(path, { scope: 'patient/*.rs', patient, ...sent });
    expect([known, more]).toEqual([expect.objectContaining({ ...nurse, ...operation, status }), []]);
    const [unknown, ...others] = await rowsOf(path, sent);
    expect([unknown, others]).toEqual([
      expect.objectContaining({ ...operation, actor: 'unknown', tenant: 'default', status: 401 }),
      [],
    ]);
  });
});

test('what cannot be written down is not answered', async () => {
  const own = await startFhirService();
  const id = await own.tell('flex-and-kinked-catheter');
  await own.ask(`Patient/${id}`, { scope: 'system/*.rs' });
  await own.service.app.store.db.schema.alterTable('audit').renameTo('audit_gone').execute();
  const { status, text } = await own.ask(`Patient/${id}`, { scope: 'system/*.rs' });
  await own.service.app.store.db.schema.alterTable('audit_gone').renameTo('audit').execute();
  await own.close();
  expect(status).toBe(500);
  expect(text).not.toContain(id);
});
