import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { conformsToUsCore, loadDefinitions } from '../../src/fhir/validate.ts';
import { root } from './examples.ts';
import { usCore } from './spoiled-us-core.ts';

loadDefinitions(join(root, 'profiles'));

describe('a device that claims nothing', () => {
  const device: Resource = {
    resourceType: 'Device',
    type: { text: 'implantable pump' },
    patient: { reference: 'Patient/1' },
  };

  test('conforms to the implantable device of US Core when it is what that asks for', () => {
    expect(conformsToUsCore(device, usCore('us-core-implantable-device'))).toBe(true);
  });

  test('does not conform without a patient, or with what R4 does not have', () => {
    const { patient: _, ...ofNobody } = device;
    expect(conformsToUsCore(ofNobody, usCore('us-core-implantable-device'))).toBe(false);
    const misspelt = { ...device, serialNumer: 'S-1' } as Resource;
    expect(conformsToUsCore(misspelt, usCore('us-core-implantable-device'))).toBe(false);
  });

  test('conforms to no profile of another resource type, and to none that is not at hand', () => {
    expect(conformsToUsCore(device, usCore('us-core-medicationrequest'))).toBe(false);
    expect(conformsToUsCore(device, usCore('us-core-device'))).toBe(false);
  });
});
