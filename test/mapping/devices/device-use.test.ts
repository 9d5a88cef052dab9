import type { DeviceUseStatement } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { profile } from '../../../src/fhir/systems.ts';
import { validate } from '../../../src/fhir/validate.ts';
import { withDeviceUse } from '../../../src/mapping/desired.ts';
import { patientOf } from '../../stories/story.ts';
import { pump, report } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';

const catheter = { manufacturer: 'Medtronic', lotNumber: 'LOT-C9', tipLevel: 'T10' };
const placed = { ...pump, pocketSite: 'abdomen', pocketSide: 'left' };
const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: placed, catheter });

function usesOf(...events: Parameters<typeof made>[0]) {
  const all = made(events);
  const { resources, remarks } = withDeviceUse(all.result, all.therapy, all.context);
  expect(remarks).toEqual(all.result.remarks);
  expect(resources.slice(0, all.result.resources.length)).toEqual(all.result.resources);
  const uses = resources.slice(all.result.resources.length);
  return { all, uses: uses.map(({ resource }) => resource as DeviceUseStatement), items: uses };
}

describe('the use of a device', () => {
  it('is one statement for each pump and catheter, from the procedure that implanted it', () => {
    const { all, uses } = usesOf(implant);
    const common = {
      resourceType: 'DeviceUseStatement',
      status: 'active',
      subject: { reference: `Patient/${patientOf(implant)}` },
      derivedFrom: [{ reference: referenceTo(all, 'procedure', 'A') }],
      timingPeriod: { start: '2024-03-01T10:00:00-05:00' },
    };
    expect(uses.map(({ meta: _, identifier: __, ...rest }) => rest)).toEqual([
      {
        ...common,
        device: { reference: referenceTo(all, 'pump', 'A') },
        bodySite: { text: 'pump pocket: abdomen, left' },
      },
      {
        ...common,
        device: { reference: referenceTo(all, 'catheter', 'A') },
        bodySite: { text: 'catheter tip at the level of T10' },
      },
    ]);
    expect(uses.map(({ meta }) => meta?.profile)).toEqual([[profile.deviceUse], [profile.deviceUse]]);
    expect(uses.flatMap((use) => validate(use, { requireProfile: 'always' }))).toEqual([]);
  });

  it('has names of its own, which stay', () => {
    const names = () => usesOf(implant).items.map(({ identity }) => identity);
    const { all: made, items } = usesOf(implant);
    expect(names()).toEqual(
      items.map(({ resource }) => {
        const device = (resource as DeviceUseStatement).device.reference?.replace('urn:uuid:', '');
        return made.context.identities.identify(JSON.stringify(['device-use', device]));
      }),
    );
    const all = [...names(), ...usesOf(implant).all.result.resources.map(({ identity }) => identity)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('ends with the device, as precisely as that is known', () => {
    const { all, uses } = usesOf(implant, report('explant', 'B', '2024-05'));
    expect(uses.map(({ status, timingPeriod }) => [status, timingPeriod])).toEqual([
      ['completed', { start: '2024-03-01T10:00:00-05:00', end: '2024-05' }],
      ['active', { start: '2024-03-01T10:00:00-05:00' }],
    ]);
    expect(uses[0]?.derivedFrom).toEqual(['A', 'B'].map((id) => ({ reference: referenceTo(all, 'procedure', id) })));
  });

  it('that began elsewhere begins as its label says', () => {
    const read = report('interrogation', 'A', '2024-03-01T10:00:00-05:00', {
      pump: { ...placed, implantedOn: '2019-05' },
    });
    const { uses } = usesOf(read);
    expect(uses).toMatchObject([
      { timingPeriod: { start: '2019-05' }, bodySite: { text: 'pump pocket: abdomen, left' } },
    ]);
    expect(uses[0]).not.toHaveProperty('derivedFrom');
  });

  it('of which no time is known says that it is not known', () => {
    const { uses } = usesOf(report('interrogation', 'A', '2024-03-01T10:00:00-05:00'));
    expect(uses[0]?.timingPeriod).toEqual({
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    });
    expect(uses[0]).not.toHaveProperty('bodySite');
    expect(uses.flatMap((use) => validate(use, { requireProfile: 'always' }))).toEqual([]);
  });

  it('is where the last revision placed the device', () => {
    const revision = report('revision', 'B', '2024-04-01T10:00:00-04:00', {
      component: 'pump',
      action: 'repositioned',
      pump: { ...pump, pocketSite: 'flank' },
    });
    expect(usesOf(implant, revision).uses[0]?.bodySite).toEqual({ text: 'pump pocket: flank' });
  });

  it('does not name a procedure that is held', () => {
    const odd = report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: placed, anaesthesia: 'x\u0007' });
    const { all, uses } = usesOf(odd);
    expect(all.of('procedure')).toEqual([]);
    expect(uses).toHaveLength(1);
    expect(uses[0]).not.toHaveProperty('derivedFrom');
  });

  it('of a device that is held is not told', () => {
    const odd = report('implant', 'A', '2024-03-01T10:00:00-05:00', { pump: { ...pump, firmware: 'x\u0007' } });
    const { all, uses } = usesOf(odd);
    expect(all.of('pump')).toEqual([]);
    expect(uses).toEqual([]);
  });
});
