import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../contracts/postgres.ts';
import { type FhirService, startFhirService } from './fhir-service.ts';

let postgres: RunningPostgres;
let services: FhirService[];
let patients: string[];
beforeAll(async () => {
  postgres = await startPostgres();
  services = [await startFhirService(), await startFhirService({ store: { url: postgres.url } })];
  patients = await Promise.all(services.map((fhir) => fhir.tell('flex-and-kinked-catheter')));
});
afterAll(async () => {
  await Promise.all(services.map((fhir) => fhir.close()));
  await postgres.stop();
});

/** Ids are of one deployment, and so is what is in them. */
const withoutIds = (text: string) =>
  text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|:\d+\/|sid\/[\w-]+/g, 'ID');

test.each([
  'Patient/{id}',
  'Patient/{id}/_history',
  'Patient/{id}/_history/1',
  'Patient/{id}/_history?_since=2024-05-01T12:00:00Z&_count=1',
  'Patient/{id}/$everything',
  'Patient/{id}/$everything?_count=7',
  'Patient/{id}/$everything?start=2023-11-21&end=2023-11-22',
  'Patient/{id}/$everything?_since=2024-05-01T12:00:01Z',
  'Device?patient={id}&_revinclude=Provenance:target',
  'Patient/00000000-0000-8000-8000-000000000000',
  'Patient/%00',
  'Patient/%00/$everything',
  'Device?model=%00',
  'Patient/{id}/$everything?_page=%00',
])('%s is answered by PostgreSQL as by SQLite', async (path) => {
  const answers = await Promise.all(
    services.map((fhir, n) => fhir.ask(path.replace('{id}', patients[n] as string), { scope: 'system/*.rs' })),
  );
  const [sqlite, postgresql] = answers.map(({ status, text }) => [status, withoutIds(text)]);
  expect(postgresql).toEqual(sqlite);
  expect(sqlite?.[0]).not.toBe(500);
});
