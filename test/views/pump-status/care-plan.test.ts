import { describe, expect, it } from 'vitest';
import { report } from '../../therapy/reports.ts';
import { by, implant, shippedRules, statusOf, unknown, withheld } from './status-of.ts';

const signed = {
  withdrawalSigns: ['itching', 'rising tone'],
  overdoseSigns: ['drowsiness'],
  restrictions: [{ text: 'no swimming', until: '2024-08-01' }, { text: 'no contact sports' }],
  feverProtocol: 'above 38.5 call the clinic',
  emergencyPlan: 'call the clinic; go to the emergency department',
  contacts: [{ role: 'clinic on call', telephone: '+1-555-0100' }],
  prnDrugs: ['oral baclofen as written'],
  currentMedication: ['levetiracetam'],
  allergies: ['latex'],
  deviceCard: 'carried',
  skin: 'healed',
  careTeam: ['Dr. A'],
  author: 'pump clinic',
  signedDate: '2024-04-25',
  reviewDate: '2025-04-25',
};
const plan = (id: string, at: string, fields: object) => report('care-plan', id, at, { pump: undefined, ...fields });

describe('the care plan', () => {
  it('is told as the clinic signed it, every part with the report', () => {
    const stated = { method: 'reported', ...by('P', '2024-04-25', 'care-plan') };
    const { carePlan } = statusOf([implant, plan('P', '2024-04-25', signed)]);
    expect(carePlan).toEqual({
      ...Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, { value, ...stated }])),
      restrictions: {
        value: [
          { text: 'no swimming', until: '2024-08-01' },
          { text: 'no contact sports', until: null },
        ],
        ...stated,
      },
      contacts: { value: [{ role: 'clinic on call', name: null, telephone: '+1-555-0100' }], ...stated },
    });
  });

  it('that was signed last counts as a whole: what it leaves out is not taken from the one before', () => {
    const newer = plan('Q', '2024-05-25', { author: 'pump clinic', signedDate: '2024-05-25' });
    const { carePlan } = statusOf([implant, plan('P', '2024-04-25', signed), newer]);
    expect([carePlan.signedDate.value, carePlan.withdrawalSigns.value]).toEqual(['2024-05-25', null]);
  });

  it('that nobody supplied says so, loudest where it matters most', () => {
    const { carePlan } = statusOf([implant]);
    expect(Object.fromEntries(Object.entries(carePlan).map(([name, { words }]) => [name, words]))).toEqual({
      withdrawalSigns: 'Not recorded for this patient.',
      overdoseSigns: 'Not recorded for this patient.',
      restrictions: 'Not recorded.',
      feverProtocol: 'Not recorded.',
      emergencyPlan: 'NO EMERGENCY PLAN SUPPLIED. Ask the pump clinic.',
      contacts: 'NO CONTACT SUPPLIED. Ask the pump clinic.',
      prnDrugs: 'Not supplied.',
      currentMedication: 'Not supplied.',
      allergies: 'Not supplied. That is not the same as none.',
      deviceCard: 'Not recorded.',
      skin: 'Not recorded.',
      careTeam: 'Not supplied.',
      author: 'Not supplied.',
      signedDate: 'Not supplied.',
      reviewDate: 'Not recorded.',
    });
    expect(carePlan.skin).toEqual({ ...unknown, words: 'Not recorded.' });
  });

  it('without allergies has those that were reported before therapy', () => {
    const before = report('baseline', 'B', '2024-02-01', { allergies: ['penicillin'] });
    expect(statusOf([before, implant]).carePlan.allergies).toEqual({
      ...{ value: ['penicillin'], method: 'reported' },
      ...by('B', '2024-02-01', 'baseline'),
    });
    expect(statusOf([before, implant, plan('P', '2024-04-25', signed)]).carePlan.allergies.value).toEqual(['latex']);
  });

  it('is withheld as a whole from a caller who may not read care plans', () => {
    const { carePlan } = statusOf([implant, plan('P', '2024-04-25', signed)], { parts: 'without-care-plan' });
    expect(carePlan).toEqual(Object.fromEntries(Object.keys(signed).map((name) => [name, withheld])));
  });

  it('has general signs beside it, which say that they are not those of the patient', () => {
    const { generalSigns } = statusOf([implant]);
    expect(generalSigns).toEqual({ ...shippedRules.generalSigns, words: 'General signs, not those of this patient.' });
    expect(generalSigns.withdrawal).toContain('itching');
    expect(generalSigns.overdose).toContain('drowsiness');
  });
});
