import { z } from 'zod';
import { kind } from './kind.ts';

export const voidEvent = kind({
  type: 'void',
  about:
    'An earlier report is withdrawn. Withdrawing a correction restores what it replaced; withdrawing a void restores the event.',
  fields: {
    voids: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'Source event id, same source system, of the report withdrawn.' }),
    reason: z.string().min(1).max(2000),
  },
  example: { voids: 'R-000123', reason: 'entered for the wrong patient' },
});
