import type { Device } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { PumpModel } from '../../../src/therapy/settings.ts';
import { patientOf } from '../../stories/story.ts';
import { pump, report, simple } from '../../therapy/reports.ts';
import { codesOf, made } from '../made.ts';

const bare = { manufacturer: 'Medtronic', serialNumber: 'NGP710001H' };
const full = {
  ...bare,
  model: '8637-40',
  deviceName: 'SynchroMed II',
  lotNumber: 'PL-7',
  udi: '(01)09521234000402(11)231004(17)250404(21)NGP710001H',
  udiEntryType: 'barcode',
  firmware: '2.03',
  calibrationConstant: 113,
  reservoirMl: 40,
  tubingMl: 0.3,
};
const named = (label: object, type = 'interrogation', fields: object = {}) =>
  report(type, 'A', '2024-03-01T10:00:00-05:00', { pump: label, ...fields });
const deviceOf = (...events: Parameters<typeof made>[0]) =>
  made(events, { settings: { models: [] } }).of<Device>('pump');

describe('the Device of a pump', () => {
  it('repeats its label, and in its own elements what the UDI states', () => {
    const event = named(full);
    const [device] = deviceOf(event);
    const { meta, identifier, patient, type, property, ...rest } = device as Device;
    expect(rest).toEqual({
      resourceType: 'Device',
      udiCarrier: [
        {
          deviceIdentifier: '09521234000402',
          issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di',
          jurisdiction: 'http://hl7.org/fhir/NamingSystem/fda-udi',
          carrierHRF: full.udi,
          entryType: 'barcode',
        },
      ],
      status: 'active',
      manufacturer: 'Medtronic',
      manufactureDate: '2023-10-04',
      expirationDate: '2025-04-04',
      lotNumber: 'PL-7',
      serialNumber: 'NGP710001H',
      deviceName: [{ name: 'SynchroMed II', type: 'user-friendly-name' }],
      modelNumber: '8637-40',
      version: [{ value: '2.03' }],
      safety: [{ text: 'MR status not established: ask the manufacturer and radiology.' }],
    });
    expect(patient).toEqual({ reference: `Patient/${patientOf(event)}` });
    expect(identifier).toHaveLength(1);
    expect(codesOf(type)).toEqual(['programmable-pump', '360041000']);
    expect(
      property?.map(({ type: of, valueQuantity }) => [
        codesOf(of)[0],
        valueQuantity?.[0]?.value,
        valueQuantity?.[0]?.code,
      ]),
    ).toEqual([
      ['reservoir-capacity', 40, 'mL'],
      ['pump-tubing-volume', 0.3, 'mL'],
      ['calibration-constant', 113, '1'],
    ]);
    expect(meta?.profile).toEqual([
      'https://w3id.org/itb-fhir/StructureDefinition/itb-pump',
      'http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device',
    ]);
  });

  it('of which only maker and serial number are known has nothing else', () => {
    const [device] = deviceOf(named(bare));
    expect(Object.keys(device as Device).sort()).toEqual(
      [
        'identifier',
        'manufacturer',
        'meta',
        'patient',
        'resourceType',
        'safety',
        'serialNumber',
        'status',
        'type',
      ].sort(),
    );
  });

  it('is named by its model where it has no name of its own', () => {
    const [device] = deviceOf(named({ ...bare, model: '8637-40' }));
    expect(device?.deviceName).toEqual([{ name: '8637-40', type: 'user-friendly-name' }]);
  });

  it('does not claim US Core where its UDI has no device identifier that can be read', () => {
    const [device] = deviceOf(named({ ...bare, udi: 'printed text of no grammar' }));
    expect(device?.udiCarrier).toEqual([{ carrierHRF: 'printed text of no grammar', entryType: 'unknown' }]);
    expect(device?.meta?.profile).toEqual(['https://w3id.org/itb-fhir/StructureDefinition/itb-pump']);
  });

  it('tells where its UDI has a check character that does not fit, and keeps it', () => {
    const { told, of } = made([named({ ...bare, udi: '(01)09521234000403(21)NGP710001H' })]);
    expect(told).toContainEqual(['udi-check-differs', false, undefined]);
    expect(of<Device>('pump')).toHaveLength(1);
  });

  it('of a constant-flow pump states its flow', () => {
    const [device] = deviceOf(named({ ...bare, kind: 'constant-flow-pump', flowMlPerDay: 0.5 }));
    expect(codesOf(device?.type)[0]).toBe('constant-flow-pump');
    expect(device?.property?.map(({ type, valueQuantity }) => [codesOf(type)[0], valueQuantity])).toEqual([
      ['flow-rate', [{ value: 0.5, unit: 'mL/d', system: 'http://unitsofmeasure.org', code: 'mL/d' }]],
    ]);
  });
});

describe('the state of a pump', () => {
  const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { program: simple(100) });
  const next = { manufacturer: 'Medtronic', model: '8667-20', serialNumber: 'NGP720002H' };
  const statesOf = (...events: Parameters<typeof made>[0]) =>
    deviceOf(...events).map(({ serialNumber, status, statusReason = [] }) => [
      serialNumber,
      status,
      ...statusReason.map((reason) => codesOf(reason)[0]),
    ]);

  it('is inactive once it is explanted, and keeps its patient', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    expect(statesOf(implant, explant)).toEqual([['NGP710001H', 'inactive', 'explanted']]);
    expect(deviceOf(implant, explant)[0]?.patient).toEqual({ reference: `Patient/${patientOf(implant)}` });
  });

  it('says that it was replaced where another one took its place on the same day', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    const later = (at: string) => report('implant', 'C', at, { pump: next, catheterKept: true });
    expect(statesOf(implant, explant, later('2024-05-01T11:30:00-04:00'))).toEqual([
      ['NGP710001H', 'inactive', 'explanted', 'replaced'],
      ['NGP720002H', 'active'],
    ]);
    expect(statesOf(implant, explant, later('2024-05-02T11:30:00-04:00'))[0]).toEqual([
      'NGP710001H',
      'inactive',
      'explanted',
    ]);
  });

  it('says so too where only the day of both is known', () => {
    const explant = report('explant', 'B', '2024-05-01');
    const another = report('implant', 'C', '2024-05-01', { pump: next });
    expect(statesOf(implant, explant, another)[0]).toEqual(['NGP710001H', 'inactive', 'explanted', 'replaced']);
  });

  it('does not say that a pump replaced itself, though it was implanted and explanted on one day', () => {
    const explant = report('explant', 'B', '2024-03-01T16:00:00-05:00');
    expect(statesOf(implant, explant)).toEqual([['NGP710001H', 'inactive', 'explanted']]);
  });

  it.each([
    ['that was implanted in the same month, for all that is known', 'implant', '2024-05'],
    ['of which no implantation is known', 'interrogation', '2024-05-01T11:00:00-04:00'],
  ])('is not called replaced by a pump %s', (_says, type, at) => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    expect(statesOf(implant, explant, report(type, 'C', at, { pump: next }))).toContainEqual([
      'NGP710001H',
      'inactive',
      'explanted',
    ]);
  });

  it('is not called replaced by a pump of a known day where only the month of its own end is known', () => {
    const explant = report('explant', 'B', '2024-05');
    const another = report('implant', 'C', '2024-05-01T11:00:00-04:00', { pump: next });
    expect(statesOf(implant, explant, another)).toContainEqual(['NGP710001H', 'inactive', 'explanted']);
  });

  it('is not called replaced where only the month of both is known', () => {
    const explant = report('explant', 'B', '2024-05');
    const another = report('implant', 'C', '2024-05', { pump: next });
    expect(statesOf(implant, explant, another)[0]).toEqual(['NGP710001H', 'inactive', 'explanted']);
  });

  it.each([
    ['eri', ['NGP710001H', 'active', 'eri']],
    ['eos', ['NGP710001H', 'active', 'eos']],
    ['ok', ['NGP710001H', 'active']],
  ])('with a battery reported as %s says so', (batteryStatus, expected) => {
    const read = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { reported: { batteryStatus } });
    expect(statesOf(implant, read)).toEqual([expected]);
  });

  it.each([
    ['that is not over', {}, ['NGP710001H', 'active', 'eos']],
    ['that is over', { clearedAt: '2024-04-02T10:00:00-04:00' }, ['NGP710001H', 'active']],
    ['of another pump', { pump: next }, ['NGP710001H', 'active']],
  ])('with an alarm of the battery %s, whatever it reads later', (_says, fields, expected) => {
    const alarm = report('alarm', 'X', '2024-04-01T10:00:00-04:00', { code: 'eos', ...fields });
    const read = report('interrogation', 'B', '2024-05-01T10:00:00-04:00', { reported: { batteryStatus: 'ok' } });
    expect(statesOf(implant, alarm, read)[0]).toEqual(expected);
  });

  it('names the report that took it out among those that changed it', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    const { result } = made([implant, explant]);
    const device = result.resources.find(({ resource }) => resource.resourceType === 'Device');
    expect(device?.changedBy?.source.reportEventId).toBe('B');
    const alone = made([implant]).result.resources.find(({ resource }) => resource.resourceType === 'Device');
    expect(alone?.changedBy).toBeUndefined();
  });
});

describe('what no Procedure tells of a pump', () => {
  const placed = { ...bare, pocketSite: 'lower abdomen', pocketSide: 'left', pocketPlane: 'subfascial' };
  const notesOf = (...events: Parameters<typeof made>[0]) => deviceOf(...events)[0]?.note?.map(({ text }) => text);

  it('stands as a note of its Device: when it was implanted, and where', () => {
    const label = { ...placed, implantedOn: '2019-05', implantedOnSource: 'implant card' };
    expect(notesOf(named(label))).toEqual([
      'Implanted 2019-05, as reported with its label (implant card).',
      'As reported with its label: pump pocket: lower abdomen, left, subfascial.',
    ]);
    expect(notesOf(named({ ...bare, implantedOn: '2019' }))).toEqual(['Implanted 2019, as reported with its label.']);
  });

  it('does not stand there where the implantation was reported', () => {
    expect(notesOf(named({ ...placed, implantedOn: '2024-03-01' }, 'implant'))).toBeUndefined();
  });

  it('stands there where only another pump was placed by a procedure', () => {
    const implant = report('implant', 'B', '2024-02-01T10:00:00-05:00', {
      pump: { ...placed, serialNumber: 'OTHER' },
    });
    const devices = deviceOf(implant, named(placed));
    expect(devices.map(({ serialNumber, note }) => [serialNumber, note?.length])).toEqual([
      ['OTHER', undefined],
      ['NGP710001H', 1],
    ]);
  });
});

describe('what is known of a model', () => {
  const facts: PumpModel = { manufacturer: 'Medtronic', family: 'X', models: ['8637-40'], kind: 'programmable-pump' };
  const withFacts = (more: Partial<PumpModel>, label: object = { ...bare, model: '863740' }) =>
    made([named(label)], { settings: { models: [{ ...facts, ...more }] } }).of<Device>('pump')[0] as Device;
  const conditional = {
    status: 'mr-conditional' as const,
    region: 'US',
    labelDate: '2015-06',
    inWords: 'Labelled MR Conditional at 1.5 T.',
    verified: true,
  };
  const notEstablished = { text: 'MR status not established: ask the manufacturer and radiology.' };

  it('fills a gap of the label, and says that it was not read from it', () => {
    expect(
      withFacts({ reservoirMl: 40 }).property?.map(({ type, valueQuantity }) => [type.text, valueQuantity?.[0]?.value]),
    ).toEqual([['Reservoir capacity, of the model; not read from its label', 40]]);
    expect(
      withFacts({ reservoirMl: 40 }, { ...bare, model: '8637-40', reservoirMl: 39 }).property?.map(
        ({ type, valueQuantity }) => [type.text, valueQuantity?.[0]?.value],
      ),
    ).toEqual([['Reservoir capacity', 39]]);
  });

  it('is not shown where its source was not verified', () => {
    expect(withFacts({ reservoirMl: 40, unverified: ['reservoirMl'] }).property).toBeUndefined();
    expect(withFacts({ reservoirMl: 40, unverified: ['tubingMl'] }).property).toHaveLength(1);
  });

  it('codes the magnetic resonance status only where the label is known by region and date, and verified', () => {
    expect(withFacts({ safety: [conditional] }).safety).toEqual([
      {
        coding: [
          {
            system: 'urn:oid:2.16.840.1.113883.3.26.1.1',
            code: 'C106046',
            display: 'Magnetic Resonance Conditional',
          },
        ],
        text: 'Label for US, of 2015-06: Labelled MR Conditional at 1.5 T.',
      },
    ]);
    const { labelDate: _, ...undated } = conditional;
    expect(withFacts({ safety: [undated] }).safety).toEqual([
      { text: 'Label for US, date not known: Labelled MR Conditional at 1.5 T.' },
      notEstablished,
    ]);
    expect(withFacts({ safety: [{ ...conditional, verified: false }] }).safety).toEqual([
      { text: 'Label for US, of 2015-06: Labelled MR Conditional at 1.5 T. Not verified.' },
      notEstablished,
    ]);
  });

  it('codes a pump that is declared unsafe as such', () => {
    const unsafe = { ...conditional, status: 'mr-unsafe' as const, region: 'EU' };
    expect(withFacts({ safety: [unsafe] }).safety?.map(codesOf)).toEqual([['C106047']]);
  });

  it.each(['X 40 mL', 'X 8637-40'])(
    'says nothing of magnetic resonance for a pump whose label does not give its reference number alone: %s',
    (model) => {
      const label = { ...bare, model, reservoirMl: 40 };
      expect(withFacts({ safety: [conditional], reservoirMl: 40 }, label).safety).toEqual([notEstablished]);
    },
  );

  it('says so where the model is known and no label of it', () => {
    expect(withFacts({}).safety).toEqual([notEstablished]);
  });

  it('knows a model by any of its reference numbers', () => {
    const models = ['8637-20', '8637-40', '8637C40'];
    expect(withFacts({ models, safety: [conditional] }).safety?.map(codesOf)).toEqual([['C106046']]);
  });

  it('brings its notices to the reader', () => {
    const notices = [
      { date: '2013-06-07', inWords: 'The sensor can misread.', verified: true },
      { date: '2019', inWords: 'Motor stall.', verified: false },
    ];
    expect(withFacts({ notices }).note).toEqual([
      { text: 'Notice about the model, 2013-06-07: The sensor can misread.' },
      { text: 'Notice about the model, 2019: Motor stall. Not verified.' },
    ]);
  });
});

describe('the label of a pump', () => {
  it('is of the pump that every report names', () => {
    expect(
      deviceOf(
        named(pump),
        report('refill', 'B', '2024-04-01T10:00:00-04:00', { fill: { volumeMl: 18, concentrationUgPerMl: 2000 } }),
      ),
    ).toHaveLength(1);
  });
});
