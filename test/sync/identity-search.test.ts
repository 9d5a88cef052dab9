import type { Patient } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { identityQuery, ourIdentity } from '../../src/sync/identity-search.ts';
import { identifierSystem, identityOf, observation, provenance } from './therapy-resources.ts';

const stranger: Patient = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: identityOf(2) }] };

describe('what this deployment wrote', () => {
  it('is known by its identifier, and Provenance by its tag', () => {
    expect(ourIdentity(observation(2, 1).resource, identifierSystem)).toBe(identityOf(2));
    expect(ourIdentity(provenance(3, 1, 2).resource, identifierSystem)).toBe(identityOf(3));
  });

  it('is nothing of another system, another deployment, or without identifiers', () => {
    expect(ourIdentity(stranger, identifierSystem)).toBeUndefined();
    expect(ourIdentity(observation(2, 1).resource, `${identifierSystem}-other`)).toBeUndefined();
    expect(ourIdentity({ resourceType: 'Patient' }, identifierSystem)).toBeUndefined();
  });

  it('is searched by tokens of which only the separators between them are plain', () => {
    const tokens = [1, 2].map((n) => encodeURIComponent(`${identifierSystem}|${identityOf(n)}`));
    expect(identityQuery('Observation', identifierSystem, [1, 2].map(identityOf))).toBe(
      `identifier=${tokens.join(',')}`,
    );
    expect(identityQuery('AdverseEvent', identifierSystem, [identityOf(1)])).toBe(`_tag=${tokens[0]}`);
  });
});
