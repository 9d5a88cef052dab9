import { join } from 'node:path';
import type { Coding } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../src/fhir/codes.ts';
import { golden } from '../stories/golden.ts';
import { storyNames } from '../stories/story.ts';

const codes = loadCodes(join(import.meta.dirname, '..', '..', 'mappings'));

/** Every Coding anywhere in a resource, but for the tag that is our own identity. */
function codingsIn(value: unknown): Coding[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'system' in value && 'code' in value && !('value' in value) ? [value as Coding] : [];
  return [...own, ...Object.values(value).flatMap(codingsIn)];
}

const isIdentity = ({ system = '' }: Coding): boolean => system.startsWith('https://w3id.org/itb-fhir/sid/');

describe.each(storyNames)('the codes of %s', (name) => {
  const codingsOfStory = () =>
    Object.values(golden.resources(name))
      .flatMap(codingsIn)
      .filter((coding) => !isIdentity(coding));

  it('all stand in the tables with a source, and may be shipped', () => {
    const codings = codingsOfStory();
    expect(codings.length).toBeGreaterThan(0);
    const unknown = codings.filter(({ system = '', code = '' }) => !codes.isShipped(system, code));
    expect(unknown).toEqual([]);
  });

  it('carry the display of the tables, where they carry one', () => {
    const differing = codingsOfStory().filter(
      ({ system = '', code = '', display }) => display !== undefined && display !== codes.lookUp(system, code)?.display,
    );
    expect(differing).toEqual([]);
  });
});
