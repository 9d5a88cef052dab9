import type { Observation, Patient, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { mrnSystem, sourceSystem } from '../../http/sample-events.ts';
import { type Answer, type FhirService, matches, startFhirService } from './fhir-service.ts';

/** Two records of one person: what was told under either is the survivor's. */

let fhir: FhirService;
let survivor: string;
let merged: string;
beforeAll(async () => {
  fhir = await startFhirService();
  survivor = await fhir.tell('flex-and-kinked-catheter');
  merged = await fhir.tell('spinal-cord-injury-on-time-refills');
  const called = (value: string) => ({ identifier: { system: mrnSystem, value } });
  await fhir.service.post({
    ...{ schemaVersion: 1, type: 'merge', occurredAt: '2024-04-30T10:00:00Z', test: true },
    ...{ source: { system: sourceSystem, eventId: 'MERGE-1' }, patient: called('MRN0003'), merged: called('MRN0001') },
  });
});
afterAll(() => fhir.close());

const anyone = (path: string) => fhir.ask(path, { scope: 'system/*.rs' });
const launched = (path: string) => fhir.ask(path, { scope: 'patient/*.rs', patient: merged });
const subjectsOf = (answer: Answer) => new Set(matches<Observation>(answer).map(({ subject }) => subject?.reference));

describe('the id that was merged away', () => {
  test('is still read: it is not active, and says who replaced it', async () => {
    const { status, body } = await anyone(`Patient/${merged}`);
    expect([status, body]).toMatchObject([200, { id: merged, active: false } satisfies Partial<Patient> & object]);
    expect((body as unknown as Patient).link).toContainEqual({
      other: { reference: `Patient/${survivor}` },
      type: 'replaced-by',
    });
  });

  test.each(['patient=ID', 'patient=Patient/ID', 'subject=Patient/ID', 'subject:Patient=ID'])(
    'finds the survivor’s therapy by %s, on every page',
    async (query) => {
      const first = await anyone(`Observation?${query.replace('ID', merged)}&_count=20`);
      const second = await anyone(first.body.link?.find(({ relation }) => relation === 'next')?.url as string);
      expect([first.body.total, matches(first).length, matches(second).length]).toEqual([36, 20, 16]);
      expect(new Set([...subjectsOf(first), ...subjectsOf(second)])).toEqual(new Set([`Patient/${survivor}`]));
    },
  );

  test('has everything that the survivor has', async () => {
    const [ofMerged, ofSurvivor] = [
      await anyone(`Patient/${merged}/$everything`),
      await anyone(`Patient/${survivor}/$everything`),
    ];
    const ids = [ofMerged, ofSurvivor].map((answer) => matches<Resource>(answer).map(({ id }) => id));
    expect([ids[0]?.[0], ids[1]?.[0]]).toEqual([merged, survivor]);
    expect(ids[0]?.toSorted()).toEqual(ids[1]?.toSorted());
    expect(validate(ofMerged.body)).toEqual([]);
  });
});

describe('an app that was launched with it', () => {
  test('goes on under that name', async () => {
    const read = await launched(`Patient/${merged}`);
    const found = await launched(`Observation?patient=${merged}&_count=100`);
    expect([read.status, read.body]).toMatchObject([200, { id: merged, active: true }]);
    expect([found.status, found.body.total, subjectsOf(found)]).toEqual([200, 36, new Set([`Patient/${merged}`])]);
  });

  test('is told of one Patient', async () => {
    const answer = await launched(`Patient/${merged}/$everything`);
    const patients = matches<Resource>(answer).filter(({ resourceType }) => resourceType === 'Patient');
    expect(patients.map(({ id }) => id)).toEqual([merged]);
    expect(validate(answer.body)).toEqual([]);
  });
});
