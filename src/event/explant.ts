import { z } from 'zod';
import { examplePump, kind, reason } from './kind.ts';
import { residual } from './program.ts';

export const explant = kind({
  type: 'explant',
  about: 'Pump or catheter was removed. A removed pump ends its infusion.',
  fields: {
    removed: z
      .array(z.enum(['pump', 'catheter']))
      .min(1)
      .optional(),
    residual: residual.optional(),
    catheterAbandoned: z
      .boolean()
      .optional()
      .meta({ description: 'true: the catheter is left in the body and no longer used.' }),
    cause: z
      .enum(['battery', 'infection', 'malfunction', 'end-of-therapy', 'patient-choice', 'death', 'other'])
      .optional()
      .meta({ description: 'Why, as registries count it; `reason` says it in words.' }),
    reason,
  },
  example: { pump: examplePump, removed: ['pump'], residual: { measuredMl: 3.4 }, reason: 'battery end of life (ERI)' },
});
