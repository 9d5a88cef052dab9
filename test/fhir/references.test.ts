import type { Observation } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { mapReferences, referenceTo, referredIdentities } from '../../src/fhir/references.ts';

const pump = '00000000-0000-8000-8000-000000000001';
const observation: Observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'panel' },
  subject: { reference: 'Patient/1' },
  device: { reference: referenceTo(pump) },
  note: [{ text: referenceTo(pump) }],
};

test('a resource refers by its references alone: a note that looks like one is a note', () => {
  expect(referredIdentities(observation)).toEqual([pump]);
  expect(mapReferences(observation, (reference) => (reference === referenceTo(pump) ? 'Device/7' : undefined))).toEqual(
    {
      ...observation,
      device: { reference: 'Device/7' },
    },
  );
});
