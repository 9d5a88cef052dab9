import { z } from 'zod';
import { kind } from './kind.ts';
import { label, note } from './text.ts';
import { date } from './time.ts';

export const carePlan = kind({
  type: 'care-plan',
  about: 'The patient’s own signs, restrictions and emergency plan, as the clinic signed it.',
  fields: {
    withdrawalSigns: z.array(note).optional(),
    overdoseSigns: z.array(note).optional(),
    restrictions: z.array(z.strictObject({ text: note, until: date.optional() })).optional(),
    feverProtocol: note.optional(),
    emergencyPlan: note.optional(),
    contacts: z.array(z.strictObject({ role: label, name: label.optional(), telephone: label })).optional(),
    prnDrugs: z.array(note).optional(),
    currentMedication: z.array(note).optional(),
    allergies: z.array(note).optional(),
    deviceCard: note.optional(),
    skin: note.optional().meta({ description: 'Skin and incision over pump and catheter.' }),
    careTeam: z.array(label).optional(),
    author: label,
    signedDate: date,
    reviewDate: date.optional(),
  },
  example: {
    withdrawalSigns: ['itching', 'rising tone'],
    overdoseSigns: ['drowsiness', 'low tone'],
    restrictions: [{ text: 'no swimming', until: '2024-08-01' }],
    emergencyPlan: 'call the clinic; go to the emergency department',
    contacts: [{ role: 'clinic on call', telephone: '+1-555-0100' }],
    author: 'pump clinic',
    signedDate: '2024-06-25',
    reviewDate: '2025-06-25',
  },
});
