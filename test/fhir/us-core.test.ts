import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDefinitions, uncheckedClaims, validate } from '../../src/fhir/validate.ts';
import { root } from './examples.ts';
import { spoiledUsCore, usCore, validUsCore } from './spoiled-us-core.ts';

loadDefinitions(join(root, 'profiles'));

describe('what US Core allows is valid', () => {
  test.each(Object.entries(validUsCore))('%s', (_, resource) => {
    expect(validate(resource)).toEqual([]);
  });
});

describe('what US Core does not allow is found, and nothing else', () => {
  test.each(spoiledUsCore)('$name', ({ resource, finds }) => {
    expect(validate(resource).map(({ code, expression }) => `${code} ${expression}`)).toEqual(finds);
  });
});

describe('a claim', () => {
  const device = (...profile: unknown[]) => ({ resourceType: 'Device', meta: { profile } });

  test('of US Core alone is no claim of a profile of ours', () => {
    const resource = { ...validUsCore['a device of a hospital'] };
    expect(validate(resource, { requireProfile: 'always' })).toEqual([
      {
        code: 'profile',
        expression: 'Device.meta.profile',
        message: 'A resource of this type has to claim one of our profiles',
      },
    ]);
  });

  test('is told as unchecked where its profile, or its version of it, is not at hand', () => {
    const claims = [
      usCore('us-core-device'),
      `${usCore('us-core-implantable-device')}|3.1.1`,
      usCore('us-core-implantable-device'),
      `${usCore('us-core-implantable-device')}|8.0.0`,
      'https://w3id.org/itb-fhir/StructureDefinition/itb-pump',
      'https://w3id.org/itb-fhir/StructureDefinition/unknown',
      'http://hl7.org/fhir/StructureDefinition/Device',
      'http://hl7.org/fhir/StructureDefinition/Patient',
      7,
    ];
    expect(uncheckedClaims(device(...claims))).toEqual([
      'Device.meta.profile[0]',
      'Device.meta.profile[1]',
      'Device.meta.profile[7]',
    ]);
  });

  test('is none where there is no list of profiles, or no resource', () => {
    expect([uncheckedClaims({ resourceType: 'Device' }), uncheckedClaims(null), uncheckedClaims('x')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(uncheckedClaims({ resourceType: 'Device', meta: { profile: 'urn:x' } })).toEqual([]);
  });
});
