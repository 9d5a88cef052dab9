import { z } from 'zod';
import { examplePump, kind } from './kind.ts';
import { label, note } from './text.ts';
import { occurredAt } from './time.ts';

export const complication = kind({
  type: 'complication',
  about: 'A complication of the therapy.',
  fields: {
    code: label.meta({ description: 'A code of our CodeSystem itb-complication.' }),
    severity: z.enum(['mild', 'moderate', 'severe']).optional(),
    symptoms: z.array(label).optional(),
    cause: note.optional(),
    relatedTo: z.enum(['pump', 'catheter', 'procedure', 'drug', 'programming', 'patient', 'unknown']).optional(),
    consequences: z.array(label).optional().meta({ description: 'Complications that followed from it, by code.' }),
    action: note.optional(),
    serious: z
      .boolean()
      .optional()
      .meta({ description: 'Death, danger to life, hospital stay, lasting harm or intervention.' }),
    expected: z.boolean().optional(),
    confirmed: z.boolean().optional().meta({ description: 'A clinician confirmed it.' }),
    outcome: z.enum(['resolved', 'recovering', 'ongoing', 'resolvedWithSequelae', 'fatal', 'unknown']).optional(),
    resolvedAt: occurredAt.optional(),
  },
  example: {
    pump: examplePump,
    code: 'withdrawal',
    severity: 'moderate',
    symptoms: ['itching without rash', 'spasticity'],
    cause: 'suspected catheter kink',
    relatedTo: 'catheter',
    outcome: 'recovering',
  },
});
