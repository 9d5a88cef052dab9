import { z } from 'zod';
import { kind } from './kind.ts';
import { label } from './text.ts';

export const assessment = kind({
  type: 'assessment',
  about: 'A score on an outcome scale. The total or index only, never item text.',
  fields: { scale: label, site: label.optional(), value: z.union([z.number(), label]) },
  example: { scale: 'MAS', site: 'knee flexors bilateral', value: '1+' },
});
