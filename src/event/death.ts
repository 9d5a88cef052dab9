import { z } from 'zod';
import { kind } from './kind.ts';
import { note } from './text.ts';

export const death = kind({
  type: 'death',
  about: 'The patient died.',
  fields: { relatedToTherapy: z.enum(['yes', 'no', 'unknown']).optional(), cause: note.optional() },
  example: { relatedToTherapy: 'no' },
});
