import type { Observation } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { asResources } from '../../src/views/export/as-resources.ts';

const pump = '11111111-1111-8111-8111-111111111111';
const dose = '22222222-2222-8222-8222-222222222222';

const observation: Observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'dose' },
  device: { reference: `urn:uuid:${pump}` },
  derivedFrom: [{ reference: 'urn:uuid:33333333-3333-8333-8333-333333333333' }],
};

test('the identity becomes the id, and a reference to what is exported names its type', () => {
  const [patient, device, exported] = asResources('p-1', [
    { identity: pump, resource: { resourceType: 'Device' } },
    { identity: dose, resource: observation },
  ]);
  expect([patient, device]).toEqual([
    { resourceType: 'Patient', id: 'p-1' },
    { resourceType: 'Device', id: pump },
  ]);
  expect(exported).toEqual({
    ...observation,
    id: dose,
    device: { reference: `Device/${pump}` },
    // What is not exported keeps its name: a wrong guess would be worse.
    derivedFrom: [{ reference: 'urn:uuid:33333333-3333-8333-8333-333333333333' }],
  });
});

test('what it was made from stays as it is', () => {
  const before = structuredClone(observation);
  asResources('p-1', [{ identity: dose, resource: observation }]);
  expect(observation).toEqual(before);
});
