import { describe, expect, it } from 'vitest';
import { commonParameters, parametersOf, servedTypes } from '../../../src/views/read-model/search-parameters.ts';
import type { Empty } from './search.contract.ts';

/** Of each parameter of the table one value that finds the resource and one that does not. */

const coding = (code: string) => ({ coding: [{ system: 'urn:codes', code }] });
const numbered = (value: string) => [{ system: 'urn:numbers', value }];
const subject = { reference: 'Patient/p1' };

/** One resource a type. Every parameter of its type has a value. */
const resources: Readonly<Record<string, object>> = {
  Patient: { identifier: numbered('n1') },
  Device: {
    patient: subject,
    type: coding('pump'),
    status: 'active',
    identifier: numbered('n2'),
    udiCarrier: [{ deviceIdentifier: '09521234000402', carrierHRF: '(01)09521234000402' }],
    manufacturer: 'Medtronic',
    modelNumber: '8637-40',
    deviceName: [{ name: 'SynchroMed II', type: 'model-name' }],
  },
  MedicationAdministration: {
    subject,
    status: 'in-progress',
    effectivePeriod: { start: '2026-03-01T10:00:00Z' },
    device: [{ reference: 'Device/d1' }],
    medicationCodeableConcept: coding('baclofen'),
    medicationReference: { reference: 'Medication/m1' },
    request: { reference: 'MedicationRequest/r1' },
    identifier: numbered('n3'),
  },
  MedicationRequest: {
    subject,
    status: 'active',
    intent: 'order',
    authoredOn: '2026-03-01',
    medicationCodeableConcept: coding('baclofen'),
    medicationReference: { reference: 'Medication/m1' },
    identifier: numbered('n4'),
  },
  Medication: {
    code: coding('baclofen'),
    status: 'active',
    identifier: numbered('n5'),
    batch: { lotNumber: 'LOTB7741', expirationDate: '2026-03-31' },
  },
  Observation: {
    subject,
    code: coding('dose'),
    category: [coding('vital-signs')],
    effectiveDateTime: '2026-03-01T10:00:00Z',
    status: 'final',
    device: { reference: 'Device/d1' },
    focus: [{ reference: 'MedicationAdministration/a1' }],
    partOf: [{ reference: 'Procedure/o1' }],
    component: [{ code: coding('part') }],
    valueCodeableConcept: coding('value'),
    identifier: numbered('n6'),
  },
  Procedure: {
    subject,
    code: coding('refill'),
    category: coding('therapeutic'),
    performedDateTime: '2026-03-01',
    status: 'completed',
    identifier: numbered('n7'),
  },
  AdverseEvent: {
    subject,
    event: coding('infection'),
    category: [coding('device')],
    actuality: 'actual',
    date: '2026-03-01',
  },
  Provenance: { target: [{ reference: 'Observation/x1' }], recorded: '2026-03-01T10:00:00Z' },
  CarePlan: {
    subject,
    category: [coding('emergency')],
    period: { start: '2026-03-01', end: '2026-04-01' },
    status: 'active',
    identifier: numbered('n8'),
  },
  MedicationStatement: {
    subject,
    status: 'active',
    category: coding('outpatient'),
    effectiveDateTime: '2026-03-01',
    medicationCodeableConcept: coding('oral'),
    identifier: numbered('n9'),
  },
  Condition: {
    subject,
    code: coding('spasticity'),
    category: [coding('problem')],
    clinicalStatus: coding('active'),
    onsetDateTime: '2026-03-01',
    identifier: numbered('n10'),
  },
  AllergyIntolerance: {
    patient: subject,
    code: coding('latex'),
    clinicalStatus: coding('active'),
    recordedDate: '2026-03-01',
    identifier: numbered('n11'),
  },
  Flag: { subject, period: { start: '2026-03-01' }, identifier: numbered('n12') },
};

const everyType = (type: string): [string, string, string][] => [
  ['_id', `${type}-1`, `${type}-2`],
  ['_lastUpdated', 'ge2026-11-20', 'gt2026-11-20'],
  ['_tag', 'urn:codes|tag', 'tug'],
  ['_security', 'HTEST', 'urn:other|HTEST'],
  ['_profile', 'https://profile.test/one', 'https://profile.test/on'],
];

/** Parameter, a value that finds it, one that does not. */
const cases: Readonly<Record<string, readonly [string, string, string][]>> = {
  Patient: [['identifier', 'urn:numbers|n1', 'urn:others|n1']],
  Device: [
    ['patient', 'p1', 'p2'],
    ['type', 'pump', 'catheter'],
    ['status', 'active', 'inactive'],
    ['identifier', 'n2', 'N2'],
    ['udi-di', '09521234000402', '9521234000402'],
    ['udi-carrier', '(01)0952', '(02)0952'],
    ['manufacturer', 'MEDTRÓNIC', 'tronic'],
    ['model', '8637', '8638'],
    ['device-name', 'synchromed', 'ascenda'],
  ],
  MedicationAdministration: [
    ['patient', 'Patient/p1', 'Patient/p2'],
    ['subject', 'Patient/p1', 'Patient/p2'],
    ['status', 'in-progress', 'completed'],
    ['effective-time', 'ge2026-11-01', 'eb2026-11-01'],
    ['device', 'Device/d1', 'Device/d2'],
    ['code', 'urn:codes|baclofen', 'urn:codes|morphine'],
    ['medication', 'm1', 'm2'],
    ['request', `${'https://adapter.test/fhir'}/MedicationRequest/r1`, 'MedicationRequest/r2'],
    ['identifier', 'urn:numbers|', 'urn:others|'],
  ],
  MedicationRequest: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['status', 'active', 'stopped'],
    ['intent', 'order', 'plan'],
    ['authoredon', '2026-03', '2026-04'],
    ['code', 'baclofen', 'morphine'],
    ['medication', 'Medication/m1', 'Procedure/m1'],
    ['identifier', 'n4', 'n5'],
  ],
  Medication: [
    ['code', 'baclofen', 'morphine'],
    ['status', 'active', 'inactive'],
    ['identifier', 'n5', 'n4'],
    ['lot-number', 'LOTB7741', 'lotb7741'],
    ['expiration-date', 'le2026-03-31', 'lt2026-03-31'],
  ],
  Observation: [
    ['patient', 'p1', 'p2'],
    ['subject', 'Patient/p1', 'Device/p1'],
    ['code', 'dose', 'volume'],
    ['category', 'vital-signs', 'laboratory'],
    ['date', '2026-03-01', '2026-03-02'],
    ['status', 'final', 'amended'],
    ['device', 'd1', 'd2'],
    ['focus', 'MedicationAdministration/a1', 'Device/a1'],
    ['part-of', 'Procedure/o1', 'MedicationAdministration/o1'],
    ['component-code', 'part', 'dose'],
    ['value-concept', 'value', 'dose'],
    ['identifier', '|n6,n6', '|n6'],
  ],
  Procedure: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['code', 'refill', 'implant'],
    ['category', 'therapeutic', 'diagnostic'],
    ['date', 'sa2026-02-28', 'sa2026-03-01'],
    ['status', 'completed', 'stopped'],
    ['identifier', 'n7', 'n8'],
  ],
  AdverseEvent: [
    ['subject', 'p1', 'p2'],
    ['event', 'infection', 'death'],
    ['category', 'device', 'other'],
    ['actuality', 'actual', 'potential'],
    ['date', 'ne2026-03-02', 'ne2026-03-01'],
  ],
  Provenance: [
    ['target', 'x1', 'x2'],
    ['patient', 'p1', 'p2'],
    ['recorded', '2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z'],
  ],
  CarePlan: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['category', 'emergency', 'other'],
    ['date', 'ge2026-04', 'ge2026-04-02'],
    ['status', 'active', 'draft'],
    ['identifier', 'n8', 'n9'],
  ],
  MedicationStatement: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['status', 'active', 'stopped'],
    ['category', 'outpatient', 'inpatient'],
    ['effective', '2026', '2025'],
    ['code', 'oral', 'baclofen'],
    ['identifier', 'n9', 'n8'],
  ],
  Condition: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['code', 'spasticity', 'dystonia'],
    ['category', 'problem', 'encounter'],
    ['clinical-status', 'active', 'resolved'],
    ['onset-date', 'lt2026-03-02', 'lt2026-03-01'],
    ['identifier', 'n10', 'n1'],
  ],
  AllergyIntolerance: [
    ['patient', 'p1', 'p2'],
    ['code', 'latex', 'nickel'],
    ['clinical-status', 'urn:codes|active', '|active'],
    ['date', 'gt2026-02', 'gt2026-03'],
    ['identifier', 'n11', 'n1'],
  ],
  Flag: [
    ['patient', 'p1', 'p2'],
    ['subject', 'p1', 'p2'],
    ['date', 'ge2030', 'lt2026-03'],
    ['identifier', 'n12', 'n1'],
  ],
};

export function describeParameters(empty: Empty): void {
  describe('every parameter', () => {
    it('stands in this table', () => {
      for (const type of servedTypes) {
        expect(cases[type]?.map(([name]) => name)).toEqual(parametersOf(type).map(({ name }) => name));
      }
      expect(everyType('Flag').map(([name]) => name)).toEqual(commonParameters.map(({ name }) => name));
    });

    it.each(servedTypes)('finds a %s by its value, and by no other', async (type) => {
      const there = empty();
      const meta = {
        tag: [{ system: 'urn:codes', code: 'tag' }],
        security: [{ code: 'HTEST' }],
        profile: ['https://profile.test/one'],
      };
      await there.put([{ resourceType: type, id: `${type}-1`, meta, ...resources[type] }]);
      for (const [name, hit, miss] of [...(cases[type] ?? []), ...everyType(type)]) {
        const by = (value: string) =>
          there.found(`${type}?${name}=${encodeURIComponent(value)}`, { reachOf: () => [{ patient: 'p1' }] });
        expect([name, await by(hit), await by(miss)]).toEqual([name, [`${type}-1`], []]);
      }
    });

    it.each(servedTypes)('says of a %s that it is there, and of one without it that it is missing', async (type) => {
      const there = empty();
      await there.put([
        { resourceType: type, id: 'with', ...resources[type] },
        { resourceType: type, id: 'without' },
      ]);
      for (const { name } of parametersOf(type)) {
        const expected = name === 'patient' || name === 'subject' ? [[], ['with', 'without']] : [['without'], ['with']];
        const missing = (value: boolean) =>
          there.found(`${type}?${name}:missing=${value}`, { reachOf: () => [{ patient: 'p1' }] });
        expect([name, await missing(true), await missing(false)]).toEqual([name, ...expected]);
      }
    });
  });
}
