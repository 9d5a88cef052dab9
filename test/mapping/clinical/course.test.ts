import { describe, expect, it } from 'vitest';
import { report } from '../../therapy/reports.ts';
import { allOf, implant, only, ours, said, written } from './clinic.ts';

describe('the course', () => {
  const course = (type: string, fields: object) =>
    said(
      only(
        written([report(type, 'E', '2024-09-01', { pump: undefined, recordedAt: undefined, ...fields })]),
        'itb-course',
      ),
    );
  const stated = (code: string, display: string, answer: [string, string], rest: object = {}) => ({
    resourceType: 'Observation',
    extension: [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'day' }],
    status: 'final',
    effectiveDateTime: '2024-09-01',
    code: ours('itb-clinical', code, display),
    valueCodeableConcept: ours('itb-clinical-answer', ...answer),
    ...rest,
  });
  const part = (code: string, display: string, value: object) => ({
    code: ours('itb-clinical', code, display),
    ...value,
  });

  it.each([
    ['visit', 'Visit'],
    ['telephone', 'Telephone'],
    ['video', 'Video'],
    ['none-reached', 'Nobody reached'],
  ])('has follow-up by %s', (contact, display) => {
    expect(course('follow-up', { contact })).toEqual(
      stated('follow-up', 'Follow-up contact', [`contact-${contact}`, display]),
    );
  });

  it('has what a follow-up told', () => {
    const fields = { contact: 'visit', alive: true, onTherapy: false, note: 'weaned elsewhere' };
    expect(course('follow-up', fields)).toEqual(
      stated('follow-up', 'Follow-up contact', ['contact-visit', 'Visit'], {
        note: [{ text: 'weaned elsewhere' }],
        component: [
          part('alive', 'Alive', { valueBoolean: true }),
          part('on-therapy', 'On therapy', { valueBoolean: false }),
        ],
      }),
    );
  });

  it.each([
    ['given', 'Consent given'],
    ['refused', 'Consent refused'],
    ['withdrawn', 'Consent withdrawn'],
  ])('has consent %s', (decision, display) => {
    expect(course('consent', { decision, scope: 'registry' })).toEqual(
      stated('consent', 'Consent', [`consent-${decision}`, display], {
        component: [part('scope', 'Scope', { valueString: 'registry' })],
      }),
    );
  });

  it.each([
    ['enrolled', 'Enrolled'],
    ['left', 'Left'],
  ])('has a patient who %s', (status, display) => {
    expect(course('enrolment', { programme: 'ITB registry', status, reason: 'moved' })).toEqual(
      stated('enrolment', 'Enrolment', [`enrolment-${status}`, display], {
        component: [
          part('programme', 'Programme', { valueString: 'ITB registry' }),
          part('reason', 'Reason', { valueString: 'moved' }),
        ],
      }),
    );
  });

  it.each([
    ['in', 'Transferred in'],
    ['out', 'Transferred out'],
  ])('has a transfer %s', (direction, display) => {
    expect(course('transfer', { direction, clinic: { display: 'adult clinic' }.display })).toMatchObject(
      stated('transfer', 'Transfer of care', [`transfer-${direction}`, display]),
    );
  });

  it('has a death, with what the reporter says of its cause', () => {
    expect(course('death', { relatedToTherapy: 'no', cause: 'pneumonia' })).toEqual(
      stated('death', 'Death', ['died', 'Died'], {
        component: [
          part('related-to-therapy', 'Related to the therapy', {
            valueCodeableConcept: ours('itb-clinical-answer', 'no', 'No'),
          }),
          part('cause', 'Cause', { valueString: 'pneumonia' }),
        ],
      }),
    );
    expect(course('death', {})).toEqual(stated('death', 'Death', ['died', 'Died']));
  });

  it('is nothing that other reports say', () => {
    expect(allOf(written([implant]), 'itb-course')).toEqual([]);
  });
});
