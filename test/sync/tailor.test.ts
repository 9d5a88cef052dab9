import type { Provenance, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/sync/content.ts';
import { tailor } from '../../src/sync/tailor.ts';
import { infusion, observation, ourPatient, provenance, pump, tailored } from './therapy-resources.ts';

describe('tailoring', () => {
  it('writes the destination’s own patient and leaves references to ours by identity', () => {
    const [item] = tailored(infusion(2, 1, 1));
    expect(item?.resource).toMatchObject({
      subject: { reference: 'Patient/p1' },
      device: [{ reference: `urn:uuid:${pump(1).identity}` }],
    });
    expect(JSON.stringify(item)).not.toContain(ourPatient);
  });

  it('does not change what it was given', () => {
    const given = infusion(2, 1, 1);
    const before = structuredClone(given);
    tailored(given);
    expect(given).toEqual(before);
  });
});

describe('what no scope of the destination lets us write', () => {
  const wanted = [pump(1), infusion(2, 1, 1), observation(3, 1), provenance(4, 1, 3), provenance(5, 2, 2)];
  const typesAt = (...scopes: string[]) =>
    tailor(wanted, ourPatient, 'p1', scopes).map(({ resource }) => resource.resourceType);
  const all = wanted.map(({ resource }) => resource.resourceType);

  it('is not sent, nor a Provenance of nothing else', () => {
    expect(typesAt('system/Device.crus', 'system/MedicationAdministration.crus', 'system/Provenance.crs')).toEqual([
      'Device',
      'MedicationAdministration',
      'Provenance',
    ]);
  });

  it('is not referred to', () => {
    const items = tailor(wanted, ourPatient, 'p1', ['system/MedicationAdministration.crus', 'system/Observation.cu']);
    expect(items.map(({ resource }) => resource.resourceType)).toEqual(['MedicationAdministration', 'Observation']);
    expect(JSON.stringify(items)).not.toContain(pump(1).identity);
  });

  it.each([['system/*.crus'], ['system/*.write'], ['system/*.cu?category=therapy']])('is nothing under %s', (scope) =>
    expect(typesAt(scope)).toEqual(all),
  );

  it('is everything where we may only read', () => expect(typesAt('system/*.rs')).toEqual([]));
});

describe('the hash of what a resource says', () => {
  const resource = observation(2, 1).resource;
  const hash = contentHash(resource);
  const reversed = Object.fromEntries(Object.entries(resource).reverse()) as unknown as Resource;
  const meta = (codes: string[]) =>
    ({ ...resource, meta: { tag: codes.map((code) => ({ system: 's', code })) } }) as Resource;

  it('does not depend on the order of elements', () => expect(contentHash(reversed)).toBe(hash));

  it('does not depend on what is the server’s: id, version, time, narrative', () => {
    const stored = {
      ...resource,
      id: '17',
      meta: { versionId: '4', lastUpdated: '2026-01-01T00:00:00Z', source: '#x' },
      text: { status: 'generated', div: '<div/>' },
    } as Resource;
    expect(contentHash(stored)).toBe(hash);
  });

  it('does not depend on the order of labels or on their display', () => {
    expect(contentHash(meta(['a', 'b']))).toBe(contentHash(meta(['b', 'a'])));
    const shown = { ...resource, meta: { tag: [{ system: 's', code: 'a', display: 'A' }] } } as Resource;
    expect(contentHash(shown)).toBe(contentHash(meta(['a'])));
  });

  it('depends on labels, values and the patient', () => {
    const others = [
      meta(['a']),
      { ...resource, valueString: '3' },
      { ...resource, subject: { reference: 'Patient/p2' } },
    ];
    for (const other of others) expect(contentHash(other as Resource)).not.toBe(hash);
  });

  it('does not depend on when a Provenance was recorded, but on what it is about', () => {
    const early = provenance(3, 1, 2, '2024-01-01T00:00:00Z').resource as Provenance;
    const late = provenance(3, 1, 2, '2025-01-01T00:00:00Z').resource as Provenance;
    expect(contentHash(early)).toBe(contentHash(late));
    expect(contentHash(early)).not.toBe(contentHash(provenance(3, 1, 9).resource));
  });
});
