import type { Observation, Period, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { storyText } from '../../http/test-service.ts';
import { type Answer, type FhirService, matches, startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let patient: string;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('flex-and-kinked-catheter');
  await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(() => fhir.close());

const asked = (query = '', scope = 'patient/*.rs') =>
  fhir.ask(`Patient/${patient}/$everything${query}`, { scope, patient });

describe('everything of one patient', () => {
  test('is the Patient first, then the whole therapy with devices, drugs and provenance', async () => {
    const answer = await asked();
    const resources = matches<Resource>(answer);
    expect([answer.status, answer.body.type, answer.body.total]).toEqual([200, 'searchset', resources.length]);
    expect(validate(answer.body)).toEqual([]);
    expect(resources[0]?.id).toBe(patient);
    const counts = Object.fromEntries(
      Map.groupBy(resources, (one) => one.resourceType)
        .entries()
        .map(([type, of]) => [type, of.length]),
    );
    expect(counts).toEqual({
      ...{ Patient: 1, Device: 3, Medication: 4, MedicationAdministration: 14, MedicationRequest: 6, Procedure: 11 },
      ...{ Observation: 22, AdverseEvent: 1, Provenance: counts.Provenance },
    });
    expect(counts.Provenance).toBeGreaterThan(10);
  });

  test('refers to nothing that is not in it', async () => {
    const { text, body } = await asked();
    const there = new Set(body.entry?.map(({ fullUrl }) => fullUrl));
    const references = [...text.matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => `${fhir.base}/${reference}`);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((one) => !there.has(one))).toEqual([]);
  });

  test.each([1, 7, 40])('comes in pages of %i, each resource once and in the same order', async (count) => {
    const all = matches<Resource>(await asked()).map(({ id }) => id);
    const pages = await pagesOf(`?_count=${count}`);
    expect(pages.flatMap((page) => matches<Resource>(page).map(({ id }) => id))).toEqual(all);
    expect(pages.map((page) => matches(page).length).slice(0, -1)).toEqual(Array(pages.length - 1).fill(count));
    expect(new Set(pages.map(({ body }) => body.total))).toEqual(new Set([all.length]));
  });

  test('keeps its pages while something is reported', async () => {
    const own = await startFhirService();
    const text = await storyText('flex-and-kinked-catheter');
    const lines = text.trim().split('\n');
    const { body } = await own.service.post(lines.slice(0, 9).join('\n'), 'application/x-ndjson');
    const id = body.events[0]?.patient as string;
    const ask = (path: string) => own.ask(path, { scope: 'patient/*.rs', patient: id });
    const before = matches<Resource>(await ask(`Patient/${id}/$everything`)).map((one) => one.id);
    const first = await ask(`Patient/${id}/$everything?_count=20`);
    await own.service.post(lines.slice(9).join('\n'), 'application/x-ndjson');
    const rest = await pagesFrom(first, ask);
    await own.close();
    const shown = [first, ...rest].flatMap((page) => matches<Resource>(page).map((one) => one.id));
    expect(shown.slice(0, before.length)).toEqual(before);
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.length).toBeGreaterThan(before.length);
  });

  test('of some types', async () => {
    const types = matches<Resource>(await asked('?_type=Device,Procedure')).map(({ resourceType }) => resourceType);
    expect([types.filter((type) => type === 'Device').length, types.length]).toEqual([3, 14]);
  });

  test('since an instant', async () => {
    expect((await asked('?_since=2024-05-01T12:00:00Z&_type=Device')).body.total).toBe(3);
    const { body } = await asked('?_since=2024-05-01T12:00:01Z&_type=Device');
    expect([body.total, validate(body)]).toEqual([0, []]);
  });

  test('of a span of care: what happened in it, what lasted into it, and what has no date', async () => {
    const resources = matches<Resource>(
      await asked('?start=2023-11-21&end=2023-11-22&_type=Device,Procedure,MedicationAdministration'),
    );
    const dates = resources.map(({ resourceType, ...rest }) => {
      const { performedDateTime, effectivePeriod, effectiveDateTime } = rest as {
        performedDateTime?: string;
        effectivePeriod?: Period;
        effectiveDateTime?: string;
      };
      const { start, end } = effectivePeriod ?? {};
      return [resourceType, performedDateTime ?? effectiveDateTime ?? start, end].filter(Boolean).join(' ');
    });
    expect(dates.sort()).toEqual([
      ...Array(3).fill('Device'),
      'MedicationAdministration 2023-06-06T09:30:00+01:00 2023-11-21T14:40:00+00:00',
      'MedicationAdministration 2023-11-21T14:40:00+00:00',
      'MedicationAdministration 2023-11-21T14:40:00+00:00 2023-11-22T15:00:00+00:00',
      'MedicationAdministration 2023-11-22T15:00:00+00:00 2023-11-24T15:00:00+00:00',
      'Procedure 2023-11-21T14:00:00+00:00',
      'Procedure 2023-11-21T14:40:00+00:00',
      'Procedure 2023-11-22T15:00:00+00:00',
    ]);
  });

  test('of a span of care with the provenance of what is in it, and no other', async () => {
    const { body } = await asked('?end=2023-04-30');
    const resources = (body.entry ?? []).map(({ resource }) => resource as Resource);
    const ids = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    const targets = resources.flatMap((one) => (one.resourceType === 'Provenance' ? [one.target ?? []] : []));
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((of) => !of.some(({ reference }) => ids.has(reference as string)))).toEqual([]);
    expect(targets.length).toBeLessThan(10);
  });

  test.each([
    '_count=0',
    '_count=many',
    '_since=2024-05-01',
    '_type=Immunization',
    '_type=',
    'start=soon',
    'end=1.1.2024',
    'mode=full',
    '_count=1&_count=2',
  ])('with %s is refused', async (query) => {
    const { status, text } = await asked(`?${query}`);
    expect(status).toBe(400);
    expect(text).not.toMatch(/soon|many|Immunization|1\.1\.2024/);
  });

  test('has no page that begins at nothing', async () => {
    expect((await asked('?_page=00000000-0000-8000-8000-000000000000')).status).toBe(404);
    expect((await asked('?_page=x')).status).toBe(404);
  });
});

describe('of what a scope does not cover', () => {
  test('it gives nothing, and says so', async () => {
    const answer = await asked('?_type=Patient,Device,Observation', 'patient/Patient.r patient/Device.r');
    expect(matches<Resource>(answer).map(({ resourceType }) => resourceType)).toEqual([
      'Patient',
      'Device',
      'Device',
      'Device',
    ]);
    expect(
      answer.body.entry?.filter(({ search }) => search?.mode === 'outcome').map(({ resource }) => resource),
    ).toEqual([
      {
        resourceType: 'OperationOutcome',
        issue: [
          {
            ...{ severity: 'information', code: 'suppressed' },
            diagnostics: 'The access token does not cover Observation: they are not in this answer.',
          },
        ],
      },
    ]);
  });

  test('in part it gives the part', async () => {
    const code = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation|programmed-daily-dose';
    const answer = await asked('?_type=Patient,Observation', `patient/Patient.r patient/Observation.r?code=${code}`);
    const observations = matches<Observation>(answer).slice(1);
    expect(observations).toHaveLength(6);
    expect(new Set(observations.map((one) => one.code?.coding?.[0]?.code))).toEqual(new Set(['programmed-daily-dose']));
    expect(answer.body.total).toBe(7);
  });

  test('of the Patient it is refused', async () => {
    const { status, headers } = await asked('', 'patient/Device.rs patient/Observation.rs');
    expect([status, headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="patient/Patient.r"'),
    ]);
  });

  test('another patient is as unknown as nobody', async () => {
    const other = await fhir.tell('pump-replaced-catheter-kept');
    const answers = await Promise.all(
      [other, '00000000-0000-8000-8000-000000000000'].map((id) =>
        fhir.ask(`Patient/${id}/$everything`, { scope: 'patient/*.rs', patient }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });
});

const pagesOf = async (query: string) => {
  const first = await asked(query);
  return [first, ...(await pagesFrom(first, (url) => fhir.ask(url, { scope: 'patient/*.rs', patient })))];
};

async function pagesFrom(first: Answer, ask: (url: string) => Promise<Answer>): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let next = nextOf(first); next !== undefined; next = nextOf(pages.at(-1) as Answer)) pages.push(await ask(next));
  return pages;
}

const nextOf = ({ body }: Answer) => body.link?.find(({ relation }) => relation === 'next')?.url;
