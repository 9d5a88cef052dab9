import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { withUsCoreClaim } from '../../src/mapping/us-core.ts';
import { pump, report } from '../therapy/reports.ts';
import { made } from './made.ts';

const usCore = (name: string) => `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;

function profilesOf(resource: Resource): string[] | undefined {
  const { therapy } = made([report('pump-stop', 'A', '2024-03-01T10:00:00-05:00', { pump })]);
  const [entry] = therapy.entries;
  if (!entry) throw new Error('the stop is no entry');
  return withUsCoreClaim({ identity: 'x', resource, entry }).resource.meta?.profile;
}

const patient = { reference: 'Patient/1' };
const device = { resourceType: 'Device', type: { text: 'implantable pump' }, patient } as const;
const request = {
  resourceType: 'MedicationRequest',
  status: 'active',
  intent: 'order',
  reportedBoolean: false,
  medicationCodeableConcept: { text: 'baclofen' },
  subject: patient,
  authoredOn: '2024-03-01',
  requester: { display: 'Dr. A' },
} as const;

describe('the claim to a profile of US Core', () => {
  it('is made by a device and by a medication request that conform', () => {
    expect(profilesOf(device)).toEqual([usCore('implantable-device')]);
    expect(profilesOf(request)).toEqual([usCore('medicationrequest')]);
  });

  it('is not made by one that does not conform', () => {
    const { patient: _patient, ...ofNobody } = device;
    expect(profilesOf(ofNobody)).toBeUndefined();
    const { requester: _requester, ...byNobody } = request;
    expect(profilesOf(byNobody)).toBeUndefined();
  });

  it('is not made by resources of another type', () => {
    expect(profilesOf({ resourceType: 'Flag', status: 'active', code: { text: 'x' }, subject: patient })).toBe(
      undefined,
    );
  });
});
