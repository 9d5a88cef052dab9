import type { AdverseEvent, AllergyIntolerance, Condition, Flag } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { desired } from '../../../src/mapping/desired.ts';
import { mappingContext, patientOf, therapyOf } from '../../stories/story.ts';
import { report } from '../../therapy/reports.ts';
import { allOf, hl7, implant, only, ours, said, snomed, written } from './clinic.ts';

const confirmed = (fields: object = {}, occurredAt = '2024-05-01T10:00:00-04:00') =>
  report('complication', 'C', occurredAt, { code: 'withdrawal', confirmed: true, recordedAt: undefined, ...fields });
const baseline = (fields: object) => report('baseline', 'B', '2024-01-08', { recordedAt: undefined, ...fields });
const diagnosis = { system: 'http://snomed.info/sct', code: '90584004', display: 'SCI' };
const everything = [implant, confirmed(), baseline({ diagnosis, allergies: ['baclofen'] })] as const;

describe('what clinicians keep', () => {
  it('is left alone where the site asks for nothing', () => {
    const types = new Set(written(everything).resources.map(({ resource }) => resource.resourceType));
    expect([...types].filter((type) => ['Condition', 'Flag', 'AllergyIntolerance'].includes(type))).toEqual([]);
    expect(only<AdverseEvent>(written(everything), 'itb-adverse-event')).not.toHaveProperty('resultingCondition');
  });

  it('is written to one list without the others', () => {
    const kinds = (emit: object) =>
      written(everything, emit)
        .resources.map(({ resource }) => resource.resourceType)
        .filter((type) => ['Condition', 'Flag', 'AllergyIntolerance'].includes(type));
    expect(kinds({ condition: true })).toEqual(['Condition', 'Condition']);
    expect(kinds({ flag: true })).toEqual(['Flag']);
    expect(kinds({ allergy: true })).toEqual(['AllergyIntolerance']);
    expect(kinds({ condition: false, flag: false, allergy: false })).toEqual([]);
  });
});

describe('a condition, where the site asks for it', () => {
  const condition = (fields: object) =>
    only<Condition>(written([confirmed(fields)], { condition: true }), 'itb-condition');

  it('is a withdrawal that a clinician confirmed, and the adverse event resulted in it', () => {
    const result = written(
      [
        confirmed({
          severity: 'severe',
          outcome: 'resolved',
          resolvedAt: '2024-05-04',
          performer: { display: 'Dr. A' },
        }),
      ],
      { condition: true },
    );
    const resource = only<Condition>(result, 'itb-condition');
    expect(said(resource)).toEqual({
      resourceType: 'Condition',
      clinicalStatus: hl7('condition-clinical', 'resolved', 'Resolved'),
      verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
      category: [hl7('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
      severity: hl7('adverse-event-severity', 'severe', 'Severe'),
      code: ours('itb-complication', 'withdrawal', 'Baclofen withdrawal'),
      onsetDateTime: '2024-05-01T10:00:00-04:00',
      abatementDateTime: '2024-05-04',
      recorder: resource.recorder,
      evidence: [{ detail: only<AdverseEvent>(result, 'itb-adverse-event').subjectMedicalHistory }],
    });
    expect(resource.recorder?.display).toBe('Dr. A');
    expect(only<AdverseEvent>(result, 'itb-adverse-event').resultingCondition).toEqual([
      { reference: `urn:uuid:${resource.identifier?.[0]?.value}` },
    ]);
  });

  it.each<[{ outcome?: string; resolvedAt?: string }, string | undefined]>([
    [{ outcome: 'resolved' }, 'resolved'],
    [{ outcome: 'resolvedWithSequelae' }, 'resolved'],
    [{ resolvedAt: '2024-05-04' }, 'resolved'],
    [{ outcome: 'recovering' }, 'active'],
    [{ outcome: 'ongoing' }, 'active'],
    [{ outcome: 'recovering', resolvedAt: '2024-05-04' }, 'active'],
    [{ outcome: 'fatal' }, 'inactive'],
    [{ outcome: 'unknown' }, undefined],
    [{}, undefined],
  ])('after %j is %s', (fields, status) => {
    const resource = condition(fields);
    expect(resource.clinicalStatus?.coding?.[0]?.code).toBe(status);
    expect(resource.abatementDateTime).toBe(status === 'resolved' ? fields.resolvedAt : undefined);
    expect(resource.note?.[0]?.text).toBe(fields.outcome === 'fatal' ? 'Outcome: fatal.' : undefined);
  });

  it.each(['withdrawal', 'pocket-infection', 'surgical-site-infection', 'meningitis', 'sepsis'])(
    'can be %s',
    (code) => {
      expect(condition({ code }).code?.coding?.[0]?.code).toBe(code);
    },
  );

  it.each([
    ['not confirmed', { confirmed: false }],
    ['of which nothing was said', { confirmed: undefined }],
    ['that is no disease', { code: 'programming-error' }],
    ['that nobody knows', { code: 'sprocket-loose' }],
  ])('is no complication %s', (_, fields) => {
    expect(allOf(written([implant, confirmed(fields)], { condition: true }), 'itb-condition')).toEqual([]);
  });

  it('is the diagnosis that led to the therapy, where its code is known', () => {
    const result = written([baseline({ diagnosis })], { condition: true });
    expect(said(only(result, 'itb-condition'))).toEqual({
      resourceType: 'Condition',
      extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'day' }],
      clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
      category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
      code: { coding: [snomed('90584004', 'Spinal cord injury')], text: 'SCI' },
    });
    const unknown = baseline({ diagnosis: { system: 'urn:local', code: 'X', display: 'HSP' } });
    expect(allOf(written([unknown], { condition: true }), 'itb-condition')).toEqual([]);
    expect(allOf(written([baseline({ origin: 'spinal' })], { condition: true }), 'itb-condition')).toEqual([]);
  });
});

describe('a flag, where the site asks for it', () => {
  const explant = report('explant', 'X', '2024-08', { removed: ['pump'] });

  it('says the standing risk while the pump is implanted', () => {
    expect(said(only<Flag>(written([implant], { flag: true }), 'itb-flag'))).toEqual({
      resourceType: 'Flag',
      status: 'active',
      category: [hl7('flag-category', 'safety', 'Safety')],
      code: ours('itb-clinical', 'interruption-risk', 'Risk of withdrawal if intrathecal delivery is interrupted'),
      period: { start: '2024-03-01T10:00:00-05:00' },
    });
  });

  it('is inactive from the explant on', () => {
    const { status, period } = only<Flag>(written([implant, explant], { flag: true }), 'itb-flag');
    expect([status, period]).toEqual(['inactive', { start: '2024-03-01T10:00:00-05:00', end: '2024-08' }]);
  });

  it('of a pump whose implantation nobody reported has no period', () => {
    const read = report('interrogation', 'R', '2024-05-01T10:00:00-04:00');
    expect(only<Flag>(written([read], { flag: true }), 'itb-flag')).not.toHaveProperty('period');
  });
});

it('a Flag has an identity of its own, which it carries first', () => {
  const { resources } = written([implant], { flag: true });
  const [item] = resources.filter(({ resource }) => resource.resourceType === 'Flag');
  const { identities } = mappingContext('p');
  const flag = item?.resource as Flag;
  expect(flag.identifier?.[0]?.value).toBe(item?.identity);
  expect(item?.identity).toBe(
    identities.identify(JSON.stringify(['event', implant.source.system, 'IMPLANT', 'flag', 0])),
  );
});

describe('an allergy, where the site asks for it', () => {
  const allergies = (words: readonly string[]) =>
    allOf<AllergyIntolerance>(written([baseline({ allergies: words })], { allergy: true }), 'itb-allergy');

  it('is one to baclofen, as reported and by nobody confirmed', () => {
    expect(allergies(['latex', 'Allergy to baclofen']).map(said)).toEqual([
      {
        resourceType: 'AllergyIntolerance',
        extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'day' }],
        clinicalStatus: hl7('allergyintolerance-clinical', 'active', 'Active'),
        verificationStatus: hl7('allergyintolerance-verification', 'unconfirmed', 'Unconfirmed'),
        code: ours('itb-clinical', 'baclofen-allergy', 'Allergy to baclofen', 'Allergy to baclofen'),
        patient: { reference: `Patient/${patientOf(implant)}` },
      },
    ]);
  });

  it.each(['no known allergy to baclofen', 'latex', 'none', 'baclofen?'])('is not %j', (words) => {
    expect(allergies([words])).toEqual([]);
  });

  it('is found in the first report that names it, whatever was reported before', () => {
    const plan = report('care-plan', 'P', '2024-06-25T11:00:00-04:00', {
      pump: undefined,
      author: 'pump clinic',
      signedDate: '2024-06-25',
      allergies: ['latex', 'baclofen'],
    });
    const resource = only<AllergyIntolerance>(written([implant, plan], { allergy: true }), 'itb-allergy');
    expect(resource.code?.text).toBe('baclofen');
    expect(resource.identifier?.[1]?.value).toBe('P');
  });

  it('is written once, however often it is told', () => {
    const plan = report('care-plan', 'P', '2024-06-25T11:00:00-04:00', {
      author: 'clinic',
      signedDate: '2024-06-25',
      allergies: ['baclofen'],
    });
    const result = written([baseline({ allergies: ['baclofen'] }), plan], { allergy: true });
    expect(allOf(result, 'itb-allergy')).toHaveLength(1);
    expect(allOf<AllergyIntolerance>(written([plan], { allergy: true }), 'itb-allergy')).toHaveLength(1);
  });

  it('has an identity of its own, which it carries first', () => {
    const { resources } = written([baseline({ allergies: ['baclofen'], diagnosis })], { allergy: true });
    const [item] = resources.filter(({ resource }) => resource.resourceType === 'AllergyIntolerance');
    const allergy = item?.resource as AllergyIntolerance;
    expect(allergy.identifier?.[0]?.value).toBe(item?.identity);
    expect(resources.filter(({ identity }) => identity === item?.identity)).toHaveLength(1);
    const { identities } = mappingContext('p');
    const { system } = implant.source;
    expect(item?.identity).toBe(identities.identify(JSON.stringify(['event', system, 'B', 'allergy', 0])));
  });

  it('has the licensed SNOMED CT code only where the site switched the pack on', () => {
    const events = [baseline({ allergies: ['baclofen'] })];
    const patientId = patientOf(events[0] as (typeof events)[0]);
    const codes = loadCodes('mappings', { packs: ['snomed'] });
    const context = { ...mappingContext(patientId), codes, emit: { allergy: true } };
    const resource = only<AllergyIntolerance>(desired(therapyOf(events, patientId), context), 'itb-allergy');
    expect(resource.code?.coding?.map(({ code }) => code)).toEqual(['baclofen-allergy', '294234003']);
  });
});
