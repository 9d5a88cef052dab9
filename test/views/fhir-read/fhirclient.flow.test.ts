import { createRequire } from 'node:module';
import type { MedicationAdministration, Observation, Patient, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FhirService, matches, startFhirService } from './fhir-service.ts';

/** The client that most SMART apps are written with, as it runs in Node, against the running service. */

interface Client {
  readonly patient: {
    readonly id: string | null;
    read(): Promise<Resource>;
    request(query: string, how?: object): Promise<never>;
  };
  request(query: string, how?: object): Promise<never>;
  create(resource: object): Promise<unknown>;
}

interface ClientState {
  readonly serverUrl: string;
  readonly tokenResponse: object;
}

/** Its own types belong to a browser, and would bring those of a browser to every other test. */
const smart: (request: object, response: object) => { client(state: ClientState): Client } = createRequire(
  import.meta.url,
)('fhirclient');

let fhir: FhirService;
let patient: string;
let client: Client;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('flex-and-kinked-catheter');
  await fhir.tell('spinal-cord-injury-on-time-refills');
  client = clientWith(await fhir.token('launch/patient patient/*.rs', { patient }));
});
afterAll(() => fhir.close());

const clientWith = (token: string) =>
  smart({}, {}).client({
    serverUrl: fhir.base,
    tokenResponse: { access_token: token, token_type: 'bearer', patient },
  });

describe('fhirclient', () => {
  test('reads the patient of its launch', async () => {
    const read = (await client.patient.read()) as Patient;
    expect([client.patient.id, read.resourceType, read.id]).toEqual([patient, 'Patient', patient]);
  });

  test('walks every page of what it asks about its patient', async () => {
    const all = matches<Observation>(
      await fhir.ask(`Observation?patient=${patient}&_count=500`, { scope: 'system/*.rs' }),
    );
    const found: Observation[] = await client.patient.request('Observation?_count=5', { pageLimit: 0, flat: true });
    expect(found).toEqual(all);
    expect(found.length).toBeGreaterThan(15);
  });

  test('resolves references over pages', async () => {
    const found: { data: MedicationAdministration[]; references: Record<string, Resource> } =
      await client.patient.request('MedicationAdministration?_count=5', {
        pageLimit: 0,
        flat: true,
        resolveReferences: ['subject', 'device', 'medicationReference'],
        graph: false,
      } as object);
    const named = found.data.flatMap(({ subject, medicationReference }) =>
      [subject?.reference, medicationReference?.reference].flatMap((reference) => reference ?? []),
    );
    expect(new Set(named).size).toBeGreaterThan(3);
    expect(named.filter((reference) => found.references[reference]?.id !== reference.split('/')[1])).toEqual([]);
  });

  test('puts resolved references into the resources', async () => {
    const [infusion]: (MedicationAdministration & { subject: Resource })[] = await client.request(
      `MedicationAdministration?patient=${patient}&status=in-progress`,
      { flat: true, resolveReferences: ['subject', 'device'] },
    );
    expect([infusion?.subject.resourceType, infusion?.subject.id]).toEqual(['Patient', patient]);
    expect(infusion?.device?.[0]).toMatchObject({ resourceType: 'Device', status: 'active' });
  });

  test('does what it is allowed to and no more', async () => {
    const narrow = clientWith(await fhir.token('patient/Patient.r', { patient }));
    expect(((await narrow.patient.read()) as Patient).id).toBe(patient);
    await expect(narrow.request(`Device?patient=${patient}`)).rejects.toMatchObject({ statusCode: 403 });
    await expect(client.request('Device/00000000-0000-8000-8000-000000000000')).rejects.toMatchObject({
      statusCode: 404,
    });
    await expect(client.request('Device?name=x')).rejects.toMatchObject({ statusCode: 400 });
    await expect(client.create({ resourceType: 'Observation', status: 'final' })).rejects.toMatchObject({
      statusCode: 405,
    });
  });
});
