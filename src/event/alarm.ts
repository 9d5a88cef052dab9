import { z } from 'zod';
import { examplePump, kind } from './kind.ts';
import { label } from './text.ts';
import { instant } from './time.ts';

export const alarm = kind({
  type: 'alarm',
  about: 'An alarm of the pump, heard or read from its log.',
  fields: {
    code: label,
    criticality: z.enum(['critical', 'non-critical']).optional(),
    learnedAt: instant.optional(),
    clearedAt: instant.optional(),
    tone: label.optional(),
  },
  example: {
    pump: examplePump,
    code: 'low-reservoir',
    criticality: 'non-critical',
    learnedAt: '2024-06-26T09:00:00-04:00',
  },
});
