import type { Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { type Answer, type Asked, type FhirService, matches, startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let patient: string;
let other: string;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('flex-and-kinked-catheter');
  other = await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(() => fhir.close());

const asked = (path: string, more: Asked = {}) => fhir.ask(path, { scope: 'patient/*.rs', patient, ...more });

const formType = 'application/x-www-form-urlencoded';
const posted = (path: string, body: string, contentType = formType) =>
  asked(path, { method: 'POST', headers: { 'content-type': contentType }, body });

const codesOf = (answer: Answer) => new Set(matches<Observation>(answer).map(({ code }) => code?.coding?.[0]?.code));
const nextOf = ({ body }: Answer) => body.link?.find(({ relation }) => relation === 'next')?.url as string;

describe('a search', () => {
  test('by GET is a Bundle of type searchset with a link to itself, and has no version of its own', async () => {
    const { status, headers, body } = await asked(`Observation?patient=${patient}&code=programmed-daily-dose`);
    expect([status, body.type, body.total, headers.get('etag')]).toEqual([200, 'searchset', 6, null]);
    expect(validate(body)).toEqual([]);
    expect(body.link?.map(({ relation }) => relation)).toEqual(['self']);
    expect(body.link?.[0]?.url).toContain(`${fhir.base}/Observation?`);
  });

  test('by POST counts what stands in its form and what stands in its address', async () => {
    const both = await posted(`Observation/_search?patient=${patient}`, 'code=programmed-daily-dose');
    const form = await posted('Observation/_search', `patient=Patient%2F${patient}&code=programmed-daily-dose`);
    const address = await asked(`Observation/_search?code=programmed-daily-dose`, { method: 'POST' });
    expect([both, form, address].map((answer) => [answer.status, answer.body.total])).toEqual(Array(3).fill([200, 6]));
    expect(codesOf(both)).toEqual(new Set(['programmed-daily-dose']));
    // One parameter in both places: both must hold.
    const twice = await posted('Observation/_search?code=programmed-daily-dose', 'code=pump-status-panel');
    expect(twice.body.total).toBe(0);
  });

  test('by HEAD has the headers alone', async () => {
    const { status, headers, text } = await asked('Observation', { method: 'HEAD' });
    expect([status, Number(headers.get('content-length')) > 10_000, text]).toEqual([200, true, '']);
  });

  test.each([
    ['JSON', 'application/json', '{"patient":"1"}', 415],
    ['text', 'text/plain', 'patient=1', 415],
    ['more than it reads', formType, `patient=${'x'.repeat(70_000)}`, 413],
  ])('by POST with %s is refused', async (_what, contentType, body, status) => {
    const answer = await posted('Observation/_search', body, contentType);
    expect([answer.status, answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  test('by POST needs a token too', async () => {
    const { status } = await asked('Observation/_search', { method: 'POST', scope: undefined } as Asked);
    expect(status).toBe(401);
  });

  test.each(["$'", '$&', '$`'])('is not changed by what %s means where texts are replaced', async (sign) => {
    const values = Array(6).fill(sign).join(',');
    const { status, body } = await asked(`Observation?patient=${encodeURIComponent(values)}`, { scope: 'system/*.rs' });
    expect([status, body.issue[0]?.diagnostics]).toEqual([
      400,
      'Search parameter "patient" cannot be read: it takes an id, Type/id, or an address of this server.',
    ]);
  });

  test('with what is not known is refused, or where the client says so answered without it, and that is said', async () => {
    const strict = await asked('Observation?flavour=x');
    const preferred = await asked('Observation?flavour=x', { headers: { prefer: 'return=minimal, handling=strict' } });
    const lenient = await asked('Observation?flavour=x&code=programmed-daily-dose', {
      headers: { prefer: 'handling=lenient' },
    });
    expect([strict.status, preferred.status, lenient.status]).toEqual([400, 400, 200]);
    expect([lenient.body.total, codesOf(lenient)]).toEqual([6, new Set(['programmed-daily-dose'])]);
    const outcomes = lenient.body.entry?.filter(({ search }) => search?.mode === 'outcome') ?? [];
    expect(outcomes.map(({ resource }) => resource?.resourceType)).toEqual(['OperationOutcome']);
    expect(lenient.body.link?.[0]?.url).not.toContain('flavour');
  });
});

describe('a page link', () => {
  test('goes on where the page ended', async () => {
    const all = matches(await asked('Observation?_count=100')).map(({ id }) => id);
    const first = await asked('Observation?_count=9');
    const second = await asked(nextOf(first));
    expect([...matches(first), ...matches(second)].map(({ id }) => id)).toEqual(all.slice(0, 18));
  });

  test('works for nobody else', async () => {
    const link = nextOf(await asked('Observation?_count=9'));
    const answers = [
      await fhir.ask(link, { scope: 'patient/*.rs', patient: other }),
      await fhir.ask(link, { scope: 'system/*.rs' }),
      await asked(link.replace(/_page=..../, '_page=AAAA')),
    ];
    expect(answers.map(({ status }) => status >= 400 && status !== 403)).toEqual([true, true, true]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await fhir.ask(link, {})).status).toBe(401);
    expect((await asked(link, { scope: 'patient/Device.rs' })).status).toBe(403);
  });

  test('holds nothing that can be read', async () => {
    expect(nextOf(await asked(`Observation?patient=${patient}&_count=9`))).not.toContain(patient);
  });
});

describe('what belongs to another patient', () => {
  test.each([
    ['named', () => `Observation?patient=${other}`],
    ['named by its type', () => `Observation?subject=Patient/${other}`],
    ['asked for by id', () => `Patient?_id=${other}`],
    ['reached by a chain', () => 'Device?patient.identifier=MRN0001'],
  ])('is not found when %s', async (_what, path) => {
    const [there, nowhere] = [
      await asked(path()),
      await asked(path().replace(other, '00000000-0000-8000-8000-000000000000').replace('MRN0001', 'MRN9999')),
    ];
    expect([there.status, matches(there)]).toEqual([200, []]);
    expect(there.text.replaceAll(other, '').replaceAll('MRN0001', '')).toBe(
      nowhere.text.replaceAll('00000000-0000-8000-8000-000000000000', '').replaceAll('MRN9999', ''),
    );
  });
});
