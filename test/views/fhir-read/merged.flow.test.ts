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
  await fhir.service.post(mergeOf('MERGE-1'));
});
afterAll(() => fhir.close());

const called = (value: string) => ({ identifier: { system: mrnSystem, value } });
const mergeOf = (eventId: string) => ({
  ...{ schemaVersion: 1, type: 'merge', occurredAt: '2024-04-30T10:00:00Z', test: true },
  ...{ source: { system: sourceSystem, eventId }, patient: called('MRN0003'), merged: called('MRN0001') },
});

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

test('of a merge that was taken back the history of either tells who may read about both, and nobody else', async () => {
  const own = await startFhirService();
  const one = await own.tell('flex-and-kinked-catheter');
  const other = await own.tell('spinal-cord-injury-on-time-refills');
  const back = {
    ...{ schemaVersion: 1, type: 'void', voids: 'MERGE-2', reason: 'they are two', test: true },
    ...{ source: { system: sourceSystem, eventId: 'V-2' }, patient: called('MRN0003') },
    occurredAt: '2024-04-30T11:00:00Z',
  };
  const readBoth = async () => {
    for (const id of [one, other]) await own.ask(`Patient/${id}`, { scope: 'system/*.rs' });
  };
  await readBoth();
  for (const event of [mergeOf('MERGE-2'), back]) {
    await own.service.post(event);
    await readBoth();
  }
  const history = (id: string, asked: object) => own.ask(`Patient/${id}/_history`, { scope: 'patient/*.rs', ...asked });
  const [ofOne, ofOther] = [await history(one, { patient: one }), await history(other, { patient: other })];
  const middle = await own.ask(`Patient/${one}/_history/2`, { scope: 'patient/*.rs', patient: one });
  const whole = await history(one, { scope: 'system/*.rs' });
  await own.close();
  expect([ofOne.body.total, ofOther.body.total, middle.status, whole.body.total]).toEqual([2, 2, 404, 3]);
  for (const name of [other, 'MRN0001'])
    expect([ofOne.text, whole.text].map((text) => text.includes(name))).toEqual([false, true]);
  for (const name of [one, 'MRN0003']) expect(ofOther.text).not.toContain(name);
});
