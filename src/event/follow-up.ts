import { z } from 'zod';
import { kind } from './kind.ts';

export const followUp = kind({
  type: 'follow-up',
  about: 'Contact with the patient without a change of the pump.',
  fields: {
    contact: z.enum(['visit', 'telephone', 'video', 'none-reached']),
    alive: z.boolean().optional(),
    onTherapy: z.boolean().optional(),
  },
  example: { contact: 'telephone', alive: true, onTherapy: true },
});
