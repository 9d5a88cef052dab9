import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { loadDefinitions, validate, validateBundle } from '../../src/fhir/validate.ts';
import { root } from './examples.ts';
import { spoiledForms, validForms } from './spoiled-forms.ts';

loadDefinitions(join(root, 'profiles'));

describe('what R4 allows is valid', () => {
  test.each(Object.entries(validForms))('%s', (_, resource) => {
    expect(validate(resource)).toEqual([]);
  });
});

describe('what R4 does not allow is found, and nothing else', () => {
  test.each(spoiledForms)('$name', ({ resource, finds }) => {
    expect(validate(resource).map(({ code, expression }) => `${code} ${expression}`)).toEqual(finds);
  });
});

describe('a reference within a Bundle', () => {
  const [device, patient] = [
    'urn:uuid:0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e01',
    'urn:uuid:0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e02',
  ] as const;
  const bundle = (subject: string): Bundle => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: device, resource: { resourceType: 'Device' } },
      { fullUrl: patient, resource: { resourceType: 'Patient' } },
      {
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'x' },
          performer: [{ reference: subject }],
        },
      },
    ],
  });

  test('leads to a resource of a type that is allowed in its place', () => {
    expect(validateBundle(bundle(patient))).toEqual([]);
    expect(validateBundle(bundle(device))).toEqual([
      {
        code: 'structure',
        expression: 'Bundle.entry[2].resource.ofType(Observation).performer[0]',
        message: 'A reference to this type has no place here',
      },
    ]);
  });

  test('to what is not in it says nothing of a type', () => {
    expect(validateBundle(bundle('urn:uuid:0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e03'))).toEqual([]);
  });
});
