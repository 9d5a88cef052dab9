import type { CarePlan } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { report } from '../../therapy/reports.ts';
import { allOf, only, ours, said, written } from './clinic.ts';

const plan = (eventId: string, occurredAt: string, fields: object = {}) =>
  report('care-plan', eventId, occurredAt, {
    pump: undefined,
    recordedAt: undefined,
    author: 'pump clinic',
    signedDate: '2024-06-25',
    ...fields,
  });
const part = (code: string, display: string, detail: object) => ({
  detail: { code: ours('itb-clinical', code, display), status: 'unknown', ...detail },
});

describe('a care plan', () => {
  it('holds all that the clinic signed, what is needed in an emergency first', () => {
    const resource = only<CarePlan>(
      written([
        plan('P', '2024-06-25T11:00:00-04:00', {
          withdrawalSigns: ['itching', 'rising tone'],
          overdoseSigns: ['drowsiness'],
          restrictions: [{ text: 'no swimming', until: '2024-08-01' }, { text: 'no contact sports' }],
          feverProtocol: 'call the clinic',
          emergencyPlan: 'go to the emergency department',
          contacts: [
            { role: 'on call', telephone: '+1-555-0100' },
            { role: 'nurse', name: 'N. N.', telephone: '+1-555-0101' },
          ],
          prnDrugs: ['diazepam rectal 5 mg'],
          currentMedication: ['oral baclofen 10 mg'],
          allergies: ['latex'],
          deviceCard: 'carried',
          skin: 'intact',
          careTeam: ['spasticity team', 'school nurse'],
          reviewDate: '2025-06-25',
          note: 'read with the family',
          performer: { display: 'Dr. A' },
          clinic: { display: 'clinic' },
        }),
      ]),
      'itb-care-plan',
    );
    const title = 'Care plan of intrathecal baclofen therapy';
    expect(said(resource)).toEqual({
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      category: [ours('itb-clinical', 'care-plan', title)],
      title,
      period: { start: '2024-06-25' },
      created: '2024-06-25T11:00:00-04:00',
      author: { display: 'pump clinic' },
      contributor: resource.contributor,
      careTeam: [{ display: 'spasticity team' }, { display: 'school nurse' }],
      activity: [
        part('withdrawal-signs', 'Signs of withdrawal', { description: 'itching' }),
        part('withdrawal-signs', 'Signs of withdrawal', { description: 'rising tone' }),
        part('overdose-signs', 'Signs of overdose', { description: 'drowsiness' }),
        part('emergency-plan', 'Emergency plan', { description: 'go to the emergency department' }),
        part('contact', 'Contact', { description: 'on call, +1-555-0100' }),
        part('contact', 'Contact', { description: 'nurse, N. N., +1-555-0101' }),
        part('prn-drug', 'Drug as needed', { description: 'diazepam rectal 5 mg' }),
        part('fever-protocol', 'Fever protocol', { description: 'call the clinic' }),
        part('restriction', 'Restriction', { description: 'no swimming', scheduledPeriod: { end: '2024-08-01' } }),
        part('restriction', 'Restriction', { description: 'no contact sports' }),
        part('allergy', 'Allergy', { description: 'latex' }),
        part('current-medication', 'Current medication', { description: 'oral baclofen 10 mg' }),
        part('skin', 'Skin and incision', { description: 'intact' }),
        part('device-card', 'Device card', { description: 'carried' }),
        part('review', 'Review of the care plan', {
          status: 'scheduled',
          scheduledPeriod: { start: '2025-06-25' },
        }),
      ],
      note: [{ text: 'read with the family' }],
    });
    expect(resource.contributor?.map(({ display }) => display)).toEqual(['Dr. A', 'clinic']);
  });

  it('with nothing but a signature has no parts', () => {
    const resource = only<CarePlan>(written([plan('P', '2024-06-25T11:00:00-04:00')]), 'itb-care-plan');
    expect(Object.keys(said(resource))).not.toEqual(expect.arrayContaining(['activity']));
    expect(resource).not.toHaveProperty('careTeam');
    expect(resource).not.toHaveProperty('contributor');
    expect(resource).not.toHaveProperty('note');
  });

  it('stands where the one before it is held, and does not name it', () => {
    const held = plan('P1', '2023-06-25T11:00:00-04:00', { author: 'x\u0007' });
    const resource = only<CarePlan>(written([held, plan('P2', '2024-06-25T11:00:00-04:00')]), 'itb-care-plan');
    expect(resource).not.toHaveProperty('replaces');
    expect(resource.status).toBe('active');
  });

  it('is revoked by the next one, which names it, whatever the order of the reports', () => {
    const plans = [
      plan('P3', '2025-07-01T11:00:00-04:00'),
      plan('P1', '2023-06-25T11:00:00-04:00'),
      plan('P2', '2024-06-25T11:00:00-04:00'),
    ];
    const result = written(plans);
    const found = allOf<CarePlan>(result, 'itb-care-plan');
    expect(found.map(({ status }) => status)).toEqual(['revoked', 'revoked', 'active']);
    const [first, second, third] = found.map(({ identifier }) => `urn:uuid:${identifier?.[0]?.value}`);
    expect(found.map(({ replaces }) => replaces?.map(({ reference }) => reference))).toEqual([
      undefined,
      [first],
      [second],
    ]);
    expect(third).not.toBe(second);
    const changes = result.resources
      .filter(({ resource }) => resource.resourceType === 'CarePlan')
      .map(({ entry, changedBy }) => [entry.source.reportEventId, changedBy?.source.reportEventId]);
    expect(changes).toEqual([
      ['P1', 'P2'],
      ['P2', 'P3'],
      ['P3', undefined],
    ]);
  });
});
