import { UcumLhcUtils } from '@lhncbc/ucum-lhc';
import type { Quantity } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { emittedUnits } from '../../src/fhir/emitted-units.ts';
import { external } from '../../src/fhir/systems.ts';
import { golden } from '../stories/golden.ts';
import { storyNames } from '../stories/story.ts';

const library = UcumLhcUtils.getInstance();

it.each(emittedUnits)('%s is a UCUM code', (code) => {
  expect(library.validateUnitString(code).status).toBe('valid');
});

it('a spelling that UCUM does not have would be found', () => {
  expect(library.validateUnitString('mcg/d').status).toBe('invalid');
});

/** Every quantity in UCUM anywhere in a resource. */
function quantitiesIn(value: unknown): Quantity[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'value' in value && 'system' in value && value.system === external.ucum ? [value as Quantity] : [];
  return [...own, ...Object.values(value).flatMap(quantitiesIn)];
}

describe.each(storyNames)('the quantities of %s', (name) => {
  it('are in the listed units, and say to a reader what they say to a machine', () => {
    const quantities = Object.values(golden.resources(name)).flatMap(quantitiesIn);
    expect(quantities.length).toBeGreaterThan(0);
    const listed: readonly (string | undefined)[] = emittedUnits;
    expect(quantities.filter(({ code, unit }) => !listed.includes(code) || unit !== code)).toEqual([]);
  });
});
