import type { BundleEntry, MedicationAdministration } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { storyText } from '../../http/test-service.ts';
import { type Answer, type FhirService, matches, startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let patient: string;
/** Ran when it was first read; ended by the dose change that was reported after. */
let infusion: string;
let adverseEvent: string;
beforeAll(async () => {
  fhir = await startFhirService();
  const lines = (await storyText('flex-and-kinked-catheter')).trim().split('\n');
  const { body } = await fhir.service.post(lines.slice(0, 5).join('\n'), 'application/x-ndjson');
  patient = body.events[0]?.patient as string;
  const [running] = matches<MedicationAdministration>(
    await asked(`MedicationAdministration?patient=${patient}&status=in-progress`),
  );
  infusion = running?.id as string;
  await fhir.service.post(lines.slice(5).join('\n'), 'application/x-ndjson');
  const [event] = matches(await asked(`AdverseEvent?subject=Patient/${patient}`));
  adverseEvent = event?.id as string;
  const report = JSON.parse(lines.find((line) => line.includes('"J03-E07"')) as string);
  await fhir.service.post({
    ...{ schemaVersion: 1, type: 'void', voids: 'J03-E07', reason: 'entered for another patient', test: true },
    ...{ source: { ...report.source, eventId: 'J03-V07' }, occurredAt: report.occurredAt, patient: report.patient },
  });
});
afterAll(() => fhir.close());

const asked = (path: string, more: object = {}) => fhir.ask(path, { scope: 'patient/*.rs', patient, ...more });

describe('the history of a resource that changed', () => {
  test('has every version, newest first, each as it was served', async () => {
    const { status, body } = await asked(`MedicationAdministration/${infusion}/_history`);
    expect([status, body.type, body.total, body.link?.map(({ relation }) => relation)]).toEqual([
      200,
      'history',
      2,
      ['self'],
    ]);
    expect(validate(body)).toEqual([]);
    const [ended, running] = body.entry as BundleEntry<MedicationAdministration>[];
    const url = `MedicationAdministration/${infusion}`;
    expect(ended).toMatchObject({
      fullUrl: `${fhir.base}/${url}`,
      request: { method: 'PUT', url },
      response: { status: '200', etag: 'W/"2"' },
      resource: { status: 'completed', meta: { versionId: '2' } },
    });
    expect(running).toMatchObject({
      request: { method: 'PUT', url },
      response: { status: '201', etag: 'W/"1"', lastModified: '2024-05-01T12:00:00Z' },
      resource: { status: 'in-progress', meta: { versionId: '1' } },
    });
    const versions = await Promise.all([1, 2].map((version) => asked(`${url}/_history/${version}`)));
    expect(versions.map((answer) => answer.body)).toEqual([running?.resource, ended?.resource]);
    expect((await asked(url)).body).toEqual(ended?.resource);
  });

  test('comes in pages, each version once', async () => {
    const first = await asked(`MedicationAdministration/${infusion}/_history?_count=1`);
    const second = await asked(nextOf(first) as string);
    const versions = [first, second].map(({ body }) => body.entry?.map(({ response }) => response?.etag));
    expect(versions).toEqual([['W/"2"'], ['W/"1"']]);
    expect([first.body.total, second.body.total, nextOf(second)]).toEqual([2, 2, undefined]);
  });

  test.each([
    ['2024-05-01T12:00:00Z', 2],
    ['2024-05-01T13:00:00+01:00', 2],
    ['2024-05-01T12:00:01Z', 0],
  ])('since %s has %i of them', async (since, total) => {
    const { body } = await asked(`MedicationAdministration/${infusion}/_history?_since=${encodeURIComponent(since)}`);
    expect([body.total, body.entry?.length ?? 0]).toEqual([total, total]);
    expect(validate(body)).toEqual([]);
  });

  test.each([
    '_count=0',
    '_count=x',
    '_since=2024-05-01',
    '_since=yesterday',
    '_page=x',
    '_at=2024',
    '_count=1&_count=2',
  ])('with %s is refused', async (query) => {
    expect((await asked(`MedicationAdministration/${infusion}/_history?${query}`)).status).toBe(400);
  });
});

describe('a resource that was withdrawn and cannot say so', () => {
  test('is gone', async () => {
    const { status, body } = await asked(`AdverseEvent/${adverseEvent}`);
    expect([status, body.issue]).toEqual([
      410,
      [{ severity: 'error', code: 'deleted', diagnostics: 'The resource was withdrawn.' }],
    ]);
    expect((await asked(`AdverseEvent/${adverseEvent}/_history/2`)).status).toBe(410);
  });

  test('is no longer found', async () => {
    expect(matches(await asked(`AdverseEvent?subject=Patient/${patient}`))).toEqual([]);
    const everything = await asked(`Patient/${patient}/$everything?_type=AdverseEvent`);
    expect([everything.body.total, matches(everything)]).toEqual([0, []]);
  });

  test('keeps its history: what it was, and that it is gone', async () => {
    const { body } = await asked(`AdverseEvent/${adverseEvent}/_history`);
    expect(validate(body)).toEqual([]);
    expect(
      body.entry?.map(({ request, response, resource }) => [request?.method, response?.status, resource?.id]),
    ).toEqual([
      ['DELETE', '204', undefined],
      ['PUT', '201', adverseEvent],
    ]);
    expect((await asked(`AdverseEvent/${adverseEvent}/_history/1`)).status).toBe(200);
  });
});

test('a history of what is out of reach and one of nothing are answered alike', async () => {
  const other = await fhir.tell('spinal-cord-injury-on-time-refills');
  const paths = [`Patient/${other}/_history`, 'Patient/00000000-0000-8000-8000-000000000000/_history'];
  const [there, nowhere] = await Promise.all(paths.map((path) => asked(path)));
  expect([there?.status, there?.text]).toEqual([404, nowhere?.text]);
});

const nextOf = ({ body }: Answer) => body.link?.find(({ relation }) => relation === 'next')?.url;
