import { z } from 'zod';
import { kind } from './kind.ts';
import { label, note } from './text.ts';
import { partialDate } from './time.ts';

export const baseline = kind({
  type: 'baseline',
  about: 'Facts about the patient before therapy.',
  fields: {
    indication: z.enum(['spasticity', 'dystonia', 'other']).optional(),
    origin: z.enum(['spinal', 'cerebral']).optional(),
    diagnosis: z.strictObject({ system: label, code: label, display: label.optional() }).optional(),
    birthDate: partialDate.optional(),
    sex: z.enum(['male', 'female', 'other', 'unknown']).optional(),
    weightKg: z.number().positive().optional(),
    functionalLevel: label.optional(),
    allergies: z.array(note).optional(),
    earlierOralTherapy: z.array(note).optional(),
  },
  example: {
    indication: 'spasticity',
    origin: 'cerebral',
    diagnosis: { system: 'http://snomed.info/sct', code: '48721008', display: 'Tetraplegic cerebral palsy' },
    birthDate: '2016-08-30',
    sex: 'female',
    functionalLevel: 'GMFCS V',
  },
});
