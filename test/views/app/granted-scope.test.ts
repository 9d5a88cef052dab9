import { describe, expect, it } from 'vitest';
import { maySearch } from '../../../src/views/app/page/granted-scope.ts';

describe('a token may search AllergyIntolerance', () => {
  it.each([
    'patient/AllergyIntolerance.rs',
    'patient/AllergyIntolerance.s',
    'patient/AllergyIntolerance.cruds',
    'patient/AllergyIntolerance.read',
    'patient/AllergyIntolerance.*',
    'user/AllergyIntolerance.rs',
    'launch openid patient/*.rs',
    'patient/Device.rs\n patient/AllergyIntolerance.rs',
  ])('by the scope %s', (scope) => {
    expect(maySearch('AllergyIntolerance', scope)).toBe(true);
  });

  it.each([
    '',
    'openid fhirUser',
    'patient/AllergyIntolerance.r',
    'patient/AllergyIntolerance.write',
    'patient/AllergyIntolerance.sr',
    'patient/Allergy.rs',
    'patient/AllergyIntolerances.rs',
    'system/AllergyIntolerance.rs',
    'xpatient/AllergyIntolerance.rs',
    'patient/AllergyIntolerance.rs?category=food',
  ])('not by the scope "%s"', (scope) => {
    expect(maySearch('AllergyIntolerance', scope)).toBe(false);
  });

  it('where the token response states no scope: what was asked for was granted', () => {
    expect(maySearch('AllergyIntolerance', undefined)).toBe(true);
  });
});
