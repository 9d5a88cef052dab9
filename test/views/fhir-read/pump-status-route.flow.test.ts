import type { Bundle, Device, Observation } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { type Asked, type FhirService, matches, startFhirService } from './fhir-service.ts';

let fhir: FhirService;
let patient: string;
let other: string;
let pump: string;
let othersPump: string;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('flex-and-kinked-catheter');
  other = await fhir.tell('spinal-cord-injury-on-time-refills');
  [pump, othersPump] = await Promise.all([pumpOf(patient), pumpOf(other)]);
});
afterAll(() => fhir.close());

async function pumpOf(id: string): Promise<string> {
  const devices = matches<Device>(await fhir.ask(`Device?patient=${id}`, { scope: 'system/*.rs' }));
  return devices.find(({ meta }) => meta?.profile?.some((url) => url.endsWith('/itb-pump')))?.id as string;
}

const asked = (path: string, more: Asked = {}) => fhir.ask(path, { scope: 'patient/*.rs', patient, ...more });

/** When the summary of the pump speaks of. */
const instantOf = ({ entry = [] }: Pick<Bundle, 'entry'>) =>
  (entry[0]?.resource as Observation | undefined)?.effectiveDateTime;

const parameters = (...parameter: object[]): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify({ resourceType: 'Parameters', ...(parameter.length > 0 && { parameter }) }),
});

describe('$pump-status', () => {
  test('of the patient and of their one pump say the same', async () => {
    const [ofPatient, ofPump] = [
      await asked(`Patient/${patient}/$pump-status`),
      await asked(`Device/${pump}/$pump-status`),
    ];
    expect([ofPatient.status, ofPatient.body.type, ofPump.status]).toEqual([200, 'collection', 200]);
    expect(ofPump.body).toEqual(ofPatient.body);
    expect(validate(ofPatient.body)).toEqual([]);
    expect(ofPatient.headers.get('cache-control')).toBe('private, no-store');
  });

  test('speaks of now, or of the instant that was asked', async () => {
    const at = '2024-03-01T00:00:00Z';
    const answers = [
      await asked(`Patient/${patient}/$pump-status`),
      await asked(`Patient/${patient}/$pump-status`, parameters()),
      await asked(`Patient/${patient}/$pump-status`, { method: 'POST' }),
      await asked(`Patient/${patient}/$pump-status?at=${at}`),
      await asked(`Patient/${patient}/$pump-status`, parameters({ name: 'at', valueDateTime: at })),
      await asked(`Patient/${patient}/$pump-status?at=${encodeURIComponent('2024-03-01T01:00:00+01:00')}`),
    ];
    const now = '2024-05-01T12:00:00Z';
    expect(answers.map(({ body }) => Temporal.Instant.from(instantOf(body) as string).toString())).toEqual([
      now,
      now,
      now,
      at,
      at,
      at,
    ]);
  });

  test.each([
    ['a day', '?at=2024-03-01', {}],
    ['a local time', '?at=2024-03-01T00:00:00', {}],
    ['no date', '?at=yesterday', {}],
    ['another parameter', '?when=2024-03-01T00:00:00Z', {}],
    ['two instants', '?at=2024-03-01T00:00:00Z&at=2024-03-02T00:00:00Z', {}],
    ['further ahead than it tells', '?at=2035-01-01T00:00:00Z', {}],
    ['another name in the Parameters', '', parameters({ name: 'when', valueDateTime: '2024-03-01T00:00:00Z' })],
    ['another type in the Parameters', '', parameters({ name: 'at', valueString: '2024-03-01T00:00:00Z' })],
    ['more Parameters', '', parameters({ name: 'at' }, { name: 'at' })],
    ['another resource', '', { ...parameters(), body: '{"resourceType":"Patient"}' }],
    ['a list', '', { ...parameters(), body: '[]' }],
  ])('with %s is refused', async (_what, query, more) => {
    const { status, body } = await asked(`Patient/${patient}/$pump-status${query}`, more);
    expect([status, body.resourceType]).toEqual([400, 'OperationOutcome']);
  });

  test('with a body of another media type is refused', async () => {
    const more = { ...parameters(), headers: { 'content-type': 'text/plain' } };
    expect((await asked(`Patient/${patient}/$pump-status`, more)).status).toBe(415);
  });

  test.each(['Device', 'MedicationAdministration', 'Observation'])('is refused without %s', async (type) => {
    const scope = ['Device', 'MedicationAdministration', 'Observation']
      .filter((one) => one !== type)
      .map((one) => `patient/${one}.r`)
      .join(' ');
    const answers = await Promise.all([
      asked(`Patient/${patient}/$pump-status`, { scope }),
      asked(`Patient/${other}/$pump-status`, { scope }),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual(
      Array(2).fill([403, expect.stringContaining(`scope="patient/${type}.r"`)]),
    );
  });

  test('of another patient is as unknown as of nobody', async () => {
    const nobody = '00000000-0000-8000-8000-000000000000';
    for (const [there, nowhere] of [
      [`Patient/${other}`, `Patient/${nobody}`],
      [`Device/${othersPump}`, `Device/${nobody}`],
    ]) {
      const answers = [await asked(`${there}/$pump-status`), await asked(`${nowhere}/$pump-status`)];
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      expect(answers[0]?.text).toBe(answers[1]?.text);
    }
  });

  test('of everyone for a scope of the whole clinic', async () => {
    const answers = await Promise.all(
      [`Patient/${other}`, `Device/${othersPump}`].map((path) =>
        fhir.ask(`${path}/$pump-status`, { scope: 'system/*.r' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('knows what was reported a moment ago', async () => {
    const own = await startFhirService();
    const id = await own.tell('flex-and-kinked-catheter');
    const { status, body } = await own.ask(`Patient/${id}/$pump-status`, { scope: 'patient/*.rs', patient: id });
    await own.close();
    expect([status, instantOf(body)]).toEqual([200, expect.any(String)]);
  });
});
