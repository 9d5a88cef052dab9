import { z } from 'zod';
import { kind } from './kind.ts';
import { label } from './text.ts';

export const assessment = kind({
  type: 'assessment',
  about: 'A score on an outcome scale. The total or index only, never item text.',
  fields: {
    scale: label,
    site: label.optional(),
    side: z.enum(['left', 'right', 'both']).optional(),
    value: z.union([z.number(), label]).optional(),
    unit: label.optional().meta({ description: 'Unit of the value in UCUM, where it is no score.' }),
    parts: z
      .array(z.strictObject({ part: label, value: z.union([z.number(), label]), unit: label.optional() }))
      .min(1)
      .optional()
      .meta({ description: 'Where a scale has several values: angles of a Tardieu, the two scores of a COPM.' }),
  },
  example: { scale: 'MAS', site: 'knee flexors bilateral', value: '1+' },
});
