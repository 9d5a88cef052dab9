import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type IdentityScope, keyedIdentities, patientIdentity } from '../../src/fhir/identity.ts';
import { pumpIdentity } from '../../src/mapping/context.ts';
import { desired } from '../../src/mapping/desired.ts';
import { mappingContext, patientOf, scope, therapyOf } from '../stories/story.ts';
import { fill, report, simple } from '../therapy/reports.ts';

const catheter = { manufacturer: 'Medtronic', model: '8780', serialNumber: 'CAT900009X' };
const implant = (fields = {}) =>
  report('implant', 'A', '2024-03-01T10:00:00-05:00', { catheter, fill: fill(18), program: simple(100), ...fields });

function resourcesOf(event: CanonicalEvent, of: IdentityScope = scope, issued?: ReadonlyMap<string, string>) {
  const identities = keyedIdentities(of, issued);
  const patientId = patientOf(event);
  const { resources } = desired(therapyOf([event], patientId), { ...mappingContext(patientId), identities });
  return { resources, identities: resources.map(({ identity }) => identity), fresh: identities.fresh };
}

const bothHave = (a: readonly string[], b: readonly string[]) => a.filter((identity) => b.includes(identity));

describe('an identity', () => {
  it('is a UUID that tells nothing: no serial, no record number, no source id', () => {
    for (const { identity } of resourcesOf(implant()).resources) {
      expect(identity).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('is the only thing in a reference: record numbers and serials never are', () => {
    const references = resourcesOf(implant()).resources.flatMap(({ resource }) =>
      [...JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)].map(([, reference]) => reference),
    );
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((reference) => !/^(urn:uuid:|Patient\/)[0-9a-f-]{36}$/.test(reference as string))).toEqual(
      [],
    );
  });

  it('is stable: the same report has it again', () => {
    expect(resourcesOf(implant()).identities).toEqual(resourcesOf(implant()).identities);
  });

  it.each([
    ['tenant', { ...scope, tenant: 'other' }],
    ['environment', { ...scope, environment: 'live' }],
    ['deployment key', { ...scope, key: 'another-key' }],
  ])('differs by %s', (_says, other) => {
    expect(bothHave(resourcesOf(implant()).identities, resourcesOf(implant(), other).identities)).toEqual([]);
  });

  it('once issued stays, whatever the key is now', () => {
    const before = resourcesOf(implant());
    const after = resourcesOf(implant(), { ...scope, key: 'another-key' }, before.fresh);
    expect(after.identities).toEqual(before.identities);
    expect(after.fresh.size).toBe(0);
  });

  it('of a pump does not depend on how its label is typed', () => {
    const pump = { manufacturer: 'medtronic ', serialNumber: ' ngp710001h' };
    const [typed] = resourcesOf(implant({ pump })).identities;
    expect(typed).toBe(resourcesOf(implant()).identities[0]);
  });

  it('of a device is the same with blanks around its maker and its serial number', () => {
    const context = mappingContext('somebody');
    const typed = pumpIdentity(context, ' Medtronic ', '\tNGP710001H', 0);
    expect(typed).toBe(pumpIdentity(context, 'medtronic', 'ngp710001h', 0));
    expect(typed).not.toBe(pumpIdentity(context, 'medtronic', 'ngp710001h', 1));
  });

  it.each([
    ['|', 'urn:x|a', 'b', 'urn:x', 'a|b'],
    [' ', 'urn:x a', 'b', 'urn:x', 'a b'],
    ['"', 'urn:x","a', 'b', 'urn:x', 'a","b'],
    [',', 'urn:x,a', 'b', 'urn:x', 'a,b'],
  ])(
    'of two events whose ids differ only in where a %s stands is not the same',
    (_mark, system, eventId, other, otherId) => {
      const one = resourcesOf(implant({ source: { system, eventId } })).identities;
      const two = resourcesOf(implant({ source: { system: other, eventId: otherId } })).identities;
      // Pump and catheter are the same devices, whoever reports them.
      expect(bothHave(one, two)).toEqual(one.slice(0, 2));
    },
  );

  it('of a patient keeps system and number apart', () => {
    expect(patientIdentity(scope, 'urn:x|1', '2')).not.toBe(patientIdentity(scope, 'urn:x', '1|2'));
    expect(patientIdentity(scope, 'urn:x', '1')).toBe(patientIdentity(scope, 'urn:x', '1'));
    expect(patientIdentity({ ...scope, tenant: 'other' }, 'urn:x', '1')).not.toBe(patientIdentity(scope, 'urn:x', '1'));
  });
});
