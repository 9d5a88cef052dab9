import type {
  AdverseEvent,
  Device,
  MedicationAdministration,
  Observation,
  Patient,
  Procedure,
  Provenance,
  Resource,
} from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { foundBy, searchText } from '../../../src/views/read-model/values.ts';

const loinc = 'http://loinc.org';
const ms = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

/** `parameter=system|value`, in the order in which they are found. */
const found = (resource: Resource) =>
  foundBy(resource).values.map(({ parameter, system, value }) => `${parameter}=${system}|${value}`);

describe('what a resource is found by', () => {
  it('is each coding of a concept, each plain code, and what its references name', () => {
    const resource: Observation = {
      resourceType: 'Observation',
      id: 'o',
      meta: {
        versionId: '3',
        tag: [{ system: 'urn:tags', code: 't' }],
        security: [{ system: 'urn:labels', code: 'HTEST' }],
        profile: ['https://profile'],
      },
      identifier: [{ system: 'urn:ids', value: 'one' }, { value: 'two' }],
      status: 'final',
      category: [{ coding: [{ system: 'urn:cat', code: 'survey' }] }],
      code: { coding: [{ system: loinc, code: '1' }, { code: '2' }, { system: loinc }], text: 'not a code' },
      subject: { reference: 'Patient/p' },
      device: { reference: 'Device/d' },
      focus: [{ reference: 'Device/d' }, { reference: 'MedicationAdministration/m' }, { display: 'names nothing' }],
      component: [{ code: { coding: [{ system: loinc, code: '3' }] } }, { code: { coding: [{ code: '4' }] } }],
      effectiveDateTime: '2024-06-25T10:00:00Z',
    };
    expect(found(resource)).toEqual([
      `code=${loinc}|1`,
      'code=|2',
      'category=urn:cat|survey',
      'status=|final',
      'device=Device|d',
      'focus=Device|d',
      'focus=MedicationAdministration|m',
      `component-code=${loinc}|3`,
      'component-code=|4',
      'identifier=urn:ids|one',
      'identifier=|two',
      '_tag=urn:tags|t',
      '_security=urn:labels|HTEST',
      '_profile=|https://profile',
    ]);
  });

  it('is never its patient: that is known of every row', () => {
    const device: Device = { resourceType: 'Device', patient: { reference: 'Patient/p' } };
    expect(foundBy(device)).toEqual({ values: [], fromMs: null, toMs: null });
  });

  it('is a text without case and accents, as far as 200 characters, beside it as it was written', () => {
    const device: Device = {
      resourceType: 'Device',
      manufacturer: 'Médtrönic',
      deviceName: [
        { name: 'SynchroMed', type: 'model-name' },
        { name: 'SYNCHROMED', type: 'user-friendly-name' },
      ],
      udiCarrier: [{ deviceIdentifier: '09521234000402', carrierHRF: '(01)09521234000402' }],
    };
    expect(found(device)).toEqual([
      'udi-di=09521234000402|09521234000402',
      'udi-carrier=(01)09521234000402|(01)09521234000402',
      'manufacturer=Médtrönic|medtronic',
      'device-name=SynchroMed|synchromed',
      'device-name=SYNCHROMED|synchromed',
    ]);
    expect(searchText('Ä'.repeat(300))).toBe('a'.repeat(200));
  });

  it('is the whole address where a reference leads to another server, as a Patient may', () => {
    const provenance: Provenance = {
      resourceType: 'Provenance',
      recorded: '2024-06-25T10:00:00Z',
      agent: [{ who: { display: 'somebody' } }],
      target: [{ reference: 'Device/d' }, { reference: 'https://there.example/fhir/Device/7' }],
    };
    expect(found(provenance)).toEqual(['target=Device|d', 'target=|https://there.example/fhir/Device/7']);
  });

  it('is nothing for a type that is not served', () => {
    const task: Resource = { resourceType: 'Task', intent: 'order', status: 'requested' };
    expect(foundBy(task)).toEqual({ values: [], fromMs: null, toMs: null });
  });

  it('of a Patient is each identifier', () => {
    const patient: Patient = {
      resourceType: 'Patient',
      active: false,
      identifier: [{ use: 'old', system: 'urn:mrn', value: 'MRN1' }],
    };
    expect(found(patient)).toEqual(['identifier=urn:mrn|MRN1']);
  });
});

describe('when a resource was', () => {
  const dated = (resource: Resource) => {
    const { fromMs, toMs } = foundBy(resource);
    return [fromMs, toMs];
  };

  it('is the span of a period, both ends included', () => {
    const dose = { resourceType: 'MedicationAdministration', status: 'completed' } as MedicationAdministration;
    const effectivePeriod = { start: '2024-06-25T10:00:00Z', end: '2024-07' };
    expect(dated({ ...dose, effectivePeriod })).toEqual([ms('2024-06-25T10:00:00Z'), ms('2024-07-31T23:59:59.999Z')]);
  });

  it('has no end while it goes on, and began long ago where nobody says when', () => {
    const dose = { resourceType: 'MedicationAdministration', status: 'in-progress' } as MedicationAdministration;
    expect(dated({ ...dose, effectivePeriod: { start: '2024' } })).toEqual([ms('2024-01-01T00:00:00Z'), null]);
    expect(dated({ ...dose, effectivePeriod: { end: '2024' } })).toEqual([
      ms('0001-01-01T00:00:00Z'),
      ms('2024-12-31T23:59:59.999Z'),
    ]);
  });

  it('is all of a partial date', () => {
    const procedure: Procedure = {
      resourceType: 'Procedure',
      status: 'completed',
      subject: {},
      performedDateTime: '2018-06',
    };
    expect(dated(procedure)).toEqual([ms('2018-06-01T00:00:00Z'), ms('2018-06-30T23:59:59.999Z')]);
  });

  it('is nothing where it says nothing, or nothing that can be read', () => {
    const event: AdverseEvent = { resourceType: 'AdverseEvent', actuality: 'actual', subject: {} };
    expect(dated(event)).toEqual([null, null]);
    expect(dated({ ...event, date: 'soon' })).toEqual([null, null]);
  });
});
