import type { MedicationAdministration, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { withoutReferences } from '../../src/fhir/references.ts';
import { holdInvalid } from '../../src/mapping/hold.ts';
import { fill, report, simple } from '../therapy/reports.ts';
import { infusionBy, made, referenceTo } from './made.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });

describe('what a resource only names where it is there', () => {
  const whole = () => made([implant]).result.resources.filter(({ resource }) => resource.resourceType !== 'Provenance');
  const spoilt = () =>
    whole().map((item) =>
      item.resource.meta?.profile?.[0]?.endsWith('itb-pump-status')
        ? { ...item, resource: { ...item.resource, status: 'wrong' } as unknown as Resource }
        : item,
    );

  it('is left out where it is held, and the dose stands', () => {
    const { resources, remarks } = holdInvalid(spoilt());
    expect(remarks.map(({ problem }) => problem.code)).toEqual(['resource-invalid']);
    expect(resources).toHaveLength(whole().length - 1);
    const infusion = resources.find(({ resource }) => resource.meta?.profile?.[0]?.endsWith('itb-infusion'))?.resource;
    const before = infusionBy(made([implant]), 'A');
    const { supportingInformation, ...rest } = before;
    expect(supportingInformation).toHaveLength(1);
    expect(infusion).toEqual(rest);
  });

  it('is kept where it is there', () => {
    const items = whole();
    const { resources } = holdInvalid(items);
    expect(resources).toEqual(items);
    expect(resources.every((item, n) => item === items[n])).toBe(true);
  });

  it('is held where it claims no profile, for then nothing says what it has to be', () => {
    const [first, ...others] = whole().map((item) => ({ ...item, optional: [] }));
    const { profile: _profile, ...meta } = first?.resource.meta ?? {};
    const bare = { ...first, resource: { ...first?.resource, meta } } as (typeof others)[number];
    const { remarks } = holdInvalid([bare]);
    expect(remarks.map(({ problem, held }) => [problem.code, held])).toEqual([['resource-invalid', true]]);
  });

  it('holds what cannot stand without it', () => {
    const needed = spoilt().map((item) => ({ ...item, optional: [] }));
    const { resources, remarks } = holdInvalid(needed);
    const [first, ...others] = remarks.map(({ problem }) => problem.code);
    expect([first, ...new Set(others)]).toEqual(['resource-invalid', 'dependency-held']);
    expect(resources.filter(({ resource }) => resource.meta?.profile?.[0]?.endsWith('itb-infusion'))).toEqual([]);
  });
});

describe('a reference that is taken out', () => {
  const administration = {
    resourceType: 'MedicationAdministration',
    partOf: [{ reference: 'urn:uuid:a' }, { reference: 'urn:uuid:b' }],
    supportingInformation: [{ reference: 'urn:uuid:a' }],
    request: { reference: 'urn:uuid:a' },
    context: { identifier: { value: 'urn:uuid:a' } },
    note: [],
  } as unknown as MedicationAdministration;

  it('leaves the others, and no empty list behind', () => {
    expect(withoutReferences(administration, new Set(['a']))).toEqual({
      resourceType: 'MedicationAdministration',
      partOf: [{ reference: 'urn:uuid:b' }],
      context: { identifier: { value: 'urn:uuid:a' } },
      note: [],
    });
  });

  it('is only one to an identity that is named', () => {
    expect(withoutReferences(administration, new Set(['c', '']))).toEqual(administration);
  });

  it('of the server itself is never one', () => {
    const all = made([implant]);
    const infusion = infusionBy(all, 'A');
    expect(withoutReferences(infusion, new Set(['Patient/1'])).subject).toEqual(infusion.subject);
    expect(infusion.device).toEqual([{ reference: referenceTo(all, 'pump', 'A') }]);
  });
});
