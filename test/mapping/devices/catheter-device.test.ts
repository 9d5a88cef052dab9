import type { Device } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { catheterDevices } from '../../../src/mapping/catheter-device.ts';
import { patientOf } from '../../stories/story.ts';
import { report } from '../../therapy/reports.ts';
import { codesOf, made, referenceTo } from '../made.ts';

const bare = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1' };
const full = {
  ...bare,
  model: '8780',
  serialNumber: 'CAT900009X',
  manufactureDate: '2023-10',
  expirationDate: '2025-10-01',
  implantedLengthCm: 78.5,
  removedLengthCm: 11,
  lengthSource: 'operative-note',
  volumeMl: 0.172,
  volumeSource: 'assumed',
  sideportPresent: false,
};
const implanted = (catheter: object, type = 'implant') => report(type, 'A', '2024-03-01T10:00:00-05:00', { catheter });
const cathetersOf = (...events: Parameters<typeof made>[0]) => made(events).of<Device>('catheter');

describe('the Device of a catheter', () => {
  it('repeats its label, and how surely length and volume are known', () => {
    const event = implanted(full);
    const all = made([event]);
    const { meta, identifier, property, ...rest } = all.by<Device>('catheter', 'A');
    expect(rest).toEqual({
      resourceType: 'Device',
      status: 'active',
      manufacturer: 'Medtronic',
      manufactureDate: '2023-10',
      expirationDate: '2025-10-01',
      lotNumber: 'LOT-C1',
      serialNumber: 'CAT900009X',
      deviceName: [{ name: '8780', type: 'user-friendly-name' }],
      modelNumber: '8780',
      type: {
        coding: [
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-device-type',
            code: 'intrathecal-catheter',
            display: 'Intrathecal catheter',
          },
        ],
        text: 'Intrathecal catheter',
      },
      patient: { reference: `Patient/${patientOf(event)}` },
      parent: { reference: referenceTo(all, 'pump', 'A') },
    });
    expect(
      property?.map(({ type, valueQuantity, valueCode }) => [
        codesOf(type)[0],
        valueQuantity ? `${valueQuantity[0]?.value} ${valueQuantity[0]?.code}` : codesOf(valueCode?.[0])[0],
      ]),
    ).toEqual([
      ['catheter-length', '78.5 cm'],
      ['catheter-removed-length', '11 cm'],
      ['catheter-length-source', 'operative-note'],
      ['catheter-volume', '0.172 mL'],
      ['catheter-volume-source', 'assumed'],
      ['catheter-sideport', 'N'],
    ]);
    expect(meta?.profile).toContain('http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device');
    expect(identifier).toHaveLength(1);
  });

  it('says where a port to it is there', () => {
    const [device] = cathetersOf(implanted({ ...bare, sideportPresent: true }));
    expect(device?.property?.map(({ valueCode }) => valueCode)).toEqual([
      [
        {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0136', code: 'Y', display: 'Yes' }],
          text: 'Yes',
        },
      ],
    ]);
  });

  it('of which only maker and lot are known has no property and no note', () => {
    const [device] = cathetersOf(implanted(bare));
    expect(device).not.toHaveProperty('property');
    expect(device).not.toHaveProperty('note');
    expect(device).not.toHaveProperty('deviceName');
  });

  it('has what its label says of placement as a note only where no implantation or revision tells it', () => {
    const tip = { ...bare, tipLevel: 'T10', tipLevelSource: 'assumed' };
    const { therapy, context, of } = made([implanted(tip)]);
    expect(of<Device>('catheter')[0]).not.toHaveProperty('note');
    const [untold] = catheterDevices({ ...therapy, entries: [] }, context);
    expect(untold).toMatchObject({
      resource: { note: [{ text: 'As reported with its label: catheter tip at the level of T10 (assumed).' }] },
    });
  });

  it('that was implanted elsewhere, as its label says, has that date as a note', () => {
    const revision = report('revision', 'B', '2024-05-01T10:00:00-04:00', {
      component: 'catheter',
      action: 'repaired',
      catheter: { ...bare, implantedOn: '2019-02' },
    });
    expect(cathetersOf(report('implant', 'A', '2024-03-01T10:00:00-05:00'), revision)[0]?.note).toEqual([
      { text: 'Implanted 2019-02, as reported with its label.' },
    ]);
  });

  it('that was left in the body when its pump was removed is in no use, which the report of the removal changed', () => {
    const left = report('explant', 'B', '2024-05-01T10:00:00-04:00', { catheterAbandoned: true });
    const all = made([implanted(bare), left]);
    const { status, statusReason } = all.by<Device>('catheter', 'A');
    expect([status, statusReason?.map((reason) => codesOf(reason)[0])]).toEqual(['inactive', ['catheter-abandoned']]);
    const item = all.result.resources.find(({ resource }) => resource === all.by('catheter', 'A'));
    expect(item?.changedBy?.source.reportEventId).toBe('B');
  });

  it('that was replaced says so, and its successor is connected to the same pump', () => {
    const next = { ...bare, lotNumber: 'LOT-C2' };
    const revision = report('revision', 'B', '2024-05-01T10:00:00-04:00', {
      component: 'catheter',
      action: 'replaced',
      removedCatheter: bare,
      catheter: next,
    });
    const all = made([implanted(bare), revision]);
    expect(
      all
        .of<Device>('catheter')
        .map(({ lotNumber, status, statusReason = [], parent }) => [
          lotNumber,
          status,
          statusReason.map((reason) => codesOf(reason)[0]),
          parent?.reference,
        ]),
    ).toEqual([
      ['LOT-C1', 'inactive', ['explanted', 'replaced'], referenceTo(all, 'pump', 'A')],
      ['LOT-C2', 'active', [], referenceTo(all, 'pump', 'A')],
    ]);
  });

  it('and its successor are two devices where the replacement is the first that is heard of either', () => {
    const named = (lotNumber: string | undefined) => ({ manufacturer: 'Medtronic', model: '8780', lotNumber });
    for (const lot of ['LOT-C1', undefined]) {
      const all = made([
        report('implant', 'A', '2024-03-01T10:00:00-05:00'),
        report('revision', 'B', '2024-05-01T10:00:00-04:00', {
          component: 'catheter',
          action: 'replaced',
          removedCatheter: named(lot),
          catheter: named('LOT-C2'),
        }),
      ]);
      const catheters = all.result.resources.filter(
        ({ resource }) => codesOf((resource as Device).type)[0] === 'intrathecal-catheter',
      );
      expect(catheters.map(({ resource }) => (resource as Device).lotNumber)).toEqual([lot, 'LOT-C2']);
      expect(new Set(catheters.map(({ identity }) => identity)).size).toBe(2);
    }
  });
});
