import { expect, it } from 'vitest';
import { patientResource } from '../../../src/views/read-model/patient-resource.ts';

const live = { patientId: 'p', environment: 'live', identifiers: [], elsewhere: [], replaces: [] } as const;

it('leads to the Patients of every destination, and to those who were merged', () => {
  const elsewhere = ['https://one.example/fhir/Patient/7', 'https://two.example/fhir/Patient/x'];
  const patient = patientResource({ ...live, elsewhere, replaces: ['q', 'r'] });
  expect(patient.link).toEqual([
    { other: { reference: 'https://one.example/fhir/Patient/7' }, type: 'seealso' },
    { other: { reference: 'https://two.example/fhir/Patient/x' }, type: 'seealso' },
    { other: { reference: 'Patient/q' }, type: 'replaces' },
    { other: { reference: 'Patient/r' }, type: 'replaces' },
  ]);
});

it('of a live patient carries no label of a test, and no link where there is none', () => {
  const patient = patientResource(live);
  expect([patient.meta?.security, 'link' in patient, patient.active]).toEqual([undefined, false, true]);
});

it('of who was merged is not active, and names the survivor', () => {
  const patient = patientResource({ ...live, replacedBy: 's' });
  expect([patient.active, patient.link]).toEqual([false, [{ other: { reference: 'Patient/s' }, type: 'replaced-by' }]]);
});
