import { z } from 'zod';
import { kind } from './kind.ts';
import { label } from './text.ts';

export const transfer = kind({
  type: 'transfer',
  about: 'Care moved to another clinic.',
  fields: { direction: z.enum(['in', 'out']), clinic: label.optional() },
  example: { direction: 'out', clinic: 'adult pump clinic' },
});
