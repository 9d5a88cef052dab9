import type { MedicationAdministration, MedicationStatement, Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { type Desired, desired } from '../../../src/mapping/desired.ts';
import { mappingContext, patientOf, therapyOf } from '../../stories/story.ts';
import { pump, report } from '../../therapy/reports.ts';
import { firstCatheter, implant, nameOf, only, ours, readOn, remarksOn, said, snomed, written } from './clinic.ts';

const quantity = (value: number, code: string) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });
const route = (code: string, display: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
  code,
  display,
});
const unknown = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown', display: 'Unknown' }],
  text: 'Unknown',
};

describe('a screening bolus', () => {
  const screening = (fields: object, occurredAt = '2024-01-09T09:15:00-05:00') =>
    report('screening-bolus', 'S', occurredAt, { pump: undefined, recordedAt: undefined, doseUg: 50, ...fields });
  const dose = (fields: object, occurredAt?: string) =>
    only<MedicationAdministration>(written([screening(fields, occurredAt)]), 'itb-screening-bolus');

  it('is an intrathecal dose by injection, without any pump', () => {
    const fields = { route: 'lumbar puncture', injectionMinutes: 1.5, performer: { display: 'Dr. A' }, note: 'calm' };
    const resource = dose(fields);
    expect(dose({})).not.toHaveProperty('note');
    expect(said(resource)).toEqual({
      resourceType: 'MedicationAdministration',
      status: 'completed',
      medicationCodeableConcept: {
        coding: [
          { system: 'http://fdasis.nlm.nih.gov', code: 'H789N3FKE8', display: 'Baclofen' },
          ...ours('itb-administration', 'baclofen', 'Baclofen for intrathecal use').coding,
        ],
        text: 'Baclofen for intrathecal use',
      },
      effectivePeriod: { start: '2024-01-09T09:15:00-05:00', end: '2024-01-09T09:16:30-05:00' },
      performer: [{ actor: resource.performer?.[0]?.actor }],
      note: [{ text: 'calm' }],
      dosage: {
        text: 'Screening bolus, 50 ug, intrathecal, lumbar puncture, injected over 1.5 min. Not given by a pump.',
        route: { coding: [route('ITINJ', 'Injection, intrathecal')], text: 'Intrathecal injection' },
        method: ours('itb-clinical', 'screening-bolus', 'Screening bolus', 'Screening bolus, lumbar puncture'),
        dose: quantity(50, 'ug'),
      },
    });
    expect(resource.performer?.[0]?.actor.display).toBe('Dr. A');
  });

  it('of which only amount and day are known says no more', () => {
    const { effectiveDateTime, effectivePeriod, dosage } = dose({ injectionMinutes: 2 }, '2024-01-09');
    expect([effectiveDateTime, effectivePeriod]).toEqual(['2024-01-09', undefined]);
    expect(dosage?.text).toBe('Screening bolus, 50 ug, intrathecal, injected over 2 min. Not given by a pump.');
    expect(dose({}).dosage?.text).toBe('Screening bolus, 50 ug, intrathecal. Not given by a pump.');
    expect(dose({}).dosage?.method?.text).toBe('Screening bolus');
    expect(dose({ injectionMinutes: 0 }).effectiveDateTime).toBe('2024-01-09T09:15:00-05:00');
  });

  it('has the licensed SNOMED CT route only where the site switched the pack on', () => {
    const events = [screening({})];
    const patientId = patientOf(events[0] as (typeof events)[0]);
    const codes = loadCodes('mappings', { packs: ['snomed'] });
    const result = desired(therapyOf(events, patientId), { ...mappingContext(patientId), codes });
    const { dosage } = only<MedicationAdministration>(result, 'itb-screening-bolus');
    expect(dosage?.route?.coding?.map(({ code }) => code)).toEqual(['ITINJ', '72607000']);
  });

  it('has its response beside it, with what was injected', () => {
    const result = written([
      screening({
        response: 'positive',
        volumeMl: 1,
        concentrationUgPerMl: 50,
        effectDurationHours: 6.5,
        lotNumber: 'LOT-S',
        ndc: '70121-2496-05',
      }),
    ]);
    const resource = only<Observation>(result, 'itb-screening-response');
    expect(said(resource)).toEqual({
      resourceType: 'Observation',
      status: 'final',
      effectiveDateTime: '2024-01-09T09:15:00-05:00',
      partOf: resource.partOf,
      code: ours('itb-clinical', 'screening-response', 'Response to the screening bolus'),
      valueCodeableConcept: ours('itb-clinical-answer', 'positive', 'Positive'),
      component: [
        { code: ours('itb-clinical', 'screening-dose', 'Screening dose'), valueQuantity: quantity(50, 'ug') },
        { code: ours('itb-clinical', 'screening-volume', 'Screening volume'), valueQuantity: quantity(1, 'mL') },
        {
          code: ours('itb-clinical', 'screening-concentration', 'Screening concentration'),
          valueQuantity: quantity(50, 'ug/mL'),
        },
        { code: ours('itb-clinical', 'effect-duration', 'Duration of the effect'), valueQuantity: quantity(6.5, 'h') },
        { code: ours('itb-clinical', 'lot-number', 'Lot number'), valueString: 'LOT-S' },
        { code: ours('itb-clinical', 'product-ndc', 'National Drug Code'), valueString: '70121-2496-05' },
      ],
    });
    const { identifier } = only<MedicationAdministration>(result, 'itb-screening-bolus');
    expect(resource.partOf).toEqual([{ reference: `urn:uuid:${identifier?.[0]?.value}` }]);
  });

  it('whose response was not reported says so', () => {
    const resource = only<Observation>(written([screening({})]), 'itb-screening-response');
    expect(resource.dataAbsentReason).toEqual(unknown);
    expect(resource).not.toHaveProperty('valueCodeableConcept');
  });

  it('makes no device, no infusion and no dose of a pump', () => {
    const profiles = written([screening({ pump })]).resources.map(({ resource }) => resource.meta?.profile?.[0]);
    expect(profiles.map((url) => url?.split('/').at(-1))).toEqual([
      'itb-screening-bolus',
      'itb-screening-response',
      'itb-provenance',
    ]);
  });
});

describe('a rescue medication', () => {
  const rescue = (fields: object) =>
    written([
      report('rescue-medication', 'M', '2024-05-01T10:00:00-04:00', {
        pump: undefined,
        recordedAt: '2024-05-01T11:00:00-04:00',
        medication: 'baclofen',
        ...fields,
      }),
    ]);
  const statement = (fields: object) => only<MedicationStatement>(rescue(fields), 'itb-rescue-medication');

  it('is a statement in words that nobody can add to the dose of the pump', () => {
    const result = rescue({ dose: '10 mg every 6 h', route: 'oral', indication: 'withdrawal', note: 'by the mother' });
    expect(statement({})).not.toHaveProperty('note');
    expect(said(only(result, 'itb-rescue-medication'))).toEqual({
      resourceType: 'MedicationStatement',
      status: 'unknown',
      medicationCodeableConcept: { text: 'baclofen' },
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      dateAsserted: '2024-05-01T11:00:00-04:00',
      reasonCode: [{ text: 'withdrawal' }],
      note: [{ text: 'by the mother' }],
      dosage: [{ text: '10 mg every 6 h', route: { coding: [route('PO', 'Swallow, oral')], text: 'oral' } }],
    });
    expect(result.resources.some(({ resource }) => resource.resourceType === 'MedicationAdministration')).toBe(false);
  });

  it.each([
    ['By mouth', 'PO'],
    ['rectal', 'PR'],
    ['intrathecal', undefined],
    ['IT', undefined],
    ['nasogastric tube', undefined],
  ])('by the route %j keeps the word, coded as %s', (words, code) => {
    const stated = statement({ route: words }).dosage?.[0]?.route;
    expect([stated?.text, stated?.coding?.[0]?.code]).toEqual([words, code]);
  });

  it('without dose and route has no dosage', () => {
    expect(statement({})).not.toHaveProperty('dosage');
    expect(statement({ dose: '5 mg' }).dosage).toEqual([{ text: '5 mg' }]);
  });

  it('says who told of it', () => {
    expect(statement({ performer: { display: 'Dr. A' } }).informationSource?.display).toBe('Dr. A');
  });
});

describe('imaging', () => {
  const imaged = (fields: object) =>
    written([
      implant,
      report('imaging', 'I', '2024-05-01T10:00:00-04:00', {
        pump: undefined,
        recordedAt: undefined,
        modality: 'X-ray',
        ...fields,
      }),
    ]);

  it('says what it showed, of what, and how', () => {
    const fields = { site: 'lumbar spine', contrast: 'through the side port', finding: 'kink at the fascia' };
    expect(said(only(imaged(fields), 'itb-imaging'))).toEqual({
      resourceType: 'Observation',
      status: 'final',
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/observation-category',
              code: 'imaging',
              display: 'Imaging',
            },
          ],
        },
      ],
      code: ours('itb-clinical', 'imaging', 'Imaging'),
      valueString: 'kink at the fascia',
      bodySite: { text: 'lumbar spine' },
      method: { text: 'X-ray' },
      component: [{ code: ours('itb-clinical', 'contrast', 'Contrast'), valueString: 'through the side port' }],
    });
  });

  it('without a finding says that none was reported', () => {
    const resource = only<Observation>(imaged({}), 'itb-imaging');
    expect(resource.dataAbsentReason).toEqual(unknown);
    expect(Object.keys(resource)).not.toEqual(expect.arrayContaining(['bodySite']));
    expect(resource).not.toHaveProperty('component');
  });

  it('is about the devices that the report names', () => {
    const result = imaged({ pump, catheter: firstCatheter });
    const { focus } = only<Observation>(result, 'itb-imaging');
    expect(focus?.map(({ reference }) => nameOf(result, reference))).toEqual(['NGP710001H', 'LOT-C1']);
  });
});

describe('a baseline', () => {
  const sent = (result: Desired) => JSON.stringify(result.resources.map(({ resource }) => resource));
  const baseline = (fields: object) =>
    written([report('baseline', 'B', '2024-01-08', { recordedAt: undefined, ...fields })]);
  const fact = (code: string, display: string, value: object) => ({
    code: ours('itb-clinical', code, display),
    ...value,
  });

  it('states each fact; birth date and sex stay with the Patient of the hospital', () => {
    const result = baseline({
      indication: 'dystonia',
      origin: 'cerebral',
      diagnosis: { system: 'http://snomed.info/sct', code: '128188000', display: 'CP' },
      birthDate: '2016-08',
      sex: 'female',
      weightKg: 21.5,
      functionalLevel: 'GMFCS V',
      allergies: ['latex'],
      earlierOralTherapy: ['baclofen 30 mg/d', 'diazepam'],
    });
    expect(said(only(result, 'itb-baseline'))).toEqual({
      resourceType: 'Observation',
      extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'day' }],
      status: 'final',
      effectiveDateTime: '2024-01-08',
      code: ours('itb-clinical', 'baseline', 'Baseline'),
      component: [
        fact('indication', 'Indication', { valueCodeableConcept: ours('itb-clinical-answer', 'dystonia', 'Dystonia') }),
        fact('origin', 'Origin of spasticity', {
          valueCodeableConcept: ours('itb-clinical-answer', 'cerebral', 'Cerebral origin'),
        }),
        fact('diagnosis', 'Diagnosis', {
          valueCodeableConcept: { coding: [snomed('128188000', 'Cerebral palsy')], text: 'CP' },
        }),
        fact('functional-level', 'Functional level', { valueString: 'GMFCS V' }),
        fact('weight', 'Body weight', { valueQuantity: quantity(21.5, 'kg') }),
        fact('allergy', 'Allergy', { valueString: 'latex' }),
        fact('earlier-oral-therapy', 'Earlier oral therapy', { valueString: 'baclofen 30 mg/d' }),
        fact('earlier-oral-therapy', 'Earlier oral therapy', { valueString: 'diazepam' }),
      ],
    });
    expect(remarksOn(result, 'B')).toEqual([
      ['kept-in-ledger', 'birthDate', false],
      ['kept-in-ledger', 'sex', false],
    ]);
    expect(readOn(result, 'B')).toEqual([
      'information: the birth date belongs to the Patient there',
      'information: the sex belongs to the Patient there',
    ]);
    expect(sent(result)).not.toMatch(/2016-08|female/);
    expect(result.resources.some(({ resource }) => resource.resourceType === 'Patient')).toBe(false);
  });

  it('of which nothing is left but birth date and sex writes nothing', () => {
    expect(baseline({ sex: 'male' }).resources).toEqual([]);
    expect(remarksOn(baseline({ sex: 'male' }), 'B')).toEqual([['kept-in-ledger', 'sex', false]]);
  });

  it.each([
    ['by its SNOMED CT code', { system: 'http://snomed.info/sct', code: '90584004' }, '90584004', 'Spinal cord injury'],
    [
      'by its name',
      { system: 'urn:local', code: 'X1', display: 'Multiple sclerosis' },
      '24700007',
      'Multiple sclerosis',
    ],
    ['in words, where neither is known', { system: 'urn:local', code: 'X2', display: 'HSP' }, undefined, 'HSP'],
    ['as not named, where there are no words', { system: 'urn:local', code: 'X3' }, undefined, 'not named'],
  ])('states the diagnosis %s', (_, diagnosis, code, text) => {
    const result = baseline({ diagnosis });
    const value = only<Observation>(result, 'itb-baseline').component?.[0]?.valueCodeableConcept;
    expect([value?.coding?.[0]?.code, value?.text]).toEqual([code, text]);
    expect(remarksOn(result, 'B')).toEqual(code ? [] : [['code-unmapped', 'diagnosis', false]]);
    expect(readOn(result, 'B')).toEqual(
      code ? [] : ['warning: the diagnosis is not in the ConceptMap and stays in words'],
    );
    expect(sent(result)).not.toContain('"X');
  });
});
